import assert from "node:assert/strict";
import { test } from "node:test";

import { clampView, projection, wholeMap, zoomAt } from "../../explorer/ui/static/modules/map_view.js";
import { WHOLE, cssTransform, dragBy, zoomBy } from "../../explorer/ui/static/modules/zoom.js";

const near = (one, two) => assert.ok(Math.abs(one - two) < 1e-6, `${one} is not ${two}`);

test("a picture is zoomed between its whole and 32 times", () => {
  assert.equal(zoomBy(WHOLE, 1.5).scale, 1.5);
  assert.equal(zoomBy(WHOLE, 0.5).scale, 1);
  assert.equal(zoomBy(WHOLE, 100).scale, 32);
});

test("a dragged picture keeps filling its frame", () => {
  const zoomed = zoomBy(WHOLE, 2);
  near(dragBy(zoomed, 50, -20, 400, 200).x, 0.5 - 50 / 800);
  near(dragBy(zoomed, 50, -20, 400, 200).y, 0.5 + 20 / 400);
  assert.deepEqual(dragBy(zoomed, 9999, 9999, 400, 200), { scale: 2, x: 0.25, y: 0.25 });
  assert.deepEqual(dragBy(zoomed, -9999, -9999, 400, 200), { scale: 2, x: 0.75, y: 0.75 });
  assert.deepEqual(zoomBy(dragBy(zoomed, 9999, 0, 400, 200), 0.5), WHOLE);
});

test("the transform moves the center into the middle of the frame", () => {
  assert.equal(cssTransform({ scale: 2, x: 0.25, y: 0.5 }), "translate(50%, 0%) scale(2)");
});

test("the whole map fits its canvas, with a margin", () => {
  const { toLeft, toTop, area } = projection(wholeMap(), 828, 428);
  near(toLeft(0), 414 - 200);
  near(toLeft(65535), 414 + 200);
  near(toTop(0), 14);
  near(toTop(65535), 414);
  near(area[1], -14 / (400 / 65535));
});

test("pixels and places on the map are converted both ways", () => {
  const { toLeft, toTop, unproject } = projection({ x: 20000, y: 30000, zoom: 7 }, 800, 500);
  const [x, y] = unproject(123, 456);
  near(toLeft(x), 123);
  near(toTop(y), 456);
});

test("the place under the pointer stays there when the map is zoomed", () => {
  const view = { x: 32000, y: 33000, zoom: 3 };
  const [x, y] = projection(view, 800, 500).unproject(300, 200);
  const [newX, newY] = projection(zoomAt(view, 2, 300, 200, 800, 500), 800, 500).unproject(300, 200);
  near(x, newX);
  near(y, newY);
});

test("zooming out ends at the whole map, and the center stays on it", () => {
  assert.deepEqual(zoomAt({ x: 5, y: 5, zoom: 1.2 }, 0.5, 0, 0, 800, 500), wholeMap());
  assert.deepEqual(clampView({ x: -900, y: 99999, zoom: 1e6 }), { x: -1, y: 65536, zoom: 400 });
});
