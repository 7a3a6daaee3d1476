import assert from "node:assert/strict";
import { test } from "node:test";

import { fullAddress, pictureAddress, renditionSize } from "../../explorer/ui/static/modules/photo_sources.js";

const HEIC = { id: 7, source: "screen", width: 4000, height: 3000, version: "ab" };

test("a rendition is at least as large as the window, as far as there is one", () => {
  assert.deepEqual([360, 1600, 1601, 2560, 9000].map(renditionSize), ["1600", "1600", "2560", "2560", "3840"]);
});

test("the file itself is shown where browsers can", () => {
  assert.equal(pictureAddress({ ...HEIC, source: "original" }, "1600"), "/photo/7/original");
  assert.equal(pictureAddress(HEIC, "1600"), "/photo/7/screen?size=1600&v=ab");
  assert.equal(pictureAddress({ ...HEIC, source: "preview" }, "1600"), null);
});

test("more is loaded only where there is more to see", () => {
  assert.equal(fullAddress(HEIC, "1600", 1500), null);
  assert.equal(fullAddress(HEIC, "1600", 2000), "/photo/7/screen?size=full&v=ab");
  assert.equal(fullAddress({ ...HEIC, width: 1500, height: 1000 }, "1600", 9000), null);
  assert.equal(fullAddress({ ...HEIC, source: "original" }, "1600", 9000), null);
});
