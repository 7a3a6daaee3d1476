import assert from "node:assert/strict";
import { test } from "node:test";

import { createHeat } from "../../explorer/ui/static/modules/viewer_heat.js";
import { fakeTimers, settled } from "./timers.js";

// A server that answers when `release` is called, and what was asked and drawn.
function heated() {
  const timers = fakeTimers(), asked = [], shown = [], waiting = [];
  const heat = createHeat({
    token: () => "list", show: (overlay) => shown.push(overlay), setTimer: timers.setTimer, clearTimer: timers.clearTimer,
    read: (_, id) => new Promise((resolve, reject) => {
      asked.push(id);
      waiting.push({ answer: () => resolve({ url: `map of ${id}`, words: "" }), fail: () => reject(new Error("no answer")) });
    }),
  });
  const release = async (how = "answer") => {
    waiting.shift()[how]();
    await settled();
  };
  return { heat, timers, asked, shown, release };
}
const photo = (id) => ({ id, source: "original" });

test("nothing is asked for unless it is wanted", () => {
  const { heat, timers, asked } = heated();
  heat.update(photo(1));
  timers.tick();
  assert.deepEqual(asked, []);
});

test("photos that are stepped past are not asked about", async () => {
  const { heat, timers, asked, shown, release } = heated();
  heat.toggle();
  for (let id = 1; id <= 40; id++) heat.update(photo(id));
  timers.tick();
  assert.deepEqual(asked, [40]);
  await release();
  assert.equal(shown.at(-1).url, "map of 40");
});

test("one is asked about at a time, and an answer that comes too late is dropped", async () => {
  const { heat, timers, asked, shown, release } = heated();
  heat.toggle();
  for (const id of [1, 2, 3]) {
    heat.update(photo(id));
    timers.tick();
  }
  assert.deepEqual(asked, [1]);
  await release();
  timers.tick();
  assert.deepEqual(asked, [1, 3]);
  await release();
  assert.deepEqual(shown.filter((overlay) => overlay?.url).map(({ url }) => url), ["map of 3"]);
});

test("a photo that is shown again and again is asked about once, and again once it was left", async () => {
  const { heat, timers, asked, shown, release } = heated();
  heat.toggle();
  for (let times = 0; times < 5; times++) {
    heat.update(photo(1));
    timers.tick();
  }
  await release();
  heat.update(photo(1));
  assert.equal(timers.waiting, 0);
  heat.update(photo(2));
  heat.update(photo(1));
  timers.tick();
  await release();
  assert.deepEqual(asked, [1, 1]);
  assert.equal(shown.at(-1).url, "map of 1");
});

test("one that is returned to while it is asked about is not asked about twice", async () => {
  const { heat, timers, asked, shown, release } = heated();
  heat.toggle();
  heat.update(photo(1));
  timers.tick();
  heat.update(photo(2));
  heat.update(photo(1));
  await release();
  timers.tick();
  assert.deepEqual([asked, shown.at(-1).url], [[1], "map of 1"]);
});

test("after it was turned off, or the viewer closed, an answer shows nothing", async () => {
  for (const end of ["toggle", "forget"]) {
    const { heat, timers, shown, release } = heated();
    heat.toggle();
    heat.update(photo(1));
    timers.tick();
    heat[end]();
    await release();
    timers.tick();
    assert.ok(shown.every((overlay) => !overlay?.url), end);
  }
});

test("a failure is said, and the next photo is asked about", async () => {
  const { heat, timers, asked, shown, release } = heated();
  heat.toggle();
  heat.update(photo(1));
  timers.tick();
  await release("fail");
  assert.match(shown.at(-1).message, /cannot be shown/);
  heat.update(photo(2));
  timers.tick();
  assert.deepEqual(asked, [1, 2]);
});
