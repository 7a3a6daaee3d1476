// Tiles of the gallery: photos as buttons, with their marks.

import { photoLabel } from "./date_labels.js";
import { make } from "./element.js";

// A key that is the same for tiles that look the same.
export function tileKey(photo) {
  return (photo.key ??= JSON.stringify([photo.id, photo.src, photo.badge, photo.caption, photo.wholeCaption, photo.note, photo.mark, photo.stack, photo.inside, photo.favourite]));
}

// seen: whether it is in view now, so that its preview is loaded before those around the view.
export function makeTile(photo, seen = true) {
  const label = photoLabel(photo);
  const name = photo.stack ? `${label}, stack of ${photo.stack.size} photos` : label;
  const told = [photo.favourite && "favorite", photo.wholeCaption, photo.mark, photo.note].filter(Boolean).join("; ");
  const button = make("button", {
    type: "button",
    class: photo.inside ? "photo inside" : "photo",
    "data-id": photo.id,
    "aria-label": told ? `${name}: ${told}` : name,
    title: label,
    tabindex: "-1",
  });
  const image = make("img", { alt: "", decoding: "async", draggable: "false", fetchpriority: seen ? "high" : "low" });
  image.onload = () => image.classList.add("here");
  image.onerror = () => image.replaceWith(make("span", { class: "broken" }, photo.name));
  image.src = photo.src;
  button.append(
    image,
    make("span", { class: "check", title: "Select (x)" }),
    make("span", { class: "similar", title: "More like this (m)" }, "≈"),
  );
  if (photo.favourite) button.append(make("span", { class: "favourite", title: "Favorite" }, "♥"));
  if (photo.badge) button.append(make("span", { class: "badge" }, photo.badge));
  if (photo.caption) button.append(make("span", { class: "caption", title: photo.wholeCaption }, photo.caption));
  if (photo.mark) button.append(make("span", { class: "mark", title: photo.mark }, "✓"));
  if (photo.note) button.append(make("span", { class: "note" }, photo.note));
  if (photo.stack) markStack(button, photo.stack);
  return button;
}

// Remove a tile from the page. If its preview has not arrived yet, the request is dropped: browsers fetch only a few files at a
// time, and those in view are waiting.
export function dropTile(element) {
  element.remove();
  const image = element.querySelector("img");
  if (!image || image.complete) return;
  image.onload = image.onerror = null;
  image.removeAttribute("src");
}

function markStack(button, { size, opened }) {
  const title = opened ? "Close the stack (s)" : `Show all ${size} (s)`;
  button.append(make("span", { class: "stack", title }, String(size)));
  button.classList.toggle("opened", opened);
  button.setAttribute("aria-expanded", opened);
  button.setAttribute("aria-keyshortcuts", "s");
}

// A placeholder for a photo that has not arrived yet, or is no longer in the library (null).
export function makePlaceholder(photo) {
  return make("div", { class: photo === null ? "waiting gone" : "waiting", title: photo === null ? "No longer in the library" : null });
}

// selectable: whether it has a button that selects the photos below it.
export function makeHeading(level, text, selectable) {
  const all = make("button", { type: "button", class: "all", tabindex: "-1", "aria-label": `Select ${text}`, title: "Select all of these (d on a photo)" });
  return make(level, {}, make("span", {}, text), ...(selectable ? [all] : []));
}
