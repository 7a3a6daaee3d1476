// The visible part of the map: { x, y, zoom }, its center in units of the map and its magnification (1 to 400).

import { SIDE } from "./point_grid.js";

const MAX_ZOOM = 400;
// The margin around the whole map, in pixels.
const MARGIN = 28;

export const wholeMap = () => ({ x: SIDE / 2, y: SIDE / 2, zoom: 1 });

// Conversions between units of the map and pixels of a canvas of the given size: toLeft and toTop convert coordinates to
// pixels, unproject converts pixels back. covered: pixels at the left and at the top that other elements cover; the center
// of the view is in the middle of the rest. scale: pixels per unit; area: the visible rectangle [left, top, right, bottom].
export function projection({ x, y, zoom }, width, height, [left, top] = [0, 0]) {
  const scale = (Math.max(1, Math.min(width - left, height - top) - MARGIN) / SIDE) * zoom;
  const [middle, center] = [(width + left) / 2, (height + top) / 2];
  const unproject = (across, down) => [(across - middle) / scale + x, (down - center) / scale + y];
  return {
    scale,
    toLeft: (value) => (value - x) * scale + middle,
    toTop: (value) => (value - y) * scale + center,
    unproject,
    area: [...unproject(0, 0), ...unproject(width, height)],
  };
}

// The view with its zoom and its center clamped to valid values.
export function clampView({ x, y, zoom }) {
  const clamp = (value) => Math.min(SIDE + 1, Math.max(-1, value));
  return { x: clamp(x), y: clamp(y), zoom: Math.min(MAX_ZOOM, Math.max(1, zoom)) };
}

// The view after zooming by a factor so that the point at pixel (left, top) stays in place.
export function zoomAt(view, factor, left, top, width, height, covered) {
  const zoom = Math.min(MAX_ZOOM, Math.max(1, view.zoom * factor));
  if (zoom === 1) return wholeMap();
  const [x, y] = projection(view, width, height, covered).unproject(left, top);
  const [newX, newY] = projection({ ...view, zoom }, width, height, covered).unproject(left, top);
  return clampView({ x: view.x + x - newX, y: view.y + y - newY, zoom });
}

// The view in which a rectangle [left, top, right, bottom] of the map fills most of a canvas.
export function viewOfBox([left, top, right, bottom], width, height, covered = [0, 0]) {
  const whole = projection(wholeMap(), width, height, covered).scale;
  const fitting = Math.min((width - covered[0]) / Math.max(1, right - left), (height - covered[1]) / Math.max(1, bottom - top));
  return clampView({ x: (left + right) / 2, y: (top + bottom) / 2, zoom: (0.8 * fitting) / whole });
}
