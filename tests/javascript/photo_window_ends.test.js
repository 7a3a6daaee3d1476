import assert from "node:assert/strict";
import { test } from "node:test";

import { createPhotoWindow } from "../../explorer/ui/static/modules/photo_window.js";

const entryOf = (id) => ({ id, label: `photo ${id}` });
const settled = () => new Promise((resolve) => setImmediate(resolve));

// The route, for a list of 500 photos whose ids are their indices plus 1000.
async function fetchWindow({ around, start = 0, count }) {
  const total = 500;
  const at = around === undefined ? null : around - 1000;
  start = at === null ? start : Math.max(0, at - count / 2);
  const photos = Array.from({ length: Math.min(count, total - start) }, (_, offset) => entryOf(1000 + start + offset));
  return { total, at, start, photos };
}

for (const [end, last] of [["first", false], ["last", true]]) {
  test(`the ${end} photo is gone to once the list is located`, async () => {
    const changes = [];
    const list = createPhotoWindow({ fetchWindow, onChange: () => changes.push(list.now()?.id ?? null) });
    list.seed([entryOf(1250), entryOf(1251)], 1250);
    const found = list.locate(1250);
    assert.ok(list.reach(end));
    // The seed is not the list: nothing else is shown yet.
    assert.deepEqual([list.now().id, list.bound], [1250, true]);
    await found;
    await settled();
    assert.deepEqual([list.now().id, list.at, list.bound], last ? [1499, 499, false] : [1000, 0, false]);
    assert.equal(changes.at(-1), list.now().id);
    assert.ok(!list.reach(end));
  });
}

test("a step after it is what counts", async () => {
  const list = createPhotoWindow({ fetchWindow, onChange() {} });
  list.seed([entryOf(1250), entryOf(1251)], 1250);
  const found = list.locate(1250);
  list.reach("last");
  list.step(1);
  await found;
  assert.deepEqual([list.now().id, list.bound], [1251, false]);
});
