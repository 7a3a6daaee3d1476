// Zooming into a picture. A zoom is { scale, x, y }: the magnification (1 to 32), and the point of the picture at the
// center of the frame, as fractions of its width and height.

export const WHOLE = Object.freeze({ scale: 1, x: 0.5, y: 0.5 });
const MAX_SCALE = 32;

// The zoom with its center moved as little as needed to keep the picture filling the frame.
function keepInFrame({ scale, x, y }) {
  const margin = 0.5 / scale;
  const clamp = (value) => Math.min(1 - margin, Math.max(margin, value));
  return { scale, x: clamp(x), y: clamp(y) };
}

export function zoomBy(zoom, factor) {
  return keepInFrame({ ...zoom, scale: Math.min(MAX_SCALE, Math.max(1, zoom.scale * factor)) });
}

// The zoom after the picture was dragged by a distance, in pixels, in a frame of the given size.
export function dragBy(zoom, right, down, width, height) {
  return keepInFrame({ scale: zoom.scale, x: zoom.x - right / (width * zoom.scale), y: zoom.y - down / (height * zoom.scale) });
}

export function cssTransform({ scale, x, y }) {
  return `translate(${(0.5 - x) * scale * 100}%, ${(0.5 - y) * scale * 100}%) scale(${scale})`;
}
