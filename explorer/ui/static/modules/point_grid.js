// The photos of the map as points in a square of 65536 × 65536 units, sorted into the cells of a grid so that the points
// in a rectangle are found without visiting all points.

export const SIDE = 65535;
// The class value of points that the filter excludes. Those without a class have 255.
export const OUT = 254;

// Cells per row; each is 1024 units wide.
const CELLS = 64;
const CELL_BITS = 10;

// Parse the binary format that `map_data.py` describes.
export function unpackPoints(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const number = header.number;
  let at = 4 + length;
  const ids = new Int32Array(buffer, at, number);
  at += 4 * number;
  const x = new Uint16Array(buffer, at, number);
  at += 2 * number;
  const y = new Uint16Array(buffer, at, number);
  at += 2 * number;
  const classes = new Uint8Array(buffer, at, number);
  return { number, ids, x, y, classes, legend: header.legend, coloring: header.coloring, ...sortIntoCells(x, y) };
}

// starts: the index in `order` of each cell's first point. order: the indices of all points, by cell.
function sortIntoCells(x, y) {
  const starts = new Int32Array(CELLS * CELLS + 1), order = new Int32Array(x.length);
  const cell = (i) => (x[i] >> CELL_BITS) + CELLS * (y[i] >> CELL_BITS);
  for (let i = 0; i < x.length; i++) starts[cell(i) + 1]++;
  for (let c = 0; c < CELLS * CELLS; c++) starts[c + 1] += starts[c];
  const next = starts.slice();
  for (let i = 0; i < x.length; i++) order[next[cell(i)]++] = i;
  return { starts, order };
}

// Call visit with the index of every point in the rectangle [left, top, right, bottom].
export function visitPoints(points, [left, top, right, bottom], visit) {
  const { starts, order, x, y } = points;
  const cell = (value) => Math.min(CELLS - 1, Math.max(0, value >> CELL_BITS));
  for (let row = cell(top); row <= cell(bottom); row++) {
    for (let column = cell(left); column <= cell(right); column++) {
      const c = column + CELLS * row;
      for (let at = starts[c]; at < starts[c + 1]; at++) {
        const i = order[at];
        if (x[i] >= left && x[i] <= right && y[i] >= top && y[i] <= bottom) visit(i);
      }
    }
  }
}

// The index of the point nearest to (x, y) within a radius, or −1. Points that the filter excludes are ignored.
export function nearestPoint(points, x, y, radius) {
  let best = -1, distance = radius * radius;
  visitPoints(points, [x - radius, y - radius, x + radius, y + radius], (i) => {
    if (points.classes[i] === OUT) return;
    const squared = (points.x[i] - x) ** 2 + (points.y[i] - y) ** 2;
    if (squared < distance) [best, distance] = [i, squared];
  });
  return best;
}

// The sides of a rectangle, rounded and clamped to the map.
export function clampArea(sides) {
  return sides.map((side) => Math.round(Math.min(SIDE, Math.max(0, side))));
}
