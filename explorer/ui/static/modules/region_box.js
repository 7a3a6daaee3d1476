// Boxes on a photo: { left, top, width, height }, as fractions (0 to 1) of its width and height.

// The minimum width and height, as in `PhotoRegion`.
export const MIN_SIDE = 0.02;

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// The box between two opposite corners, { x, y }: clamped to the photo, with at least the minimum size.
export function boxBetween(one, other) {
  const [left, right] = span(one.x, other.x);
  const [top, bottom] = span(one.y, other.y);
  return { left, top, width: right - left, height: bottom - top };
}

function span(one, other) {
  const low = clamp(Math.min(one, other), 0, 1 - MIN_SIDE);
  return [low, clamp(Math.max(one, other), low + MIN_SIDE, 1)];
}

// The box moved by a distance, without leaving the photo.
export function moveBox(box, right, down) {
  return { ...box, left: clamp(box.left + right, 0, 1 - box.width), top: clamp(box.top + down, 0, 1 - box.height) };
}

// The box with its right and bottom edges moved by a distance, without leaving the photo.
export function resizeBox(box, right, down) {
  return {
    ...box,
    width: clamp(box.width + right, MIN_SIDE, 1 - box.left),
    height: clamp(box.height + down, MIN_SIDE, 1 - box.top),
  };
}

// The coordinates of a box that are sent to Python: [left, top, width, height], rounded, and never outside the photo.
export function boxCoordinates(box) {
  const round = (value) => Math.round(value * 10000) / 10000;
  const left = round(box.left);
  const top = round(box.top);
  return [left, top, Math.min(round(box.width), round(1 - left)), Math.min(round(box.height), round(1 - top))];
}

// A description of a box for screen readers: its size and position in percent.
export function describeBox(box) {
  const percent = (value) => Math.round(100 * value);
  return (
    `${percent(box.width)} by ${percent(box.height)} percent of the photo,` +
    ` ${percent(box.left)} percent from the left, ${percent(box.top)} from the top`
  );
}
