import assert from "node:assert/strict";
import { test } from "node:test";

import { createGallerySelection } from "../../explorer/ui/static/modules/gallery_selection.js";
import { fakeTimers } from "./timers.js";

// A gallery of ten photos, ids 0 to 9; those of `gone` have left its list.
function selecting() {
  const timers = fakeTimers(), told = [], shown = [], said = [], gone = new Set();
  // The photo at index 9 has not arrived yet.
  const photo = (index) => (index < 9 ? { id: index } : undefined);
  const list = () => ({ total: 10 - gone.size, photo, remaining: async (ids) => ids.filter((id) => !gone.has(id)) });
  const state = { source: list() };
  const selection = createGallerySelection({
    source: () => state.source, shown: (number) => shown.push(number), say: (text) => said.push(text), tell: (value) => told.push(value),
    setTimer: timers.setTimer, clearTimer: timers.clearTimer,
  });
  const leave = (...ids) => {
    for (const id of ids) gone.add(id);
    state.source = list();
    return selection.forgetGone(state.source);
  };
  selection.start({ place: "here", turn: 1 });
  return { timers, told, shown, said, state, selection, leave };
}
const select = (selection, ...ids) => selection.change(() => ids.forEach(selection.toggle));

test("a selection is shown at once and told when it rests, with its place", () => {
  const { timers, told, shown, said, selection } = selecting();
  select(selection, 1);
  select(selection, 2);
  assert.deepEqual([shown, said.at(-1), told], [[1, 2], "2 selected", []]);
  timers.tick();
  assert.deepEqual(told, [{ all: false, ids: [1, 2], place: "here", turn: 1 }]);
});

test("selected photos that have left the list are selected no longer", async () => {
  const { timers, told, shown, selection, leave } = selecting();
  select(selection, 1, 2, 3);
  await leave(2, 9);
  assert.deepEqual([shown.at(-1), selection.has(2), selection.has(3)], [2, false, true]);
  timers.tick();
  assert.deepEqual(told.at(-1).ids, [1, 3]);
  await leave(8);
  assert.equal(timers.waiting, 0);
});

test("of all but some, those that are left out and gone do not count", async () => {
  const { selection, leave } = selecting();
  selection.change(selection.addAll);
  select(selection, 4, 5);
  assert.equal(selection.size(), 8);
  await leave(5);
  assert.equal(selection.size(), 8);
});

test("what is selected while the list is asked stays", async () => {
  const { selection, leave } = selecting();
  select(selection, 1, 2);
  const asked = leave(1);
  select(selection, 6);
  await asked;
  assert.deepEqual([1, 2, 6].map(selection.has), [false, true, true]);
});

test("an answer about another list, or none, changes nothing", async () => {
  const { state, selection, leave } = selecting();
  select(selection, 1, 2);
  const asked = leave(1);
  state.source = { total: 10, remaining: async () => Promise.reject(new Error("no answer")) };
  await asked;
  await selection.forgetGone(state.source);
  assert.equal(selection.size(), 2);
});

test("a selection is told once, and at once if something else is pressed", () => {
  const { timers, told, selection } = selecting();
  selection.sendNow();
  select(selection, 1);
  selection.sendNow();
  assert.deepEqual(told, [{ all: false, ids: [1], place: "here", turn: 1 }]);
  selection.sendNow();
  timers.tick();
  assert.equal(told.length, 1);
  select(selection, 2);
  timers.tick();
  selection.sendNow();
  assert.deepEqual(told.map(({ ids }) => ids), [[1], [1, 2]]);
});

test("nothing is told of a gallery that has left the page", () => {
  const { timers, told, selection } = selecting();
  select(selection, 1);
  selection.stop();
  selection.sendNow();
  timers.tick();
  assert.deepEqual(told, []);
});

test("a section is selected if each of its photos is; those that have not arrived count", () => {
  const { selection } = selecting();
  const [first, last] = [{ start: 0, stop: 3 }, { start: 7, stop: 10 }];
  select(selection, 0, 1);
  assert.equal(selection.hasAll(first), false);
  select(selection, 7, 8);
  assert.deepEqual([selection.hasAll(first), selection.hasAll(last)], [false, true]);
  select(selection, 2);
  assert.equal(selection.hasAll(first), true);
  selection.change(selection.addAll);
  selection.change(() => selection.remove(1));
  assert.deepEqual([selection.hasAll(first), selection.hasAll({ start: 2, stop: 9 })], [false, true]);
});
