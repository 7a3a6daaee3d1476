// How the gallery and the viewer of a page talk to each other: by events of the document.

// A photo is to be opened: { id, photos, sequence }, with the entries of the photos beside it, in order, and
// the token of the list to step through, if it is not that of the page.
export const OPEN_PHOTO = "photo-explorer-open";
// The viewer was closed: { id } of the photo seen last.
export const PHOTO_CLOSED = "photo-explorer-closed";
// Milliseconds between attempts while the page's viewer is still being loaded, and their number.
const OPENING_INTERVAL = 50;
const OPENING_ATTEMPTS = 100;

// Have the page's viewer open a photo, as soon as it is there.
export function requestPhoto(id, photos, sequence = "", attempt = 0) {
  const handled = !document.dispatchEvent(new CustomEvent(OPEN_PHOTO, { detail: { id, photos, sequence }, cancelable: true }));
  if (!handled && attempt < OPENING_ATTEMPTS) setTimeout(() => requestPhoto(id, photos, sequence, attempt + 1), OPENING_INTERVAL);
}
