// The photos around the current one, as a row of small previews.

import { arrange, make } from "./element.js";

// The number of photos on each side.
const STRIP_REACH = 30;

// onPick(index): a photo of the strip was chosen.
export function createFilmStrip(onPick) {
  const row = make("div", { class: "row" });
  const root = make("nav", { class: "strip", "aria-label": "Film strip" }, row);
  const made = new Map();

  // A wheel that only turns one way moves the strip, too.
  root.addEventListener("wheel", (event) => {
    event.preventDefault();
    root.scrollLeft += event.deltaX + event.deltaY;
  }, { passive: false });

  // Each preview is made once, so that nothing flickers while the strip moves along.
  function button(entry) {
    const kept = made.get(entry.id);
    if (kept) return kept;
    const image = make("img", { src: entry.preview ?? "", alt: "", loading: "lazy", decoding: "async", draggable: "false" });
    const fresh = make("button", { type: "button", "aria-label": entry.label ?? "A photo that is gone", title: entry.label, tabindex: "-1" }, entry.preview ? image : "");
    made.set(entry.id, fresh);
    return fresh;
  }

  // entryAt(index): the entry of a photo, or null. at: the index of the current one. total: number of photos.
  function update(entryAt, at, total, current) {
    const shown = [];
    for (let index = Math.max(0, at - STRIP_REACH); index <= Math.min(total - 1, at + STRIP_REACH); index++) {
      const entry = entryAt(index);
      if (!entry) continue;
      const each = button(entry);
      each.onclick = () => onPick(index);
      const isCurrent = entry.id === current;
      if (isCurrent) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
      each.tabIndex = isCurrent ? 0 : -1;
      shown.push(each);
    }
    const kept = new Set(shown);
    for (const [id, each] of made) if (!kept.has(each)) made.delete(id);
    arrange(row, shown);
    root.hidden = shown.length < 2;
    const present = row.querySelector("[aria-current]");
    if (present) root.scrollLeft = present.offsetLeft - (root.clientWidth - present.offsetWidth) / 2;
  }

  return { root, update };
}
