import assert from "node:assert/strict";
import { test } from "node:test";

import { actionsOf } from "../../explorer/ui/static/modules/viewer_actions.js";

const DATA = { actions: [{ label: "Dismiss", icon: "visibility_off", after: "next" }], heat: true };
const labels = (...given) => actionsOf(...given).map((each) => each.label);

test("the page's own actions come first", () => {
  assert.deepEqual(labels({ id: 7 }, DATA, false), ["Dismiss", "Show what matched", "More like this", "Search part of this photo", "Open the file", "Save a copy"]);
  assert.equal(actionsOf({ id: 7 }, DATA, false)[0].after, "next");
});

test("what matched is offered only where it can be shown", () => {
  assert.ok(labels({ id: 7 }, DATA, true).includes("Hide what matched"));
  assert.ok(!labels({ id: 7 }, { ...DATA, heat: false }, false).some((label) => label.includes("matched")));
});

test("nothing can be done with a photo that is gone", () => {
  assert.deepEqual(labels(null, DATA, false), []);
  assert.deepEqual(labels({ id: 7, gone: true }, DATA, false), []);
});

test("an action that turns a property on and off shows whether it is on", () => {
  const data = { actions: [{ label: "Favorite", icon: "favorite", toggles: "favourite" }, { label: "Edit", icon: "edit", toggles: null }] };
  const pressed = (entry) => actionsOf(entry, data, false).slice(0, 2).map((each) => each.pressed);
  assert.deepEqual(pressed({ id: 7, favourite: true }), [true, undefined]);
  assert.deepEqual(pressed({ id: 7, favourite: false }), [false, undefined]);
});
