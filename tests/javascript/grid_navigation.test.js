import assert from "node:assert/strict";
import { test } from "node:test";

import { indexRange, nearestInNextRow, targetIndex } from "../../explorer/ui/static/modules/grid_navigation.js";

// Three rows: tiles 0–2, 3–4 and 5.
const BOXES = [
  { left: 0, top: 0, width: 100 }, { left: 106, top: 0, width: 100 }, { left: 212, top: 0, width: 100 },
  { left: 0, top: 110, width: 200 }, { left: 206, top: 110, width: 106 },
  { left: 0, top: 220, width: 50 },
];
const move = (key, index) => targetIndex(key, index, BOXES.length, () => BOXES);

test("left and right go through all tiles and stop at the ends", () => {
  assert.equal(move("ArrowRight", 2), 3);
  assert.equal(move("ArrowLeft", 3), 2);
  assert.equal(move("ArrowLeft", 0), 0);
  assert.equal(move("ArrowRight", 5), 5);
  assert.equal(move("Home", 4), 0);
  assert.equal(move("End", 1), 5);
});

test("down and up lead to the horizontally nearest tile of the next row", () => {
  assert.equal(move("ArrowDown", 0), 3);
  assert.equal(move("ArrowDown", 2), 4);
  assert.equal(move("ArrowUp", 4), 2);
  assert.equal(move("ArrowUp", 3), 0);
  assert.equal(move("ArrowUp", 5), 3);
});

test("there is nothing above the first row and below the last one", () => {
  assert.equal(nearestInNextRow(BOXES, 1, -1), 1);
  assert.equal(nearestInNextRow(BOXES, 5, 1), 5);
});

test("tops that differ by less than two pixels are one row", () => {
  const uneven = BOXES.map((box, at) => ({ ...box, top: box.top + (at % 2) }));
  assert.equal(nearestInNextRow(uneven, 2, 1), 4);
  assert.equal(nearestInNextRow(uneven, 4, -1), 2);
});

test("other keys do not move", () => {
  assert.equal(move("x", 2), null);
});

test("a range holds both ends, in ascending order", () => {
  assert.deepEqual(indexRange(2, 5), [2, 3, 4, 5]);
  assert.deepEqual(indexRange(5, 2), [2, 3, 4, 5]);
  assert.deepEqual(indexRange(3, 3), [3]);
});
