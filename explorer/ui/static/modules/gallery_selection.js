// The selection in a gallery, which is sent to Python once it has not changed for a moment, and before anything else is pressed.

import { createSelection } from "./selection.js";

// Milliseconds without a change after which the selection is sent: every message causes a run of the page.
const SELECTION_DELAY = 250;

// source(): the source of the gallery's photos, or null. shown(number): called when the selection has changed, with its size.
// say(text): announces a text to screen readers. tell(value): sends the selection to Python.
export function createGallerySelection({ source, shown, say, tell, setTimer = setTimeout, clearTimer = clearTimeout }) {
  const selection = createSelection();
  let timer = 0;
  // Sends the last change, if it has not been sent.
  let send = null;
  // The place of the page when the selection last changed.
  let place = {};

  const size = () => selection.size(source()?.total ?? 0);

  function changed() {
    shown(size());
    clearTimer(timer);
    const value = { ...place };
    send = () => {
      send = null;
      tell({ ...selection.value(), ...value });
    };
    timer = setTimer(send, SELECTION_DELAY);
  }

  function sendNow() {
    clearTimer(timer);
    send?.();
  }

  return {
    size,
    value: selection.value,
    has: selection.has,
    toggle: selection.toggle,
    add: selection.add,
    remove: selection.remove,
    addAll: selection.addAll,
    clear: selection.clear,
    // Whether all photos of a section of the list, { start, stop }, are selected. Those that have not arrived yet count as selected.
    hasAll({ start, stop }) {
      if (size() < stop - start) return false;
      const list = source();
      for (let index = start; index < stop; index++) {
        const photo = list.photo(index);
        if (photo && !selection.has(photo.id)) return false;
      }
      return true;
    },
    // A new place, or a new turn of the same place, is shown, in which nothing is selected.
    start(newPlace) {
      place = newPlace;
      selection.clear();
      say("");
    },
    change(change) {
      change();
      say(`${size()} selected`);
      changed();
    },
    // Forget selected photos that are no longer in a list.
    async forgetGone(list) {
      const { ids } = selection.value();
      const remaining = ids.length ? await list.remaining(ids).catch(() => ids) : ids;
      if (source() !== list || remaining.length === ids.length) return;
      const [asked, known] = [new Set(ids), new Set(remaining)];
      selection.keep((id) => known.has(id) || !asked.has(id));
      changed();
    },
    sendNow,
    stop() {
      clearTimer(timer);
      send = null;
    },
  };
}
