// Shapes that are drawn on the map to select photos. A shape is a flat list of corners [x, y, x, y, …] in units of the map: a
// polygon, or two opposite corners of a rectangle. Python (`map_selection.py`) selects the same photos with it.

import { SIDE, visitPoints } from "./point_grid.js";

// The most corners of a polygon, which is part of the URL.
export const MAX_CORNERS = 48;

// Whether a point is inside a shape. Polygons follow the even-odd rule; rectangles include their edges.
export function insideShape(shape, x, y) {
  if (shape.length === 4) {
    const [left, top, right, bottom] = boundsOf(shape);
    return x >= left && x <= right && y >= top && y <= bottom;
  }
  // A polygon may be drawn beyond the map's edges. Points on an edge that it reaches are inside.
  x = Math.min(SIDE - 0.5, Math.max(0.5, x));
  y = Math.min(SIDE - 0.5, Math.max(0.5, y));
  let inside = false;
  for (let i = 0, j = shape.length - 2; i < shape.length; j = i, i += 2) {
    const x1 = shape[j], y1 = shape[j + 1], x2 = shape[i], y2 = shape[i + 1];
    if (y1 > y !== y2 > y && x < x1 + (y - y1) * ((x2 - x1) / (y2 - y1))) inside = !inside;
  }
  return inside;
}

// Left, top, right and bottom of a shape.
export function boundsOf(shape) {
  const bounds = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  shape.forEach((value, i) => {
    bounds[i % 2] = Math.min(bounds[i % 2], value);
    bounds[2 + (i % 2)] = Math.max(bounds[2 + (i % 2)], value);
  });
  return bounds;
}

// The points inside a shape: { marks, number }, with a byte for each point, and the number of points inside.
export function pointsInside(points, shape) {
  const marks = new Uint8Array(points.number);
  let number = 0;
  visitPoints(points, boundsOf(shape), (i) => {
    if (!insideShape(shape, points.x[i], points.y[i])) return;
    marks[i] = 1;
    number++;
  });
  return { marks, number };
}

// The shape of a drawn line, in whole units for the URL, with as few corners as possible without a visible difference.
export function shapeOfLine(corners) {
  let tolerance = SIDE / 2000, kept = corners;
  do {
    kept = withoutNeedlessCorners(corners, tolerance);
    tolerance *= 1.5;
  } while (kept.length > MAX_CORNERS);
  return kept.flat().map((value) => Math.round(Math.min(SIDE, Math.max(0, value))));
}

// Ramer (1972), Douglas and Peucker (1973): keeps the corners that are farther than the tolerance from the line without them.
export function withoutNeedlessCorners(corners, tolerance) {
  if (corners.length < 3) return corners;
  const keep = new Uint8Array(corners.length), open = [[0, corners.length - 1]];
  keep[0] = keep[corners.length - 1] = 1;
  while (open.length) {
    const [first, last] = open.pop();
    let far = tolerance, at = -1;
    for (let i = first + 1; i < last; i++) {
      const distance = distanceToLine(corners[i], corners[first], corners[last]);
      if (distance > far) [far, at] = [distance, i];
    }
    if (at < 0) continue;
    keep[at] = 1;
    open.push([first, at], [at, last]);
  }
  return corners.filter((_, i) => keep[i]);
}

function distanceToLine([x, y], [x1, y1], [x2, y2]) {
  const squared = (x2 - x1) ** 2 + (y2 - y1) ** 2;
  const along = squared ? Math.max(0, Math.min(1, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / squared)) : 0;
  return Math.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1));
}
