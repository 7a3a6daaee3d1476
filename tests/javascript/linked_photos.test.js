import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { followPointing, pointAt, tellPointing } from "../../explorer/ui/static/modules/linked_photos.js";

class Tile {
  constructor(id) {
    this.dataset = { id };
    this.classes = new Set();
    this.classList = { toggle: (name, on) => (on ? this.classes.add(name) : this.classes.delete(name)) };
  }

  closest() {
    return this;
  }
}

class Grid extends EventTarget {
  constructor(...ids) {
    super();
    this.tiles = ids.map((id) => new Tile(id));
  }

  querySelectorAll() {
    return this.tiles;
  }

  pointed() {
    return this.tiles.filter((tile) => tile.classes.has("pointed")).map((tile) => tile.dataset.id);
  }
}

beforeEach(() => {
  globalThis.document = new EventTarget();
});

test("a photo is outlined in the other grids of the group only", () => {
  const [one, other, stranger] = [new Grid("1", "2"), new Grid("2", "3"), new Grid("2")];
  followPointing(one, "a");
  followPointing(other, "a");
  followPointing(stranger, "b");
  pointAt(one, "a", "2");
  assert.deepEqual([one.pointed(), other.pointed(), stranger.pointed()], [[], ["2"], []]);
  pointAt(one, "a", "9");
  assert.deepEqual(other.pointed(), []);
  pointAt(one, "a", "3");
  pointAt(one, "a", null);
  assert.deepEqual(other.pointed(), []);
});

test("a grid that is gone no longer follows", () => {
  const [one, other] = [new Grid("1"), new Grid("1")];
  const end = followPointing(other, "a");
  end();
  pointAt(one, "a", "1");
  assert.deepEqual(other.pointed(), []);
});

function fire(grid, name, tile) {
  const event = new Event(name);
  Object.defineProperty(event, "target", { value: tile });
  grid.dispatchEvent(event);
}

test("mouse and keyboard point", () => {
  const [one, other] = [new Grid("1"), new Grid("1")];
  followPointing(other, "a");
  tellPointing(one, "a");
  for (const [enter, leave] of [["pointerover", "pointerleave"], ["focusin", "focusout"]]) {
    fire(one, enter, one.tiles[0]);
    assert.deepEqual(other.pointed(), ["1"]);
    fire(one, leave, one.tiles[0]);
    assert.deepEqual(other.pointed(), []);
  }
});

test("a grid that goes takes along what it points at, and tells nothing more", () => {
  const [one, other] = [new Grid("1"), new Grid("1")];
  followPointing(other, "a");
  const end = tellPointing(one, "a");
  fire(one, "pointerover", one.tiles[0]);
  end();
  assert.deepEqual(other.pointed(), []);
  fire(one, "focusin", one.tiles[0]);
  assert.deepEqual(other.pointed(), []);
});
