// The part of the world that a map shows: { x, y, zoom }. x and y are its center, 0 to 1 over the square of the Web Mercator
// projection; at zoom z the world is 256 × 2^z pixels wide.

export const MAX_ZOOM = 18;
const TILE = 256;
const MAX_LATITUDE = 85.05;

export const worldX = (longitude) => longitude / 360 + 0.5;

export function worldY(latitude) {
  const clamped = Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, latitude));
  return 0.5 - Math.log(Math.tan(Math.PI / 4 + (clamped * Math.PI) / 360)) / (2 * Math.PI);
}

export const longitudeOf = (x) => (x - 0.5) * 360;
export const latitudeOf = (y) => (Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) * 360) / Math.PI - 90;

// The width of the world in pixels.
const worldSize = (zoom) => TILE * 2 ** zoom;

// The lowest zoom, at which the world fills the width of a map.
export const minZoom = (width) => Math.max(0, Math.log2(Math.max(width, TILE) / TILE) - 0.35);

// The view with a valid zoom, and a center on the map.
export function clampWorld({ x, y, zoom }, width) {
  const clamp = (value) => Math.min(1, Math.max(0, value));
  return { x: clamp(x), y: clamp(y), zoom: Math.min(MAX_ZOOM, Math.max(minZoom(width), zoom)) };
}

// Conversions between the map and the pixels of an element of that size.
export function worldProjection({ x, y, zoom }, width, height) {
  const size = worldSize(zoom);
  return {
    across: (value) => (value - x) * size + width / 2,
    down: (value) => (value - y) * size + height / 2,
    unproject: (left, top) => [(left - width / 2) / size + x, (top - height / 2) / size + y],
    box: [x - width / 2 / size, y - height / 2 / size, x + width / 2 / size, y + height / 2 / size],
  };
}

// Zoom by a number of levels so that the point at pixel (left, top) stays in place.
export function zoomWorld(view, levels, left, top, width, height) {
  const next = clampWorld({ ...view, zoom: view.zoom + levels }, width);
  const [x, y] = worldProjection(view, width, height).unproject(left, top);
  const [newX, newY] = worldProjection(next, width, height).unproject(left, top);
  return clampWorld({ x: next.x + x - newX, y: next.y + y - newY, zoom: next.zoom }, width);
}

// The zoom at which a country and its neighbors are visible.
const COUNTRY_ZOOM = 5;

// The view in which an area, { south, west, north, east } in degrees, is entirely visible. closest: the highest zoom.
export function viewOf({ south, west, north, east }, width, height, closest = 13) {
  const left = worldX(west), right = worldX(east), top = worldY(north), bottom = worldY(south);
  const room = 0.8;
  const zoom = Math.log2(Math.min((width * room) / Math.max(right - left, 1e-9), (height * room) / Math.max(bottom - top, 1e-9)) / TILE);
  // Show a single place with its surroundings.
  return clampWorld({ x: (left + right) / 2, y: (top + bottom) / 2, zoom: Math.min(zoom, closest) }, width);
}

// The view in which all photos are visible, with enough outlines to show where they are.
export function overviewOf(area, width, height) {
  return viewOf(area, width, height, COUNTRY_ZOOM);
}

// The index of the next point from one of them in a direction ("left", "right", "up" or "down"); -1 if there is none.
export function nextPoint(points, from, direction) {
  const [alongX, alongY] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[direction];
  let best = -1, least = Infinity;
  points.forEach((point, i) => {
    const dx = point.x - points[from].x, dy = point.y - points[from].y;
    const ahead = dx * alongX + dy * alongY, aside = Math.abs(dx * alongY) + Math.abs(dy * alongX);
    if (i !== from && ahead > 0 && ahead + 2 * aside < least) [best, least] = [i, ahead + 2 * aside];
  });
  return best;
}

// Unpack the outlines from the server: the number of rings, the end of each, then longitudes and latitudes in thousandths of
// a degree. Each ring is { points: x and y in turn, box: left, top, right, bottom }.
export function unpackOutlines(buffer) {
  const numbers = new Int32Array(buffer), count = numbers[0], rings = [];
  let at = 1 + count, start = 0;
  for (let ring = 0; ring < count; ring++) {
    const end = numbers[1 + ring], points = new Float32Array(2 * (end - start));
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < points.length; i += 2) {
      const x = (points[i] = worldX(numbers[at++] / 1000)), y = (points[i + 1] = worldY(numbers[at++] / 1000));
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    }
    rings.push({ points, box });
    start = end;
  }
  return rings;
}
