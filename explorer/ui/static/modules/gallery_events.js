// Handles clicks and keys in a gallery.

import { indexRange, targetIndex } from "./grid_navigation.js";
import { onLongPress } from "./long_press.js";

// Pixels by which + and − change the height of rows.
const SIZE_STEP = 30;

// gallery: { grid, source(), selectable(), selection, select(change), send(name, id), open(index), resize(step), favourite(id) }.
export function listen(element, gallery) {
  const { grid, selection, select, send, open } = gallery;
  let anchor = null;

  async function addRange(from, to) {
    const [low, high] = indexRange(from, to);
    const ids = await idsBetween(low, high + 1);
    if (ids.length) select(() => ids.forEach(selection.add));
  }

  // Select the photos of a section, or deselect them if all of them are selected.
  async function toggleSection({ start, stop }) {
    anchor = start;
    const ids = await idsBetween(start, stop);
    if (ids.length) select(() => ids.forEach(ids.every(selection.has) ? selection.remove : selection.add));
  }

  // None if the list is gone, and its selection with it.
  const idsBetween = (start, stop) => gallery.source().ids(start, stop).catch(() => []);

  function toggle(index) {
    anchor = index;
    select(() => selection.toggle(gallery.source().photo(index).id));
  }

  element.onclick = (event) => {
    const heading = event.target.closest(".all")?.parentElement;
    if (heading) return toggleSection(heading.section);
    const button = event.target.closest(".photo");
    if (!button) return;
    const { index } = button;
    const { id } = gallery.source().photo(index);
    grid.setCurrent(index);
    if (event.target.closest(".similar")) send("similar", id);
    else if (event.target.closest(".stack")) send("stack", id);
    else if (!gallery.selectable()) open(index);
    else if (event.shiftKey && anchor !== null) addRange(anchor, index);
    else if (event.target.closest(".check") || event.ctrlKey || event.metaKey || event.shiftKey || gallery.selected()) toggle(index);
    else open(index);
  };

  // With a finger, the first photo is selected by holding it; a tap would open it.
  onLongPress(element, (target) => {
    const button = target.closest(".photo");
    if (!button || !gallery.selectable()) return;
    grid.setCurrent(button.index);
    toggle(button.index);
  });

  // Handle keys that act on the photo at an index; returns whether one did.
  function act(key, control, index, photo) {
    if (key === "Enter") open(index);
    else if (key === "m" && !control) send("similar", photo.id);
    else if (key === "s" && !control && photo.stack) send("stack", photo.id);
    else if ((key === "+" || key === "-") && !control) gallery.resize(key === "+" ? SIZE_STEP : -SIZE_STEP);
    else if (!gallery.selectable()) return false;
    else if (key === " " || (key === "x" && !control)) toggle(index);
    else if (key === "d" && !control && grid.sectionOf(index)) toggleSection(grid.sectionOf(index));
    else if (key === "l" && !control) gallery.favourite(photo.id);
    else if (key === "a" && control) select(selection.addAll);
    else if (key === "Escape" && gallery.selected()) select(selection.clear);
    else return false;
    return true;
  }

  element.onkeydown = (event) => {
    const button = event.target.closest(".photo");
    if (!button || event.altKey) return;
    // Letters are keys whether or not Caps Lock is on.
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const control = event.ctrlKey || event.metaKey;
    const { index } = button;
    const total = gallery.source().total;
    const target = targetIndex(key, index, total, (direction) => grid.nextRow(index, direction), grid.screenFrom(index));
    if (target !== null) {
      if (event.shiftKey && gallery.selectable()) {
        anchor ??= index;
        addRange(anchor, target);
      }
      grid.focus(target);
    } else if (!act(key, control, index, gallery.source().photo(index))) return;
    event.preventDefault();
    event.stopPropagation();
  };

  return { forgetAnchor: () => (anchor = null) };
}
