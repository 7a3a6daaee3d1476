import assert from "node:assert/strict";
import { test } from "node:test";

import { listenForGestures } from "../../explorer/ui/static/modules/stage_gestures.js";

// A stage of 400 × 300 pixels, and what its gestures did.
function stageWith() {
  const listeners = {}, done = [];
  const stage = {
    addEventListener: (name, listener) => (listeners[name] = listener),
    getBoundingClientRect: () => ({ left: 0, top: 0, width: 400, height: 300 }),
    setPointerCapture() {},
  };
  const note = (what) => () => done.push(what);
  listenForGestures(stage, {
    enlarged: () => true, zoom: note("zoom"), pan: note("pan"), toggle: note("toggle"), follow: note("follow"), release: note("release"),
    swipe: note("swipe"),
  });
  const target = { closest: () => null };
  function fire(name, more) {
    listeners[name]({ button: 0, pointerId: 1, clientX: 200, clientY: 150, timeStamp: 0, target, type: name, ...more });
  }
  // Pressed, moved by some pixels, and released.
  function press(pointerType, timeStamp, across = 0) {
    fire("pointerdown", { pointerType, timeStamp });
    if (across) fire("pointermove", { pointerType, timeStamp, clientX: 200 + across });
    fire("pointerup", { pointerType, timeStamp, clientX: 200 + across });
  }
  return { done, fire, press };
}

test("how fast a double click of the mouse is, the browser decides", () => {
  const { done, fire, press } = stageWith();
  press("mouse", 1000);
  press("mouse", 1100);
  assert.deepEqual(done, []);
  press("mouse", 5000);
  press("mouse", 5450);
  fire("dblclick");
  assert.deepEqual(done, ["toggle"]);
});

test("a double tap zooms once, whether or not the browser calls it a double click, too", () => {
  const { done, fire, press } = stageWith();
  press("touch", 1000);
  press("touch", 1200);
  fire("dblclick");
  assert.deepEqual(done, ["toggle"]);
  press("touch", 3000);
  press("touch", 3900);
  assert.deepEqual(done, ["toggle"]);
});

test("a drag is no click", () => {
  const { done, fire, press } = stageWith();
  press("mouse", 1000);
  press("mouse", 1100, 60);
  fire("dblclick");
  assert.deepEqual(done, ["pan"]);
});
