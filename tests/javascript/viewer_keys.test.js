import assert from "node:assert/strict";
import { test } from "node:test";

import { VIEWER_KEYS, isTextField, viewerCommand } from "../../explorer/ui/static/modules/viewer_keys.js";

const FREE = { control: false, typing: false };
const press = (key, more = {}, where = FREE) => viewerCommand({ key, ...more }, where);

test("keys are commands, in either case", () => {
  assert.equal(press("ArrowRight"), "next");
  assert.equal(press("End"), "last");
  assert.equal(press("R", { shiftKey: true }), "rotate");
  assert.equal(press("?", { shiftKey: true }), "help");
  assert.equal(press("+", { shiftKey: true }), "zoomIn");
  assert.equal(press("L", { shiftKey: true }), "favourite");
  assert.equal(press("x"), null);
});

test("with Shift, arrows move the photo", () => {
  assert.equal(press("ArrowRight", { shiftKey: true }), "panLeft");
  assert.equal(press("ArrowUp", { shiftKey: true }), "panDown");
});

test("the browser's and the system's own keys are left alone", () => {
  for (const held of ["ctrlKey", "metaKey", "altKey"]) assert.equal(press("r", { [held]: true }), null);
});

test("undoing is a command wherever nothing is typed", () => {
  const undo = (more, where) => press("z", more, where);
  for (const held of ["ctrlKey", "metaKey"]) {
    assert.equal(undo({ [held]: true }), "undo");
    assert.equal(undo({ [held]: true }, { control: false, typing: true }), null);
    assert.equal(undo({ [held]: true, shiftKey: true }), null);
  }
  assert.equal(undo({}), null);
});

test("nothing but Escape works while typing, and Space presses a button that has the focus", () => {
  for (const key of ["r", "ArrowLeft", " ", "0"]) assert.equal(press(key, {}, { control: false, typing: true }), null);
  assert.equal(press("Escape", {}, { control: false, typing: true }), "close");
  assert.equal(press(" "), "slideshow");
  assert.equal(press(" ", {}, { control: true, typing: false }), null);
});

test("fields for text are told from buttons", () => {
  assert.ok(isTextField({ tagName: "INPUT", type: "search" }));
  assert.ok(isTextField({ tagName: "TEXTAREA" }));
  assert.ok(!isTextField({ tagName: "INPUT", type: "checkbox" }));
  assert.ok(!isTextField({ tagName: "BUTTON" }));
  assert.ok(!isTextField(null));
});

test("every key has a description", () => {
  assert.ok(VIEWER_KEYS.every(([key, what]) => key && what));
});
