// Loads and decodes the pictures of the photos around the one that is shown, and keeps them while they are near.

import { fullAddress, pictureAddress } from "./photo_sources.js";

// The most pictures and previews that are kept. A picture may be a decoded original of a hundred megabytes.
const MAX_IMAGES = 7;
const MAX_PREVIEWS = 60;
// Larger files are not fetched before they are viewed.
const MAX_BYTES_AHEAD = 30e6;

// size(): the name of the renditions that suit the window.
export function createPhotoImages(size) {
  const previews = new Map();
  const pictures = new Map();

  // An image with that address, from memory if possible. Its promise `ready` resolves to true once it can be painted at once.
  function load(address, kept, most) {
    let image = kept.get(address);
    kept.delete(address);
    if (!image) {
      image = new Image();
      image.decoding = "async";
      image.draggable = false;
      image.alt = "";
      image.src = address;
      image.ready = image.decode().then(() => (image.painted = true), () => (image.naturalWidth > 0 && image.complete));
    }
    kept.set(address, image);
    while (kept.size > most) {
      const [oldest, dropped] = kept.entries().next().value;
      kept.delete(oldest);
      // Stop loading a picture that is no longer wanted.
      if (!dropped.isConnected && !dropped.painted) dropped.src = "";
    }
    return image;
  }

  function preview(entry) {
    return load(entry.preview, previews, MAX_PREVIEWS);
  }

  // The picture that is shown at first; null if there is only the preview.
  function picture(entry) {
    const address = pictureAddress(entry, size());
    return address && load(address, pictures, MAX_IMAGES);
  }

  // The picture at full size, if it has more detail than the first one.
  function full(entry, longest) {
    const address = fullAddress(entry, size(), longest);
    return address && load(address, pictures, MAX_IMAGES);
  }

  // Why a picture could not be loaded, in words.
  async function failure(image) {
    const address = image.getAttribute("src");
    for (const [key, kept] of pictures) if (kept === image) pictures.delete(key);
    try {
      const answer = await fetch(address);
      const text = answer.ok ? "" : (await answer.text()).trim();
      if (text.length > 0 && text.length < 400) return text;
    } catch {
      // The program does not respond; the page itself reports that.
    }
    return "The original cannot be shown. This is the preview.";
  }

  return {
    preview, picture, full, failure,
    ahead(entry) {
      if (entry.bytes <= MAX_BYTES_AHEAD) picture(entry);
    },
  };
}
