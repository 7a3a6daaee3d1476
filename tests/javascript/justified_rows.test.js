import assert from "node:assert/strict";
import { test } from "node:test";

import { eachJustifiedRow, GAP, naturalWidth, shownRatio, targetRowHeight } from "../../explorer/ui/static/modules/justified_rows.js";

function rowsOf(ratios, width, target) {
  const rows = [];
  eachJustifiedRow(ratios, 0, ratios.length, width, target, (start, stop, height) => rows.push({ start, stop, height }));
  return rows;
}

test("full rows are as wide as the page and no higher than wanted", () => {
  const ratios = [1.5, 1.5, 0.75, 1, 2, 1.3, 1.5, 0.7];
  for (const { start, stop, height } of rowsOf(ratios, 1000, 210).slice(0, -1)) {
    assert.ok(Math.abs(naturalWidth(ratios, start, stop, height) - 1000) < 1e-9);
    assert.ok(height <= 210);
  }
});

test("every photo is in a row, in order", () => {
  const rows = rowsOf([1.5, 0.75, 1, 2, 1.3], 500, 120);
  assert.deepEqual(rows.map(({ start }) => start), [0, ...rows.slice(0, -1).map(({ stop }) => stop)]);
  assert.equal(rows.at(-1).stop, 5);
});

test("a last row that is not full keeps the wanted height", () => {
  assert.deepEqual(rowsOf([1], 1000, 210), [{ start: 0, stop: 1, height: 210 }]);
  assert.deepEqual(rowsOf([], 1000, 210), []);
});

test("panoramas and strips are cut to a ratio that can be shown", () => {
  assert.deepEqual([20, 0.01, 1.5].map(shownRatio), [4, 0.4, 1.5]);
  assert.ok(Math.abs(naturalWidth([20, 0.01], 0, 2, 100) - 440 - GAP) < 1e-9);
});

test("rows are lower on narrow pages", () => {
  assert.deepEqual([360, 599, 600, 1099, 1100, 1440].map(targetRowHeight), [120, 120, 170, 170, 210, 210]);
});
