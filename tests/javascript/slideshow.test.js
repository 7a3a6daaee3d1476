import assert from "node:assert/strict";
import { test } from "node:test";

import { createSlideshow } from "../../explorer/ui/static/modules/slideshow.js";

// A slideshow whose time passes by `tick`.
function shown({ ready = () => true } = {}) {
  const state = { steps: 0, changes: 0, due: null };
  const slideshow = createSlideshow({
    next: () => state.steps++, ready, onChange: () => state.changes++,
    setTimer: (work) => {
      state.due = work;
      return 1;
    },
    clearTimer: () => (state.due = null),
  });
  return { state, slideshow, tick: () => state.due?.() };
}

test("it goes on until it is stopped", () => {
  const { state, slideshow, tick } = shown();
  slideshow.toggle();
  tick();
  tick();
  assert.equal(state.steps, 2);
  assert.ok(slideshow.running);
  slideshow.toggle();
  assert.equal(state.due, null);
  assert.ok(!slideshow.running);
  assert.equal(state.changes, 2);
});

test("a photo that is still being loaded is waited for", () => {
  let ready = false;
  const { state, slideshow, tick } = shown({ ready: () => ready });
  slideshow.toggle();
  tick();
  assert.equal(state.steps, 0);
  ready = true;
  tick();
  assert.equal(state.steps, 1);
});

test("one that was stopped while it went on does not start again", () => {
  const { state, slideshow } = shown();
  slideshow.stop();
  slideshow.restart();
  assert.equal(state.due, null);
});
