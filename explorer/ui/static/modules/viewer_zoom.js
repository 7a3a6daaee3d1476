// Zooming into a photo and moving it. A view is { scale, x, y }: CSS pixels per pixel of the photo, and the position of the
// photo's center relative to the center of the stage, in CSS pixels. Sizes are { width, height }.

// The highest factor by which small photos are enlarged to fill the window.
const MAX_ENLARGEMENT = 3;
// The most device pixels per pixel of the photo.
const MAX_MAGNIFICATION = 8;

const within = (value, low, high) => Math.min(high, Math.max(low, value));

// The size of a photo after that many quarter turns.
export function turnedSize({ width, height }, turns) {
  return turns % 2 ? { width: height, height: width } : { width, height };
}

// The scale at which the whole photo is visible.
export function fitScale(size, stage) {
  return Math.min(stage.width / size.width, stage.height / size.height, MAX_ENLARGEMENT);
}

export function fittedView(size, stage) {
  return { scale: fitScale(size, stage), x: 0, y: 0 };
}

export function isFitted(view, size, stage) {
  return Math.abs(view.scale / fitScale(size, stage) - 1) < 0.001;
}

// Whether part of the photo is outside the stage, so that it can be moved.
export function isEnlarged(view, size, stage) {
  return view.scale > fitScale(size, stage) * 1.001;
}

// The view within what is allowed: not smaller than the whole photo (or its actual pixels), and not moved beyond its edges.
export function limitView(view, size, stage, ratio) {
  const fit = fitScale(size, stage);
  const scale = within(view.scale, Math.min(fit, 1 / ratio), Math.max(fit, MAX_MAGNIFICATION / ratio));
  const [across, down] = [(size.width * scale - stage.width) / 2, (size.height * scale - stage.height) / 2].map((room) => Math.max(0, room));
  return { scale, x: within(view.x, -across, across), y: within(view.y, -down, down) };
}

// Zoom by a factor so that the part of the photo at `point`, relative to the center of the stage, stays there.
export function zoomViewAt(view, factor, point, size, stage, ratio) {
  const { scale } = limitView({ ...view, scale: view.scale * factor }, size, stage, ratio);
  const change = scale / view.scale;
  const moved = { scale, x: point.x - (point.x - view.x) * change, y: point.y - (point.y - view.y) * change };
  return limitView(moved, size, stage, ratio);
}

export function panView(view, across, down, size, stage, ratio) {
  return limitView({ ...view, x: view.x + across, y: view.y + down }, size, stage, ratio);
}
