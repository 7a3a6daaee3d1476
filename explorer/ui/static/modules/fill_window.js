// Let an element be as high as the window allows: `--top` is how far below the top of the window it begins, unscrolled.
export function measureTop(element) {
  const scrolled = document.querySelector('[data-testid="stMain"]')?.scrollTop ?? 0;
  element.style.setProperty("--top", `${Math.round(Math.max(0, element.getBoundingClientRect().top + scrolled))}px`);
}
