import assert from "node:assert/strict";
import { test } from "node:test";

import { cornersOf, hexColor } from "../../explorer/ui/static/modules/map_canvas.js";
import { mosaic, pictureAt, pixelOf } from "../../explorer/ui/static/modules/map_mosaic.js";
import { viewAsText, viewInAddress } from "../../explorer/ui/static/modules/map_address.js";
import { projection, viewOfBox, wholeMap } from "../../explorer/ui/static/modules/map_view.js";

// Two points near each other, and one far away, in the form that `visitPoints` takes.
function threePoints() {
  const x = [30000, 30100, 50000], y = [30000, 30000, 50000], starts = new Int32Array(64 * 64 + 1);
  for (const i of [0, 1, 2]) starts[(x[i] >> 10) + 64 * (y[i] >> 10) + 1]++;
  for (let c = 0; c < 64 * 64; c++) starts[c + 1] += starts[c];
  return { number: 3, x, y, starts, order: [0, 1, 2] };
}

test("photos near each other have one picture, and zooming in parts them", () => {
  const points = threePoints();
  assert.deepEqual(mosaic(points, projection(wholeMap(), 800, 600)).map(([i]) => i), [0, 2]);
  const near = mosaic(points, projection({ x: 30050, y: 30000, zoom: 200 }, 800, 600));
  assert.deepEqual(near.map(([i]) => i).sort(), [0, 1]);
});

test("pictures move with the map and keep their photo", () => {
  const points = threePoints(), view = { x: 30000, y: 30000, zoom: 2 };
  const before = mosaic(points, projection(view, 800, 600)), moved = projection({ ...view, x: 30300 }, 800, 600);
  const after = mosaic(points, moved), right = before[0][1] - after[0][1];
  assert.equal(after[0][0], before[0][0]);
  assert.ok(Math.abs(right - 300 * moved.scale) < 1e-6);
});

test("a mark leaves out the other photos, and a picture is found by a place in it", () => {
  const tiles = mosaic(threePoints(), projection(wholeMap(), 800, 600), [0, 1, 0]);
  assert.deepEqual(tiles.map(([i]) => i), [1]);
  const [[, left, top]] = tiles;
  assert.equal(pictureAt(tiles, left + 5, top + 70), 1);
  assert.equal(pictureAt(tiles, left - 1, top + 5), -1);
});

test("colors become pixels", () => {
  assert.equal(pixelOf("#1c7ed6", 1), 0xffd67e1c);
  assert.equal(pixelOf("#ffffff", 0), 0x00ffffff);
  assert.equal(hexColor("rgb(28, 126, 214)"), "#1c7ed6");
  assert.equal(hexColor("rgba(0, 5, 255, 0.5)"), "#0005ff");
});

test("the corners of a shape are in pixels", () => {
  assert.deepEqual(cornersOf([1, 2, 3, 4], { toLeft: (x) => 10 * x, toTop: (y) => y + 1 }), [[10, 3], [30, 5]]);
});

test("the address holds the view, and nothing for the whole map", () => {
  assert.equal(viewAsText(wholeMap()), "");
  const view = { x: 1200, y: 40000, zoom: 3.25 };
  assert.deepEqual(viewInAddress(`?view=${viewAsText(view)}`), view);
  for (const bad of ["", "?view=", "?view=1,2", "?view=a,b,c"]) assert.deepEqual(viewInAddress(bad), wholeMap());
});

test("a box fills most of the view", () => {
  const box = [10000, 20000, 20000, 22000], view = viewOfBox(box, 800, 600), { toLeft, toTop } = projection(view, 800, 600);
  assert.deepEqual([view.x, view.y], [15000, 21000]);
  const width = toLeft(20000) - toLeft(10000);
  assert.ok(width > 600 && width < 800 && toTop(22000) - toTop(20000) < 600);
});
