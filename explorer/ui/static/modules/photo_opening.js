// The document events by which the gallery and the viewer of a page communicate.

// Requests that a photo is opened: { id, photos, sequence }, with the entries of the photos around it, in order, and
// the token of the list to step through, if it is not the page's.
export const OPEN_PHOTO = "photo-explorer-open";
// Reports that the viewer was closed: { id } of the photo seen last.
export const PHOTO_CLOSED = "photo-explorer-closed";
// Milliseconds between attempts while the page's viewer is still being loaded, and their number.
const OPENING_INTERVAL = 50;
const OPENING_ATTEMPTS = 100;

// Make the page's viewer open a photo, as soon as the viewer is loaded.
export function requestPhoto(id, photos, sequence = "", attempt = 0) {
  const handled = !document.dispatchEvent(new CustomEvent(OPEN_PHOTO, { detail: { id, photos, sequence }, cancelable: true }));
  if (!handled && attempt < OPENING_ATTEMPTS) setTimeout(() => requestPhoto(id, photos, sequence, attempt + 1), OPENING_INTERVAL);
}
