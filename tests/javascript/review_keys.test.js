import assert from "node:assert/strict";
import { test } from "node:test";

import { REVIEW_KEYS, leavesGroup, reviewCommand, waitsForDecision } from "../../explorer/ui/static/modules/review_keys.js";

const nowhere = () => false;
const press = (key, { help = false, within = nowhere, ...more } = {}) => reviewCommand({ key, ...more }, help, within);

test("every key that is listed does something", () => {
  const named = { "←": "ArrowLeft", "→": "ArrowRight", "↑": "ArrowUp", "↓": "ArrowDown", "−": "-" };
  for (const [keys] of REVIEW_KEYS) for (const key of keys.split(" ")) assert.ok(press(named[key] ?? key), key);
});

test("shortcuts of the browser are left alone", () => {
  for (const modifier of ["ctrlKey", "metaKey", "altKey"]) assert.equal(press("x", { [modifier]: true }), null);
  assert.equal(press("y"), null);
});

test("a button with the focus is pressed by Enter, and a slider moved by arrow keys", () => {
  const on = (tag) => (selector) => selector.includes(tag);
  assert.equal(press("Enter", { within: on("button") }), null);
  assert.equal(press("x", { within: on("button") }), "mark");
  assert.equal(press("ArrowLeft", { within: on("slider") }), null);
  assert.equal(press("ArrowLeft", { within: on("button") }), "previous");
});

test("Escape closes the list of keys and nothing else", () => {
  assert.equal(press("Escape"), null);
  assert.equal(press("Escape", { help: true }), "help");
});

test("what concerns the group waits after what leaves it; looking and undoing do not wait", () => {
  for (const command of ["accept", "mark", "next", "keepCompared"]) assert.ok(waitsForDecision(command), command);
  for (const command of ["side", "zoomIn", "help", "below", "undecide"]) assert.ok(!waitsForDecision(command), command);
  for (const act of ["accept", "next", "apart", "undecide"]) assert.ok(leavesGroup(act), act);
  for (const act of ["mark", "markall", "keep", "back"]) assert.ok(!leavesGroup(act), act);
});
