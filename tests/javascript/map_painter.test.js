import assert from "node:assert/strict";
import { test } from "node:test";

import { colorOfPart, pointSize } from "../../explorer/ui/static/modules/map_painter.js";

test("more points are drawn smaller, within limits", () => {
  const sizes = [1, 40, 400, 4000, 100_000].map((number) => pointSize(800, 600, number));
  assert.deepEqual(sizes, sizes.toSorted((a, b) => b - a));
  assert.ok(sizes[0] <= 7 && sizes.at(-1) >= 1.6);
});

test("every part of a legend has a color, and dates have a scale of their own", () => {
  for (let color = 0; color < 40; color++) {
    for (const coloring of ["date", "folder"]) assert.match(colorOfPart({ color }, coloring), /^#[0-9a-f]{6}$/);
  }
  assert.notEqual(colorOfPart({ color: 0 }, "date"), colorOfPart({ color: 0 }, "folder"));
});
