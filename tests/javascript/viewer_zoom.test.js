import assert from "node:assert/strict";
import { test } from "node:test";

import { fitScale, fittedView, isEnlarged, isFitted, limitView, panView, turnedSize, zoomViewAt } from "../../explorer/ui/static/modules/viewer_zoom.js";

const STAGE = { width: 1000, height: 600 };
const PHOTO = { width: 4000, height: 3000 };
const near = (one, two) => assert.ok(Math.abs(one - two) < 1e-6, `${one} is not ${two}`);

// Where a pixel of the photo is on the stage, as seen from the centers of both.
const placed = (view, x, y) => ({ x: view.x + x * view.scale, y: view.y + y * view.scale });

test("a photo fits the stage, and a small one is enlarged three times at most", () => {
  near(fitScale(PHOTO, STAGE), 0.2);
  near(fitScale({ width: 16, height: 12 }, STAGE), 3);
  near(fitScale(turnedSize(PHOTO, 1), STAGE), 0.15);
  assert.deepEqual(turnedSize(PHOTO, 2), PHOTO);
});

test("what is under the pointer stays there while zooming", () => {
  const view = limitView({ scale: 0.5, x: 40, y: -60 }, PHOTO, STAGE, 1);
  const point = { x: 120, y: -80 };
  const pixel = { x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale };
  const { x, y } = placed(zoomViewAt(view, 1.7, point, PHOTO, STAGE, 1), pixel.x, pixel.y);
  near(x, point.x);
  near(y, point.y);
});

test("zooming ends at the whole photo and at eight device pixels for each of its pixels", () => {
  assert.deepEqual(zoomViewAt(fittedView(PHOTO, STAGE), 0.01, { x: 90, y: 90 }, PHOTO, STAGE, 1), fittedView(PHOTO, STAGE));
  near(zoomViewAt(fittedView(PHOTO, STAGE), 1e6, { x: 0, y: 0 }, PHOTO, STAGE, 2).scale, 4);
  // A small photo that was enlarged can be seen at its actual pixels, too.
  near(zoomViewAt(fittedView({ width: 16, height: 12 }, STAGE), 0.01, { x: 0, y: 0 }, { width: 16, height: 12 }, STAGE, 1).scale, 1);
});

test("a photo is never moved away from the stage, wherever it is dragged", () => {
  for (const scale of [0.2, 0.3, 1, 5]) {
    for (const [across, down] of [[1e5, 0], [-1e5, 3], [0, 1e5], [7, -1e5]]) {
      const view = panView({ scale, x: 0, y: 0 }, across, down, PHOTO, STAGE, 1);
      const [right, bottom] = [(PHOTO.width * scale) / 2, (PHOTO.height * scale) / 2];
      assert.ok(view.x <= Math.max(0, right - STAGE.width / 2) && view.x >= -Math.max(0, right - STAGE.width / 2));
      assert.ok(view.y <= Math.max(0, bottom - STAGE.height / 2) && view.y >= -Math.max(0, bottom - STAGE.height / 2));
    }
  }
});

test("the whole photo is told from an enlarged one and from one at its actual pixels", () => {
  const tiny = { width: 16, height: 12 };
  assert.ok(isFitted(fittedView(PHOTO, STAGE), PHOTO, STAGE));
  assert.ok(!isFitted({ scale: 0.21, x: 0, y: 0 }, PHOTO, STAGE) && isEnlarged({ scale: 0.21, x: 0, y: 0 }, PHOTO, STAGE));
  assert.ok(!isFitted({ scale: 1, x: 0, y: 0 }, tiny, STAGE) && !isEnlarged({ scale: 1, x: 0, y: 0 }, tiny, STAGE));
});
