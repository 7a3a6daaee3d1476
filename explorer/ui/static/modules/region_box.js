// Boxes on a photo, in shares (0–1) of its width and height: {left, top, width, height}.

// The least width and height, as in `PhotoRegion`.
export const MIN_SHARE = 0.02;

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// The box between two corners, wherever they are: kept within the photo, and large enough.
export function boxBetween(one, other) {
  const [left, right] = span(one.x, other.x);
  const [top, bottom] = span(one.y, other.y);
  return { left, top, width: right - left, height: bottom - top };
}

function span(one, other) {
  const low = clamp(Math.min(one, other), 0, 1 - MIN_SHARE);
  return [low, clamp(Math.max(one, other), low + MIN_SHARE, 1)];
}

// The box moved, as far as the photo reaches.
export function movedBox(box, across, down) {
  return { ...box, left: clamp(box.left + across, 0, 1 - box.width), top: clamp(box.top + down, 0, 1 - box.height) };
}

// The box with its right and lower edge moved, as far as the photo reaches.
export function resizedBox(box, across, down) {
  return {
    ...box,
    width: clamp(box.width + across, MIN_SHARE, 1 - box.left),
    height: clamp(box.height + down, MIN_SHARE, 1 - box.top),
  };
}

// The numbers that are sent for a box: rounded, and never beyond the photo.
export function boxNumbers(box) {
  const round = (value) => Math.round(value * 10000) / 10000;
  const left = round(box.left);
  const top = round(box.top);
  return [left, top, Math.min(round(box.width), round(1 - left)), Math.min(round(box.height), round(1 - top))];
}

// A box in words: where its middle is, and its size in percent.
export function boxInWords(box) {
  const percent = (value) => Math.round(100 * value);
  return (
    `${percent(box.width)} by ${percent(box.height)} percent of the photo,` +
    ` ${percent(box.left)} percent from the left, ${percent(box.top)} from the top`
  );
}
