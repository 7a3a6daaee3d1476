import assert from "node:assert/strict";
import { test } from "node:test";

import { MAX_CORNERS, boundsOf, insideShape, pointsInside, shapeOfLine, withoutNeedlessCorners } from "../../explorer/ui/static/modules/lasso.js";
import { SIDE } from "../../explorer/ui/static/modules/point_grid.js";

// A linear congruential generator.
let seed = 7;
const random = (below = SIDE) => (seed = (seed * 48271) % 2147483647) % below;

// Points in one cell of the grid each, as `unpackPoints` makes them, but all in the list of the first cells.
function pointsOf(places) {
  const cell = ([x, y]) => (x >> 10) + 64 * (y >> 10), starts = new Int32Array(64 * 64 + 1);
  const order = places.map((_, i) => i).sort((a, b) => cell(places[a]) - cell(places[b]));
  for (const place of places) starts[cell(place) + 1]++;
  for (let c = 0; c < 64 * 64; c++) starts[c + 1] += starts[c];
  return { number: places.length, x: places.map(([x]) => x), y: places.map(([, y]) => y), starts, order };
}

test("a rectangle has its edges, whichever corners it is given by", () => {
  for (const shape of [[10, 20, 30, 40], [30, 40, 10, 20], [30, 20, 10, 40]]) {
    assert.ok(insideShape(shape, 10, 40) && insideShape(shape, 30, 20) && insideShape(shape, 20, 30));
    assert.ok(!insideShape(shape, 9, 30) && !insideShape(shape, 20, 41));
  }
});

test("the notch of a polygon is outside of it", () => {
  const shape = [0, 0, 100, 0, 100, 100, 50, 20, 0, 100];
  assert.ok(insideShape(shape, 10, 50) && insideShape(shape, 90, 50));
  assert.ok(!insideShape(shape, 50, 60));
});

test("a polygon around the whole map contains what lies on its edges", () => {
  const whole = shapeOfLine([[-50, -50], [SIDE + 50, -50], [SIDE + 50, SIDE + 50], [-50, SIDE + 50]]);
  for (const x of [0, 100, SIDE]) for (const y of [0, 100, SIDE]) assert.ok(insideShape(whole, x, y), `${x}, ${y}`);
});

test("the points inside a shape are the same whether all are tried or those of the grid", () => {
  for (let round = 0; round < 20; round++) {
    const places = Array.from({ length: 200 }, () => [random(), random()]);
    const shape = Array.from({ length: 2 * (3 + (round % 5)) }, () => random());
    const { marks, number } = pointsInside(pointsOf(places), shape);
    assert.deepEqual([...marks], places.map(([x, y]) => Number(insideShape(shape, x, y))));
    assert.equal(number, marks.reduce((sum, mark) => sum + mark, 0));
  }
});

test("a straight line needs its ends alone", () => {
  assert.deepEqual(withoutNeedlessCorners([[0, 0], [5, 0.2], [10, 0]], 1), [[0, 0], [10, 0]]);
  assert.deepEqual(withoutNeedlessCorners([[0, 0], [5, 4], [10, 0]], 1), [[0, 0], [5, 4], [10, 0]]);
});

test("a shape has few corners, all on the map, and nearly the same points as the line that was drawn", () => {
  const line = Array.from({ length: 900 }, (_, i) => {
    const turn = (i / 900) * 2 * Math.PI, far = 20000 + 4000 * Math.sin(5 * turn);
    return [32768 + far * Math.cos(turn), 32768 + far * Math.sin(turn)];
  });
  const shape = shapeOfLine([...line, [70000, -500]].slice(0, 900));
  assert.ok(shape.length / 2 <= MAX_CORNERS && shape.every((value) => Number.isInteger(value) && value >= 0 && value <= SIDE));
  let different = 0;
  for (let i = 0; i < 2000; i++) {
    const place = [random(), random()];
    different += insideShape(shape, ...place) !== insideShape(line.flat(), ...place);
  }
  assert.ok(different < 40, `${different} of 2000 points`);
  assert.deepEqual(boundsOf(shapeOfLine([[-9, 5], [70000, 5], [70000, 90000]])), [0, 5, SIDE, SIDE]);
});
