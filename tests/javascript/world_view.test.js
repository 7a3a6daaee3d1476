import assert from "node:assert/strict";
import { test } from "node:test";
import {
  clampWorld, latitudeOf, longitudeOf, MAX_ZOOM, minZoom, nextPoint, unpackOutlines, viewOf, worldProjection, worldX, worldY, zoomWorld,
} from "../../explorer/ui/static/modules/world_view.js";

const near = (one, other, by = 1e-9) => assert.ok(Math.abs(one - other) < by, `${one} is not ${other}`);

test("degrees and the map are inverse to each other", () => {
  for (const latitude of [-80, -33.9, 0, 48.86, 85]) near(latitudeOf(worldY(latitude)), latitude, 1e-6);
  for (const longitude of [-180, -9.1, 0, 151.2, 180]) near(longitudeOf(worldX(longitude)), longitude);
  near(worldY(0), 0.5);
  assert.ok(worldY(90) >= -1e-3 && worldY(-90) <= 1.001);
});

test("pixels and the map are inverse to each other", () => {
  const { across, down, unproject, box } = worldProjection({ x: 0.4, y: 0.6, zoom: 5.5 }, 800, 500);
  const [x, y] = unproject(120, 90);
  near(across(x), 120, 1e-6);
  near(down(y), 90, 1e-6);
  near(across(box[0]), 0, 1e-6);
  near(down(box[3]), 500, 1e-6);
});

test("the point under the pointer stays there while zooming", () => {
  const view = { x: 0.5, y: 0.4, zoom: 6 };
  const before = worldProjection(view, 800, 500).unproject(200, 100);
  const after = worldProjection(zoomWorld(view, 1.3, 200, 100, 800, 500), 800, 500).unproject(200, 100);
  near(before[0], after[0]);
  near(before[1], after[1]);
});

test("the zoom has limits", () => {
  assert.equal(zoomWorld({ x: 0.5, y: 0.5, zoom: 17.5 }, 9, 0, 0, 800, 500).zoom, MAX_ZOOM);
  assert.equal(clampWorld({ x: 7, y: -2, zoom: -3 }, 800).zoom, minZoom(800));
  assert.deepEqual([clampWorld({ x: 7, y: -2, zoom: 3 }, 800).x, clampWorld({ x: 7, y: -2, zoom: 3 }, 800).y], [1, 0]);
});

test("an area is seen whole", () => {
  const area = { south: 36, west: -9.5, north: 44, east: 3.3 };
  const { box } = worldProjection(viewOf(area, 800, 500), 800, 500);
  assert.ok(box[0] < worldX(area.west) && box[2] > worldX(area.east) && box[1] < worldY(area.north) && box[3] > worldY(area.south));
  const point = { south: 48.86, west: 2.35, north: 48.86, east: 2.35 };
  assert.equal(viewOf(point, 800, 500).zoom, 13);
});

test("arrow keys lead to the nearest point ahead", () => {
  const points = [{ x: 0.5, y: 0.5 }, { x: 0.6, y: 0.5 }, { x: 0.55, y: 0.9 }, { x: 0.5, y: 0.4 }];
  assert.equal(nextPoint(points, 0, "right"), 1);
  assert.equal(nextPoint(points, 0, "up"), 3);
  assert.equal(nextPoint(points, 0, "down"), 2);
  assert.equal(nextPoint(points, 0, "left"), -1);
});

test("outlines are unpacked", () => {
  const numbers = [2, 3, 5, 0, 0, 90000, 0, 90000, 45000, -180000, 10000, 180000, -10000];
  const rings = unpackOutlines(new Int32Array(numbers).buffer);
  assert.deepEqual(rings.map((ring) => ring.points.length), [6, 4]);
  near(rings[0].box[0], 0.5);
  near(rings[0].box[2], 0.75);
  near(rings[1].box[0], 0);
  near(rings[1].box[2], 1);
});
