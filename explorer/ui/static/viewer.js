// The viewer of a page. It sends Python actions for photos, and `similar` (a photo's id), `regions` (boxes drawn on a photo),
// `seen` (the photo seen last, if the page does not show it) and `renew` (its list of photos was forgotten), each once.

import { createActionOutbox } from "./modules/action_outbox.js";
import { createPhotoViewer } from "./modules/photo_viewer.js";
import { createSingleMount } from "./modules/single_mount.js";

const outbox = createActionOutbox();
const mount = createSingleMount((element) => {
  const style = element.querySelector("style");
  const font = getComputedStyle(element.host ?? element).getPropertyValue("--st-font");
  return createPhotoViewer({ css: style?.textContent ?? "", font, sendAction: outbox.add, onClosed: () => mount.detach() });
});

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  outbox.update(data.handled, setTriggerValue);
  mount.attach(parentElement).update(data, setTriggerValue);
  return () => mount.detach();
}
