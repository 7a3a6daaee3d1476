import assert from "node:assert/strict";
import { test } from "node:test";

import { indexRange, targetIndex } from "../../explorer/ui/static/modules/grid_navigation.js";

const move = (key, index) => targetIndex(key, index, 100, (direction) => index + 7 * direction, 30);

test("left and right go through all photos and stop at the ends", () => {
  assert.equal(move("ArrowRight", 2), 3);
  assert.equal(move("ArrowLeft", 3), 2);
  assert.equal(move("ArrowLeft", 0), 0);
  assert.equal(move("ArrowRight", 99), 99);
  assert.equal(move("Home", 4), 0);
  assert.equal(move("End", 1), 99);
});

test("up and down lead to another row, Page Up and Page Down to another screen", () => {
  assert.equal(move("ArrowDown", 10), 17);
  assert.equal(move("ArrowUp", 10), 3);
  assert.equal(move("PageDown", 10), 40);
  assert.equal(move("PageDown", 90), 99);
  assert.equal(move("PageUp", 10), 0);
});

test("other keys do not move", () => {
  assert.equal(move("x", 2), null);
});

test("a range has its lower end first", () => {
  assert.deepEqual(indexRange(2, 5), [2, 5]);
  assert.deepEqual(indexRange(5, 2), [2, 5]);
});
