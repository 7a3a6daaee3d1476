// The viewer of a page. It sends Python `act` (an action for a photo), `similar` (a photo's id), `regions` (boxes drawn on a photo),
// `seen` (the photo seen last, if the page does not show it) and `renew` (its list of photos was forgotten), each once.

import { createPhotoViewer } from "./modules/photo_viewer.js";
import { createSingleMount } from "./modules/single_mount.js";

const mount = createSingleMount((element) => {
  const style = element.querySelector("style");
  const font = getComputedStyle(element.host ?? element).getPropertyValue("--st-font");
  return createPhotoViewer({ css: style?.textContent ?? "", font, onClosed: () => mount.detach() });
});

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  mount.attach(parentElement).update(data, setTriggerValue);
  return () => mount.detach();
}
