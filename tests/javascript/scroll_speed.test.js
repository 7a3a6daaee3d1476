import assert from "node:assert/strict";
import { test } from "node:test";

import { createScrollSpeed } from "../../explorer/ui/static/modules/scroll_speed.js";

function clocked() {
  const clock = { time: 1000 };
  return [clock, createScrollSpeed(() => clock.time)];
}

test("the speed is measured over some frames, in both directions", () => {
  const [clock, speed] = clocked();
  assert.equal(speed.at(0), 0);
  clock.time += 20;
  assert.equal(speed.at(100), 5000);
  clock.time += 20;
  assert.equal(speed.at(100), 2500);
  clock.time += 10;
  assert.equal(speed.at(-100), 2000);
});

test("a second look in the same instant is no infinite speed", () => {
  const [, speed] = clocked();
  speed.at(0);
  assert.equal(speed.at(500), 0);
});

test("after a rest, a step is slow", () => {
  const [clock, speed] = clocked();
  speed.at(0);
  clock.time += 20;
  assert.equal(speed.at(200), 10000);
  clock.time += 100;
  assert.equal(speed.at(5000), 0);
});

test("what was before a jump is forgotten", () => {
  const [clock, speed] = clocked();
  speed.at(0);
  clock.time += 20;
  speed.reset();
  assert.equal(speed.at(90000), 0);
  clock.time += 10;
  assert.equal(speed.at(90000), 0);
});
