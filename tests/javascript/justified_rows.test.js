import assert from "node:assert/strict";
import { test } from "node:test";

import { GAP, justifiedRows, sections, targetRowHeight } from "../../explorer/ui/static/modules/justified_rows.js";

test("full rows are as wide as the page and no higher than wanted", () => {
  const rows = justifiedRows([1.5, 1.5, 0.75, 1, 2, 1.3, 1.5, 0.7], 1000, 210);
  for (const { height, widths } of rows.slice(0, -1)) {
    const total = widths.reduce((sum, width) => sum + width, 0) + GAP * (widths.length - 1);
    assert.ok(Math.abs(total - 1000) < 1e-9);
    assert.ok(height <= 210);
  }
});

test("every photo is in a row, in order and in its own ratio", () => {
  const ratios = [1.5, 0.75, 1, 2, 1.3];
  const shown = justifiedRows(ratios, 500, 120).flatMap(({ height, widths }) => widths.map((width) => width / height));
  shown.forEach((ratio, at) => assert.ok(Math.abs(ratio - ratios[at]) < 1e-9));
  assert.equal(shown.length, ratios.length);
});

test("a last row that is not full keeps the wanted height", () => {
  assert.deepEqual(justifiedRows([1], 1000, 210), [{ height: 210, widths: [210] }]);
  assert.deepEqual(justifiedRows([], 1000, 210), []);
});

test("panoramas and strips are cut to a ratio that can be shown", () => {
  const [{ widths }] = justifiedRows([20, 0.01], 10000, 100);
  assert.deepEqual(widths, [400, 40]);
});

test("rows are lower on narrow pages", () => {
  assert.deepEqual([360, 599, 600, 1099, 1100, 1440].map(targetRowHeight), [120, 120, 170, 170, 210, 210]);
});

test("a heading begins a section", () => {
  const photos = ["", "May", "", "June"].map((heading) => ({ heading }));
  assert.deepEqual(sections(photos), [{ start: 0, stop: 1 }, { start: 1, stop: 3 }, { start: 3, stop: 4 }]);
  assert.deepEqual(sections([{ heading: "May" }]), [{ start: 0, stop: 1 }]);
  assert.deepEqual(sections([]), []);
});
