import assert from "node:assert/strict";
import { test } from "node:test";

import { createScrollSpace } from "../../explorer/ui/static/modules/scroll_space.js";
import { createSelection } from "../../explorer/ui/static/modules/selection.js";

test("a list that a browser can scroll is scrolled as it is", () => {
  const space = createScrollSpace(10_000);
  space.resize(9000, 800);
  assert.equal(space.spaceHeight(), 9000);
  for (const at of [-50, 0, 4000, 8200]) {
    assert.equal(space.toList(at, 0), at);
    assert.equal(space.toSpace(at), at);
    assert.equal(space.shift(), 0);
  }
});

test("a higher list can be scrolled from its top to its bottom", () => {
  const space = createScrollSpace(10_000);
  space.resize(400_000, 800);
  assert.equal(space.spaceHeight(), 10_000);
  assert.equal(space.toList(0, 0), 0);
  assert.equal(space.toList(9200, 0), 399_200);
  assert.ok(Math.abs(space.toList(4600, 0) - 199_600) < 50);
});

test("short steps move a higher list by as many pixels", () => {
  const space = createScrollSpace(10_000);
  space.resize(400_000, 800);
  let [last, top] = [3000, space.toList(3000, 0)];
  for (let turn = 0; turn < 20; turn++) {
    const next = space.toList(last + 100, last);
    assert.equal(next, top + 100);
    [last, top] = [last + 100, next];
  }
});

test("any position of a higher list has one in the space that shows it", () => {
  const space = createScrollSpace(10_000);
  space.resize(400_000, 800);
  for (let at = 0; at <= 399_200; at += 1234) {
    const place = space.toSpace(at);
    assert.ok(place >= 0 && place <= 9201);
    assert.equal(place + space.shift(), at);
  }
});

test("photos are selected one by one, or all but some", () => {
  const selection = createSelection();
  selection.toggle(3);
  selection.add(4);
  selection.add(4);
  assert.deepEqual([selection.has(3), selection.has(5), selection.size(100)], [true, false, 2]);
  selection.toggle(3);
  assert.deepEqual(selection.value(), { all: false, ids: [4] });
  selection.addAll();
  selection.toggle(7);
  assert.deepEqual([selection.has(1), selection.has(7), selection.size(100)], [true, false, 99]);
  selection.add(7);
  assert.equal(selection.size(100), 100);
  selection.clear();
  assert.deepEqual([selection.has(1), selection.size(100)], [false, 0]);
  selection.add(1);
  selection.add(2);
  selection.keep((id) => id === 2);
  assert.deepEqual(selection.value(), { all: false, ids: [2] });
});
