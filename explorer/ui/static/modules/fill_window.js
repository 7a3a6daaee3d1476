// Let an element be as high as the window allows: sets `--top`, its distance from the top of the window when the page is not scrolled.
export function measureTop(element) {
  const scrolled = document.querySelector('[data-testid="stMain"]')?.scrollTop ?? 0;
  element.style.setProperty("--top", `${Math.round(Math.max(0, element.getBoundingClientRect().top + scrolled))}px`);
}
