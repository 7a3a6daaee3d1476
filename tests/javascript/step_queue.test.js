import assert from "node:assert/strict";
import { test } from "node:test";

import { createStepQueue } from "../../explorer/ui/static/modules/step_queue.js";

// A lightbox on photo 1 of 1 to 9 that shows the result of a press only when `redraw` is called.
function lightbox() {
  const page = { open: true, photo: "1", target: 1, time: 0, buttons: true, pressed: [] };
  const queue = createStepQueue({
    shown: () => ({
      open: page.open, photo: page.photo, steps: [page.photo > 1 && "previous", page.photo < 9 && "next"].filter(Boolean),
    }),
    press: (step) => {
      if (!page.buttons) return false;
      page.pressed.push(step);
      page.target = Number(page.photo) + (step === "next" ? 1 : -1);
      return true;
    },
    now: () => page.time,
  });
  page.redraw = () => { page.photo = String(page.target); };
  return { page, queue };
}

test("a key that is pressed before the dialog is drawn waits for it", () => {
  const { page, queue } = lightbox();
  page.photo = null;
  queue.add("next");
  assert.deepEqual(page.pressed, []);
  page.photo = "1";
  assert.equal(queue.advance(), false);
  assert.deepEqual(page.pressed, ["next"]);
});

test("a key that is pressed before the buttons are there waits for them", () => {
  const { page, queue } = lightbox();
  page.buttons = false;
  queue.add("next");
  assert.equal(queue.advance(), true);
  page.buttons = true;
  assert.equal(queue.advance(), false);
  assert.deepEqual(page.pressed, ["next"]);
});

test("each step waits until the page shows the one before it", () => {
  const { page, queue } = lightbox();
  queue.add("next");
  queue.add("next");
  queue.add("previous");
  assert.deepEqual(page.pressed, ["next"]);
  assert.equal(queue.advance(), true);
  page.redraw();
  assert.equal(queue.advance(), true);
  page.redraw();
  assert.equal(queue.advance(), false);
  page.redraw();
  assert.deepEqual(page.pressed, ["next", "next", "previous"]);
  assert.equal(page.photo, "2");
});

test("a key that is held down does not pile up steps", () => {
  const { page, queue } = lightbox();
  for (let count = 0; count < 30; count++) queue.add("next", count > 0);
  page.redraw();
  queue.advance();
  page.redraw();
  assert.equal(queue.advance(), false);
  assert.equal(page.photo, "3");
});

test("a press without effect blocks the next one for five seconds only", () => {
  const { page, queue } = lightbox();
  queue.add("next");
  queue.add("next");
  page.time = 4999;
  queue.advance();
  assert.equal(page.pressed.length, 1);
  page.time = 5000;
  queue.advance();
  assert.equal(page.pressed.length, 2);
});

test("a step beyond the last photo is dropped", () => {
  const { page, queue } = lightbox();
  page.photo = "9";
  queue.add("next");
  queue.add("previous");
  assert.equal(queue.advance(), false);
  assert.deepEqual(page.pressed, ["previous"]);
});

test("closing the dialog drops what was waiting", () => {
  const { page, queue } = lightbox();
  queue.add("next");
  queue.add("next");
  page.open = false;
  assert.equal(queue.advance(), false);
  page.open = true;
  page.redraw();
  assert.equal(queue.advance(), false);
  assert.equal(page.pressed.length, 1);
});
