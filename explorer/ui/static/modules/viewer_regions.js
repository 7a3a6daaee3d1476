// Lets the user draw boxes on the photo that is shown, to search for what is in them.

import { pictureAddress } from "./photo_sources.js";
import { editRegions } from "./region_editor.js";

// frame: that of the viewer. size(): the name of the renditions that suit the window. onPicked(id, boxes, add): called with the drawn
// boxes. onStopped(): called whenever drawing has ended.
export function createRegionSearch({ frame, size, onPicked, onStopped }) {
  let editor = null;

  // add: whether boxes can be added to the current search.
  function start(entry, add) {
    frame.picker.hidden = false;
    frame.layer.classList.add("editing");
    const photo = { source: entry.id, src: pictureAddress(entry, size()) ?? entry.preview, label: entry.label, width: entry.width, height: entry.height, preview: entry.preview };
    editor = editRegions({
      picker: frame.picker, announcement: frame.announcement, photo, add, onCancelled: stop,
      onPicked(boxes, added) {
        stop();
        onPicked(entry.id, boxes, added);
      },
    });
  }

  function stop() {
    if (!editor) return;
    editor();
    editor = null;
    frame.picker.hidden = true;
    frame.picker.replaceChildren();
    frame.layer.classList.remove("editing");
    onStopped();
  }

  return { start, stop, get active() { return editor !== null; } };
}
