import assert from "node:assert/strict";
import { test } from "node:test";

import { OUT, clampArea, nearestPoint, unpackPoints, visitPoints } from "../../explorer/ui/static/modules/point_grid.js";

// As map_data.py packs them: length of the header, header, ids, x, y, classes.
function pack(points) {
  let header = JSON.stringify({ number: points.length, coloring: "kind", legend: [] });
  header += " ".repeat((4 - (header.length % 4)) % 4);
  const buffer = new ArrayBuffer(4 + header.length + 9 * points.length);
  const view = new DataView(buffer);
  view.setUint32(0, header.length, true);
  new Uint8Array(buffer, 4, header.length).set(new TextEncoder().encode(header));
  let at = 4 + header.length;
  for (const [bytes, key] of [[4, "id"], [2, "x"], [2, "y"], [1, "class"]]) {
    for (const point of points) {
      if (bytes === 4) view.setInt32(at, point[key], true);
      else if (bytes === 2) view.setUint16(at, point[key], true);
      else view.setUint8(at, point[key]);
      at += bytes;
    }
  }
  return buffer;
}

// Points in every corner of the square, and some at random (a linear congruential generator).
let seed = 1;
const random = () => (seed = (seed * 48271) % 2147483647) % 65536;
const POINTS = [[0, 0], [65535, 0], [0, 65535], [65535, 65535], ...Array.from({ length: 500 }, () => [random(), random()])].map(
  ([x, y], id) => ({ id: id + 10, x, y, class: id % 5 === 4 ? OUT : id % 5 }));
const GRID = unpackPoints(pack(POINTS));

const visited = (area) => {
  const found = [];
  visitPoints(GRID, area, (i) => found.push(i));
  return found.sort((a, b) => a - b);
};

test("points are read as they were packed", () => {
  assert.equal(GRID.number, POINTS.length);
  assert.deepEqual(POINTS.map((_, i) => ({ id: GRID.ids[i], x: GRID.x[i], y: GRID.y[i], class: GRID.classes[i] })), POINTS);
  assert.equal(GRID.coloring, "kind");
});

test("a rectangle holds exactly the points in it", () => {
  assert.equal(visited([0, 0, 65535, 65535]).length, POINTS.length);
  for (const [left, top, right, bottom] of [[0, 0, 1023, 1023], [30000, 20000, 50000, 21000], [-500, 60000, 70000, 80000], [5, 5, 4, 4]]) {
    const inside = POINTS.flatMap(({ x, y }, i) => (x >= left && x <= right && y >= top && y <= bottom ? [i] : []));
    assert.deepEqual(visited([left, top, right, bottom]), inside);
  }
});

test("the nearest point is found across cells, and points left out by the filter are not", () => {
  for (let count = 0; count < 200; count++) {
    const x = random(), y = random(), radius = 3000;
    const distances = POINTS.map((point) => (point.class === OUT ? Infinity : Math.hypot(point.x - x, point.y - y)));
    const nearest = Math.min(...distances);
    assert.equal(nearestPoint(GRID, x, y, radius), nearest < radius ? distances.indexOf(nearest) : -1);
  }
});

test("a marked area is rounded and stays inside the map", () => {
  assert.deepEqual(clampArea([-3.2, 10.6, 70000, 65534.4]), [0, 11, 65535, 65534]);
});
