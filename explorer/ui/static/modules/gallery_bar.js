// The bar above a gallery: the date in view, the zoom to months and years, the jump to a date, and the size of photos.

import { isoDay } from "./date_labels.js";

const STORED = "photo-explorer-row-height";
const [MIN_HEIGHT, MAX_HEIGHT] = [80, 400];

// The height of rows that the user has chosen, in pixels; null if none was chosen.
export function chosenRowHeight() {
  const stored = Number(localStorage.getItem(STORED));
  return stored >= MIN_HEIGHT && stored <= MAX_HEIGHT ? stored : null;
}

// bar: the element in `gallery.html`. events: { zoom(name), jump(day), size() }.
export function createBar(bar, events) {
  const now = bar.querySelector(".now");
  const date = bar.querySelector("input[type=date]");
  const size = bar.querySelector("input[type=range]");
  const zooms = [...bar.querySelectorAll("[data-zoom]")];

  for (const button of zooms) button.onclick = () => events.zoom(button.dataset.zoom);
  const jump = () => date.value && events.jump(Number(date.value.replaceAll("-", "")));
  // While a date is being typed, its year begins with zeros.
  date.onchange = () => Number(date.value.slice(0, 4)) >= 1000 && jump();
  date.onkeydown = (event) => {
    if (event.key === "Enter") jump();
  };
  size.oninput = () => setSize(Number(size.value));

  // The bar gets a background once it reaches the page's header and photos scroll below it.
  const header = document.querySelector('[data-testid="stHeader"]')?.offsetHeight ?? 0;
  const watcher = new IntersectionObserver(
    ([{ boundingClientRect }]) => bar.classList.toggle("stuck", boundingClientRect.height > 0 && boundingClientRect.top <= header),
    { rootMargin: `-${header + 1}px 0px 0px`, threshold: [0, 1] },
  );

  function setSize(height) {
    localStorage.setItem(STORED, Math.min(MAX_HEIGHT, Math.max(MIN_HEIGHT, height)));
    events.size();
  }

  return {
    watch: () => watcher.observe(bar),
    rest: () => watcher.disconnect(),
    // dated: whether the list has dates. days: the first and the last day.
    use({ dated, days, zoom }) {
      bar.hidden = false;
      bar.classList.toggle("undated", !dated);
      bar.classList.toggle("away", zoom !== "days");
      const known = days.filter((day) => day > 0);
      date.min = known.length ? isoDay(Math.min(known[0], known.at(-1))) : "";
      date.max = known.length ? isoDay(Math.max(known[0], known.at(-1))) : "";
      for (const button of zooms) button.setAttribute("aria-pressed", button.dataset.zoom === zoom);
    },
    show(label) {
      if (now.textContent !== label) now.textContent = label;
    },
    showSize: (height) => (size.value = height),
    changeSize: (step) => setSize(Number(size.value) + step),
    // The pixels that the bar covers while it is at the top of the window.
    height: () => (bar.hidden || bar.classList.contains("undated") ? 0 : bar.offsetHeight),
  };
}
