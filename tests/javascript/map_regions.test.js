import assert from "node:assert/strict";
import { test } from "node:test";

import { levelOfZoom, placeNames, regionInWords, regionsInView } from "../../explorer/ui/static/modules/map_regions.js";
import { regionAddress } from "../../explorer/ui/static/modules/region_list.js";

const same = { toLeft: (x) => x, toTop: (y) => y };
const region = (x, y, photos = 10) => ({ x, y, photos, box: [x - 20, y - 20, x + 20, y + 20], name: "Dog", facts: [] });

test("closer views have finer regions", () => {
  assert.deepEqual([1, 2, 4, 20].map((zoom) => levelOfZoom(zoom, 4)), [0, 1, 2, 3]);
  assert.equal(levelOfZoom(400, 2), 1);
});

test("names never overlap each other or what is in the way, and the largest region comes first", () => {
  const regions = Array.from({ length: 60 }, (_, i) => region(40 + ((i * 37) % 400), 60 + ((i * 53) % 300), 100 - i));
  const taken = [[0, 0, 150, 60]], size = () => [80, 20];
  const placed = placeNames(regions, same, [480, 400], size, taken);
  assert.ok(placed.length > 3);
  assert.equal(placed[0].region, regions.find(({ x, box }) => x - 40 > 150 || box[1] - 20 > 60));
  const boxes = [...taken, ...placed.map(({ left, top }) => [left, top, left + 80, top + 20])];
  for (const [i, one] of boxes.entries()) {
    for (const other of boxes.slice(i + 1)) {
      assert.ok(one[2] <= other[0] || other[2] <= one[0] || one[3] <= other[1] || other[3] <= one[1]);
    }
    assert.ok(one[0] >= 0 && one[1] >= 0 && one[2] <= 480 && one[3] <= 400);
  }
});

test("only regions in view are named", () => {
  assert.deepEqual(regionsInView([region(5, 5), region(50, 5)], [0, 0, 10, 10]).map(({ x }) => x), [5]);
});

test("a region is told in words and has an address", () => {
  assert.equal(regionInWords({ name: "Dog, snow", photos: 12, facts: ["2019"] }), "Dog, snow, 12 photos, 2019");
  assert.equal(regionInWords({ name: "Dog", photos: 1, facts: [] }), "Dog, 1 photo");
  assert.equal(regionAddress({ key: "0-1-2" }), "?region=0-1-2&only=1");
});
