import assert from "node:assert/strict";
import { test } from "node:test";

import { createFacts } from "../../explorer/ui/static/modules/viewer_facts.js";
import { fakeTimers, settled } from "./timers.js";

// Facts whose parts come when `release` is called.
function followed() {
  const timers = fakeTimers(), asked = [], told = [], waiting = [];
  const read = (address) => new Promise((resolve, reject) => {
    asked.push(address);
    waiting.push({ answer: () => resolve({ html: "why", address }), fail: () => reject(new Error("404")) });
  });
  const cleared = [];
  const panel = { update: (id, parts) => (Object.keys(parts).length ? told.push([id, Object.keys(parts)]) : cleared.push(id)) };
  const facts = createFacts(panel, () => "list", { read, setTimer: timers.setTimer, clearTimer: timers.clearTimer });
  const release = async (times = 1, how = "answer") => {
    for (let time = 0; time < times; time++) {
      waiting.shift()[how]();
      await settled();
    }
  };
  return { facts, timers, asked, told, cleared, release };
}

test("all parts of a photo are fetched once, however often it is shown", async () => {
  const { facts, timers, asked, told, release } = followed();
  for (let times = 0; times < 3; times++) facts.show(7);
  timers.tick();
  facts.show(7);
  timers.tick();
  await release(2);
  facts.show(7);
  timers.tick();
  await release(2);
  facts.show(7);
  timers.tick();
  assert.deepEqual(asked, ["/photo/7/info", "/photo/sequence/list/why/7", "/photo/7/similar", "/photo/7/faces"]);
  assert.deepEqual(told.at(-1), [7, ["info", "why", "similar", "faces"]]);
});

test("photos that are stepped past are not asked about", async () => {
  const { facts, timers, asked } = followed();
  for (let id = 1; id <= 9; id++) facts.show(id);
  timers.tick();
  assert.deepEqual(asked, ["/photo/9/info"]);
});

test("showing a photo again does not put off its facts", () => {
  const { facts, timers } = followed();
  facts.show(1);
  facts.show(1);
  assert.equal(timers.waiting, 1);
});

test("what was not fetched before the photo was left is fetched when it is returned to", async () => {
  const { facts, timers, asked, told, release } = followed();
  facts.show(1);
  timers.tick();
  facts.show(2);
  await release();
  assert.deepEqual(told, []);
  facts.show(1);
  timers.tick();
  assert.deepEqual(told, [[1, ["info"]]]);
  assert.deepEqual(asked, ["/photo/1/info", "/photo/sequence/list/why/1"]);
});

test("facts that are out of date are neither shown nor kept", async () => {
  const { facts, timers, asked, told, release } = followed();
  facts.show(1);
  timers.tick();
  facts.forget();
  facts.show(1);
  timers.tick();
  await release();
  assert.deepEqual(told, []);
  await release();
  assert.deepEqual([told, asked.filter((address) => address === "/photo/1/info").length], [[[1, ["info"]]], 2]);
});

test("a part that cannot be had keeps no other from being shown", async () => {
  const { facts, timers, told, release } = followed();
  facts.show(1);
  timers.tick();
  await release(1, "fail");
  await release(3);
  assert.deepEqual(told.map(([, [part]]) => part), ["why", "similar", "faces"]);
});

test("what is said of the photo before goes once another is looked at", async () => {
  const { facts, timers, told, cleared, release } = followed();
  facts.show(1);
  assert.deepEqual(cleared, []);
  timers.tick();
  assert.deepEqual([cleared, told], [[1], []]);
  await release(4);
  facts.show(1);
  timers.tick();
  assert.deepEqual(cleared, [1]);
});
