// Chooses the picture of a photo that is shown: the file itself, or a rendition in one of a few sizes. Entries are those of
// `photo_entry` in Python.

// Pixels of the longer side of the renditions, by name.
const RENDITION_SIZES = { 1600: 1600, 2560: 2560, 3840: 3840 };

// The name of the rendition for a window whose longer side has that many device pixels.
export function renditionSize(pixels) {
  const names = Object.keys(RENDITION_SIZES);
  return names.find((name) => RENDITION_SIZES[name] >= pixels) ?? names.at(-1);
}

// The address of the picture that is shown at first, or null if there is only the preview.
export function pictureAddress(entry, size) {
  if (entry.source === "original") return `/photo/${entry.id}/original`;
  return entry.source === "screen" ? renditionAddress(entry, size) : null;
}

// The address of the picture at full size, or null if the first picture already is. longest: the device pixels of the
// longer side of the photo as it is shown now.
export function fullAddress(entry, size, longest) {
  const shown = RENDITION_SIZES[size];
  const more = entry.source === "screen" && Math.max(entry.width, entry.height) > shown && longest > shown;
  return more ? renditionAddress(entry, "full") : null;
}

function renditionAddress(entry, size) {
  return `/photo/${entry.id}/screen?size=${size}&v=${entry.version}`;
}
