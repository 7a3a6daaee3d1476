import assert from "node:assert/strict";
import { test } from "node:test";

import { createPendingFocus, focusedElement } from "../../explorer/ui/static/modules/pending_focus.js";

function waiting() {
  const state = { focused: "photo 1" };
  return { state, pending: createPendingFocus(() => state.focused) };
}

test("a photo that is waited for gets the focus", () => {
  const { state, pending } = waiting();
  assert.equal(pending.index(), null);
  pending.want(7);
  assert.equal(pending.index(), 7);
  // What had it may be drawn anew, and then nothing has it.
  state.focused = null;
  assert.equal(pending.index(), 7);
  pending.done();
  assert.equal(pending.index(), null);
});

test("it does not take the focus from what the user went to", () => {
  const { state, pending } = waiting();
  pending.want(7);
  state.focused = "search field";
  assert.equal(pending.index(), null);
  // Nor later on.
  state.focused = null;
  assert.equal(pending.index(), null);
  pending.want(8);
  assert.equal(pending.index(), 8);
});

test("the focus is found through shadow roots", () => {
  const inner = {};
  const host = { shadowRoot: { activeElement: inner } };
  const body = {};
  assert.equal(focusedElement({ body, activeElement: host }), inner);
  assert.equal(focusedElement({ body, activeElement: body }), null);
  assert.equal(focusedElement({ body, activeElement: null }), null);
});
