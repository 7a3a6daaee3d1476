// Lets the user draw boxes on an uploaded photo, to search for what is in them. It sends Python `picked` (the boxes, and whether
// they are added to the search, once) and `cancelled` (once).

import { editRegions } from "./modules/region_editor.js";

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const picker = parentElement.querySelector(".picker");
  const announcement = parentElement.querySelector(".announcement");
  picker.send = setTriggerValue;
  if (picker.source !== data.source) {
    picker.stop?.();
    picker.source = data.source;
    picker.stop = editRegions({
      picker, announcement, photo: data, add: data.add,
      onPicked: (boxes, add) => picker.send("picked", { source: data.source, boxes, add }),
      onCancelled: () => picker.send("cancelled", Date.now()),
    });
  }
  // A later run has the same elements, and keeps listening.
  return () => setTimeout(() => picker.isConnected || picker.stop?.());
}
