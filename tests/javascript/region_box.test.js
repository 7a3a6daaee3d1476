import assert from "node:assert/strict";
import test from "node:test";

import { boxBetween, describeBox, boxCoordinates, MIN_SIDE, moveBox, resizeBox } from "../../explorer/ui/static/modules/region_box.js";

function within(box) {
  const near = 1 + 1e-9;
  assert.ok(box.left >= 0 && box.top >= 0 && box.left + box.width <= near && box.top + box.height <= near, JSON.stringify(box));
  assert.ok(box.width >= MIN_SIDE - 1e-9 && box.height >= MIN_SIDE - 1e-9, JSON.stringify(box));
}

const ENDS = [-0.5, 0, 0.1, 0.5, 0.99, 1, 1.5];

test("a box lies between its corners, whichever comes first", () => {
  const box = boxBetween({ x: 0.75, y: 0.25 }, { x: 0.25, y: 0.5 });
  assert.deepEqual(box, { left: 0.25, top: 0.25, width: 0.5, height: 0.25 });
});

test("a box stays within the photo and large enough, wherever it is dragged", () => {
  for (const x of ENDS) {
    for (const y of ENDS) {
      for (const otherX of ENDS) {
        const box = boxBetween({ x, y }, { x: otherX, y: 0.3 });
        within(box);
        within(moveBox(box, x, y));
        within(resizeBox(box, x, -y));
        within(resizeBox(moveBox(box, -x, y), -x, y));
      }
    }
  }
});

test("moving keeps the size, resizing keeps the corner", () => {
  const box = { left: 0.2, top: 0.2, width: 0.3, height: 0.3 };
  const moved = moveBox(box, 5, -5);
  assert.deepEqual([moved.width, moved.height, moved.top], [0.3, 0.3, 0]);
  const resized = resizeBox(box, -5, 5);
  assert.deepEqual([resized.left, resized.top, resized.width, resized.height], [0.2, 0.2, MIN_SIDE, 0.8]);
});

test("rounded numbers do not reach beyond the photo", () => {
  for (const left of [0.33335, 0.12345, 0.66665]) {
    const [x, , width] = boxCoordinates({ left, top: 0, width: 1 - left, height: 1 });
    assert.ok(x + width <= 1 + 1e-9);
  }
});

test("a box in words", () => {
  const words = describeBox({ left: 0.1, top: 0.2, width: 0.5, height: 0.25 });
  assert.equal(words, "50 by 25 percent of the photo, 10 percent from the left, 20 from the top");
});
