// The viewer of a page. It sends Python `act` (an action for a photo), `similar` (a photo's id), `regions` (boxes drawn on a photo),
// `seen` (the photo seen last, if the page does not show it) and `renew` (its list of photos was forgotten), each once.

import { createPhotoViewer } from "./modules/photo_viewer.js";

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  if (!parentElement.viewer) {
    const style = parentElement.querySelector("style");
    const font = getComputedStyle(parentElement.host ?? parentElement).getPropertyValue("--st-font");
    parentElement.viewer = createPhotoViewer({ css: style?.textContent ?? "", font });
  }
  parentElement.viewer.update(data, setTriggerValue);
  return () => {
    parentElement.viewer?.destroy();
    parentElement.viewer = null;
  };
}
