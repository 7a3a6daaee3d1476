// Handles clicks and keys in a gallery.

import { indexRange, targetIndex } from "./grid_navigation.js";

// Pixels by which + and − change the height of rows.
const SIZE_STEP = 30;

// gallery: { grid, source(), selectable(), selection, select(change), send(name, id), open(index), resize(step) }.
export function listen(element, gallery) {
  const { grid, selection, select, send, open } = gallery;
  let anchor = null;

  async function addRange(from, to) {
    const [low, high] = indexRange(from, to);
    try {
      const ids = await gallery.source().ids(low, high + 1);
      select(() => ids.forEach(selection.add));
    } catch {
      // The list is gone, and its selection with it.
    }
  }

  function toggle(index) {
    anchor = index;
    select(() => selection.toggle(gallery.source().photo(index).id));
  }

  element.onclick = (event) => {
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

  // Handle keys that act on the photo at an index; returns whether one did.
  function act(key, control, index, photo) {
    if (key === "Enter") open(index);
    else if (key === "m" && !control) send("similar", photo.id);
    else if (key === "s" && !control && photo.stack) send("stack", photo.id);
    else if ((key === "+" || key === "-") && !control) gallery.resize(key === "+" ? SIZE_STEP : -SIZE_STEP);
    else if (!gallery.selectable()) return false;
    else if (key === " " || (key === "x" && !control)) toggle(index);
    else if (key === "a" && control) select(selection.addAll);
    else if (key === "Escape" && gallery.selected()) select(selection.clear);
    else return false;
    return true;
  }

  element.onkeydown = (event) => {
    const button = event.target.closest(".photo");
    if (!button || event.altKey) return;
    const { key } = event;
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
