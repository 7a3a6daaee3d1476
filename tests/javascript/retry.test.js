import assert from "node:assert/strict";
import { test } from "node:test";

import { createRetry } from "../../explorer/ui/static/modules/retry.js";
import { fakeTimers } from "./timers.js";

function retried() {
  const timers = fakeTimers(), state = { alive: true, runs: 0 };
  const retry = createRetry(() => state.runs++, () => state.alive, 1000, timers);
  return { timers, state, retry };
}

test("however often it is asked for, it is done once, and then again", () => {
  const { timers, state, retry } = retried();
  for (let times = 0; times < 5; times++) retry.schedule();
  assert.equal(timers.waiting, 1);
  timers.tick();
  assert.equal(state.runs, 1);
  retry.schedule();
  timers.tick();
  assert.equal(state.runs, 2);
});

test("nothing is done once it was stopped or makes no sense any longer", () => {
  const { timers, state, retry } = retried();
  retry.schedule();
  retry.stop();
  assert.equal(timers.waiting, 0);
  retry.schedule();
  state.alive = false;
  timers.tick();
  retry.schedule();
  assert.deepEqual([state.runs, timers.waiting], [0, 0]);
});
