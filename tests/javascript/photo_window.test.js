import assert from "node:assert/strict";
import { test } from "node:test";

import { createPhotoWindow } from "../../explorer/ui/static/modules/photo_window.js";

const entryOf = (id) => ({ id, label: `photo ${id}` });

// The route, for a list of `total` photos whose ids are their indices plus 1000. Photos named in `others` exist outside of it.
function server(total, { others = [] } = {}) {
  const asked = [];
  async function fetchWindow({ around, start = 0, count }) {
    asked.push({ around, start });
    const answer = { total };
    if (around !== undefined) {
      const at = around - 1000;
      answer.at = at >= 0 && at < total ? at : null;
      answer.photo = answer.at !== null || others.includes(around) ? entryOf(around) : null;
      start = Math.max(0, (answer.at ?? 0) - count / 2);
    }
    const photos = Array.from({ length: Math.max(0, Math.min(count, total - start)) }, (_, offset) => entryOf(1000 + start + offset));
    return { ...answer, start, photos };
  }
  return { asked, fetchWindow };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a million photos are stepped through in windows", async () => {
  const { asked, fetchWindow } = server(1_000_000);
  const list = createPhotoWindow({ fetchWindow, onChange() {} });
  list.seed([entryOf(501_000)], 501_000);
  await list.locate(501_000);
  assert.equal(list.at, 500_000);
  assert.equal(list.total, 1_000_000);
  for (let number = 1; number <= 300; number++) {
    assert.ok(list.step(1));
    await settled();
    assert.equal(list.now().id, 501_000 + number);
  }
  assert.ok(asked.length < 8, `${asked.length} requests`);
  list.go(999_999);
  await settled();
  assert.equal(list.now().id, 1_000_999);
  assert.ok(!list.hasNext);
  assert.ok(!list.step(1));
});

test("the photos beside it can be stepped through before the list is known", async () => {
  const { fetchWindow } = server(50);
  const list = createPhotoWindow({ fetchWindow, onChange() {} });
  list.seed([entryOf(1010), entryOf(1011), entryOf(1012)], 1011);
  const found = list.locate(1011);
  assert.equal(list.now().id, 1011);
  assert.ok(!list.located);
  list.step(1);
  assert.equal(list.now().id, 1012);
  await found;
  // The step that was taken meanwhile is kept.
  assert.equal(list.now().id, 1012);
  assert.equal(list.at, 12);
});

test("a photo outside of the list is shown, and a step leads back to where it was left", async () => {
  const { fetchWindow } = server(20, { others: [5] });
  const list = createPhotoWindow({ fetchWindow, onChange() {} });
  await list.locate(1004);
  list.visit(entryOf(5));
  assert.equal(list.now().id, 5);
  assert.equal(list.at, null);
  list.step(-1);
  assert.equal(list.now().id, 1004);
  list.visit(entryOf(5));
  list.step(1);
  assert.equal(list.now().id, 1005);
});

test("a photo that is gone is said to be", async () => {
  const { fetchWindow } = server(3);
  const list = createPhotoWindow({ fetchWindow, onChange() {} });
  await list.locate(77);
  assert.ok(list.now().gone);
  assert.equal(list.at, null);
  assert.ok(list.step(1));
  assert.equal(list.now().id, 1000);
});

test("an empty list has nothing to step to", async () => {
  const { fetchWindow } = server(0, { others: [9] });
  const list = createPhotoWindow({ fetchWindow, onChange() {} });
  await list.locate(9);
  assert.equal(list.now().id, 9);
  assert.ok(!list.hasNext && !list.hasPrevious);
  assert.ok(!list.step(1));
});

test("an answer that comes after another photo was opened is dropped", async () => {
  const { fetchWindow } = server(100);
  const held = [];
  const list = createPhotoWindow({ fetchWindow: (parameters) => new Promise((resolve) => held.push(() => resolve(fetchWindow(parameters)))), onChange() {} });
  list.seed([], 1001);
  const first = list.locate(1001);
  const second = list.locate(1050);
  held[1]();
  await settled();
  held[0]();
  await first;
  held.slice(2).forEach((release) => release());
  await Promise.race([second, settled()]);
  assert.equal(list.now().id, 1050);
});
