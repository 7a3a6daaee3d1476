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

// A server whose list is `ids()`, in that order; photos of `others` exist outside of it.
function changing(ids, others = () => []) {
  const asked = [];
  async function fetchWindow({ around, start = 0, count }) {
    asked.push({ around, start });
    const all = ids(), answer = { total: all.length };
    if (around !== undefined) {
      const at = all.indexOf(around);
      answer.at = at < 0 ? null : at;
      answer.photo = at >= 0 || others().includes(around) ? entryOf(around) : null;
      start = Math.max(0, Math.max(at, 0) - count / 2);
    }
    return { ...answer, start, photos: all.slice(start, start + count).map(entryOf) };
  }
  return { asked, fetchWindow };
}
const upTo = (total) => Array.from({ length: total }, (_, at) => at + 1);

async function openedAt(id, ids, others) {
  const { asked, fetchWindow } = changing(ids, others);
  const list = createPhotoWindow({ fetchWindow, onChange() {} });
  await list.locate(id);
  return { asked, list };
}

for (const [what, others] of [["left the list", [300]], ["is gone", []]]) {
  test(`a photo that ${what} keeps its place, between those beside it`, async () => {
    let ids = upTo(500);
    const { list } = await openedAt(300, () => ids, () => others);
    // New photos at the beginning move the place.
    ids = [901, 902, ...upTo(500).filter((id) => id !== 300)];
    await list.relocate();
    assert.equal(list.now().id, 300);
    assert.equal(Boolean(list.now().gone), others.length === 0);
    assert.deepEqual([list.at, list.hasPrevious, list.hasNext], [null, true, true]);
    assert.deepEqual([list.entry(list.near).id, list.entry(list.near - 1).id], [301, 299]);
    assert.ok(list.step(1));
    assert.deepEqual([list.now().id, list.at], [301, 301]);
    list.step(-1);
    assert.equal(list.now().id, 299);
  });
}

test("a step back from a photo that left the list leads to the one before it", async () => {
  let ids = upTo(9);
  const { list } = await openedAt(4, () => ids, () => [4]);
  ids = ids.filter((id) => id !== 4);
  await list.relocate();
  // It can be looked up again without losing the place, and return to the list.
  await list.relocate();
  assert.ok(list.step(-1));
  assert.equal(list.now().id, 3);
  ids = upTo(9);
  await list.relocate();
  assert.deepEqual([list.now().id, list.at], [3, 2]);
});

test("after the last photo left the list there is only a step back", async () => {
  let ids = upTo(5);
  const { list } = await openedAt(5, () => ids, () => [5]);
  ids = upTo(4);
  await list.relocate();
  assert.deepEqual([list.hasPrevious, list.hasNext, list.step(1)], [true, false, false]);
  assert.equal(list.now().id, 5);
  list.step(-1);
  assert.equal(list.now().id, 4);
});

test("with those beside it gone as well, the index is kept", async () => {
  let ids = upTo(400);
  const { list } = await openedAt(200, () => ids);
  ids = ids.filter((id) => id < 198 || id > 202);
  await list.relocate();
  assert.ok(list.now().gone);
  list.step(1);
  await settled();
  assert.equal(list.at, 199);
});

test("a photo that returns to the list is in it again", async () => {
  let ids = upTo(9);
  const { list } = await openedAt(4, () => ids, () => [4]);
  ids = ids.filter((id) => id !== 4);
  await list.relocate();
  ids = upTo(9);
  await list.relocate();
  assert.deepEqual([list.now().id, list.at], [4, 3]);
});

test("a visit to another photo outlives a change of the list, and so does the place that was left", async () => {
  let ids = upTo(50);
  const { list } = await openedAt(20, () => ids, () => [777, 20]);
  list.visit(entryOf(777));
  ids = [901, ...upTo(50)];
  await list.relocate();
  assert.equal(list.now().id, 777);
  list.step(-1);
  assert.equal(list.now().id, 20);
  list.visit(entryOf(777));
  ids = ids.filter((id) => id !== 20);
  await list.relocate();
  assert.equal(list.now().id, 777);
  list.step(1);
  assert.equal(list.now().id, 21);
});

test("a photo that is visited while the list is looked up stays", async () => {
  const { fetchWindow } = changing(() => upTo(9), () => [777]);
  const list = createPhotoWindow({ fetchWindow, onChange() {} });
  list.seed([entryOf(3), entryOf(4)], 3);
  const found = list.locate(3);
  list.visit(entryOf(777));
  await found;
  assert.equal(list.now().id, 777);
  list.step(1);
  assert.equal(list.now().id, 4);
});

test("one that is still sought when the list changes is sought in the new list", async () => {
  const { fetchWindow } = changing(() => upTo(9));
  const list = createPhotoWindow({ fetchWindow, onChange() {} });
  list.seed([], 7);
  const first = list.locate(7);
  const second = list.relocate();
  await Promise.all([first, second]);
  assert.deepEqual([list.now().id, list.at], [7, 6]);
});

test("what is far away is not there at once, and a failure to fetch it is reported", async () => {
  const changes = [];
  const { fetchWindow } = changing(() => upTo(2000));
  let broken = false;
  const list = createPhotoWindow({
    fetchWindow: async (parameters) => (broken ? Promise.reject(new Error("no answer")) : fetchWindow(parameters)),
    onChange: () => changes.push(list.now()?.id ?? null), onFailed: () => changes.push("failed"),
  });
  await list.locate(1);
  changes.length = 0;
  list.go(1999);
  assert.equal(list.now(), null);
  await settled();
  assert.deepEqual(changes, [2000]);
  broken = true;
  list.go(1000);
  await settled();
  assert.deepEqual([list.now(), changes.at(-1)], [null, "failed"]);
});

test("a list that changes faster than it can be read is read all the same", async () => {
  const { fetchWindow } = changing(() => upTo(9));
  const held = [];
  const list = createPhotoWindow({ fetchWindow: (parameters) => new Promise((resolve) => held.push(() => resolve(fetchWindow(parameters)))), onChange() {} });
  list.seed([], 7);
  list.locate(7);
  for (let times = 0; times < 5; times++) list.relocate();
  assert.equal(held.length, 1);
  held[0]();
  await settled();
  assert.deepEqual([list.now().id, list.at], [7, 6]);
  // And once more for all the changes together.
  assert.equal(held.length, 2);
  held[1]();
  await settled();
  assert.equal(held.length, 2);
});

test("after a failure the photo is looked up again", async () => {
  const { fetchWindow } = changing(() => upTo(9));
  let broken = true;
  const list = createPhotoWindow({ fetchWindow: async (parameters) => (broken ? Promise.reject(new Error("no answer")) : fetchWindow(parameters)), onChange() {} });
  list.seed([entryOf(7)], 7);
  await assert.rejects(list.locate(7));
  broken = false;
  await list.relocate();
  assert.deepEqual([list.now().id, list.at], [7, 6]);
});
