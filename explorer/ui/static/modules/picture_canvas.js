// Pictures of the review of duplicates: loaded, drawn in any orientation, and measured.

import { make } from "./element.js";
import { bestOrientation, laplacianVariance, meanDifference } from "./image_comparison.js";

// The maximum number of pictures in memory.
const MAX_LOADED = 24;

const loaded = new Map();

// The image at an address, once it is loaded; null if it cannot be.
export function loadPicture(address) {
  if (!loaded.has(address)) {
    if (loaded.size > MAX_LOADED) loaded.delete(loaded.keys().next().value);
    loaded.set(address, new Promise((resolve) => {
      const image = new Image();
      image.onload = () => resolve(image);
      image.onerror = () => resolve(null);
      image.src = address;
    }));
  }
  return loaded.get(address);
}

// The picture of a file, or its preview if the file cannot be read.
export async function pictureOf(item) {
  return (await loadPicture(item.src)) ?? (item.preview ? loadPicture(item.preview) : null);
}

// A canvas of the given size with a picture in one of eight orientations: quarter turns 0 to 3, then mirrored.
export function drawOriented(image, width, height, orientation) {
  const canvas = make("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.translate(width / 2, height / 2);
  context.rotate(((orientation % 4) * Math.PI) / 2);
  if (orientation >= 4) context.scale(-1, 1);
  const [drawnWidth, drawnHeight] = orientation % 2 ? [height, width] : [width, height];
  context.drawImage(image, -drawnWidth / 2, -drawnHeight / 2, drawnWidth, drawnHeight);
  return canvas;
}

export function pixelsOf(canvas) {
  return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
}

// The orientation of the second picture relative to the first.
export function orientationOf(first, second) {
  const upright = pixelsOf(drawOriented(first, 32, 32, 0));
  return bestOrientation([0, 1, 2, 3, 4, 5, 6, 7].map((orientation) => meanDifference(upright, pixelsOf(drawOriented(second, 32, 32, orientation)))));
}

// The sharpness of an image, measured at a fixed size, so that it is comparable within a group.
export function sharpnessOf(image) {
  const scale = 512 / Math.max(image.naturalWidth, image.naturalHeight);
  const width = Math.max(3, Math.round(image.naturalWidth * scale)), height = Math.max(3, Math.round(image.naturalHeight * scale));
  return laplacianVariance(pixelsOf(drawOriented(image, width, height, 0)), width, height);
}
