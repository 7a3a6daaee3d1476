import assert from "node:assert/strict";
import test from "node:test";
import { treeKey, typedRow } from "../../explorer/ui/static/modules/tree_keys.js";

const rows = [
  { name: "Pictures", level: 1, folds: true, open: true },
  { name: "2018", level: 2, folds: true, open: false },
  { name: "2019", level: 2, folds: true, open: true },
  { name: "Summer", level: 3, folds: false, open: false },
  { name: "Phone", level: 1, folds: false, open: false },
];

test("arrow keys move, open and close", () => {
  assert.deepEqual(treeKey(rows, 0, "ArrowDown"), { go: 1 });
  assert.deepEqual(treeKey(rows, 4, "ArrowDown"), { go: 4 });
  assert.deepEqual(treeKey(rows, 0, "ArrowUp"), { go: 0 });
  assert.deepEqual(treeKey(rows, 1, "ArrowRight"), { open: 1 });
  assert.deepEqual(treeKey(rows, 2, "ArrowRight"), { go: 3 });
  assert.deepEqual(treeKey(rows, 3, "ArrowRight"), { go: 3 });
  assert.deepEqual(treeKey(rows, 3, "ArrowLeft"), { go: 2 });
  assert.deepEqual(treeKey(rows, 2, "ArrowLeft"), { close: 2 });
  assert.deepEqual(treeKey(rows, 1, "ArrowLeft"), { go: 0 });
  assert.deepEqual(treeKey(rows, 4, "ArrowLeft"), { go: 4 });
  assert.deepEqual(treeKey(rows, 3, "Home"), { go: 0 });
  assert.deepEqual(treeKey(rows, 0, "End"), { go: 4 });
  assert.equal(treeKey(rows, 0, "x"), null);
});

test("typing goes to the next name that begins with it", () => {
  assert.equal(typedRow(rows, 0, "p"), 4);
  assert.equal(typedRow(rows, 4, "p"), 0);
  assert.equal(typedRow(rows, 4, "ph"), 4);
  assert.equal(typedRow(rows, 0, "20"), 1);
  assert.equal(typedRow(rows, 0, "z"), -1);
});
