import assert from "node:assert/strict";
import { test } from "node:test";

import { createActionOutbox } from "../../explorer/ui/static/modules/action_outbox.js";

function outbox() {
  const made = { time: 0, sent: [] };
  const box = createActionOutbox(() => made.time);
  made.trigger = (name, actions) => {
    assert.equal(name, "actions");
    made.sent.push(actions.map(({ what, number }) => `${what} ${number}`));
  };
  box.update(0, made.trigger);
  return { made, box };
}

test("actions that were not acknowledged are sent with the next one, in order", () => {
  const { made, box } = outbox();
  box.add({ what: "mark" });
  box.add({ what: "accept" });
  assert.ok(box.isWaiting);
  box.update(1, made.trigger);
  box.add({ what: "undo" });
  box.update(3, made.trigger);
  assert.ok(!box.isWaiting);
  box.add({ what: "mark" });
  assert.deepEqual(made.sent, [["mark 1"], ["mark 1", "accept 2"], ["accept 2", "undo 3"], ["mark 4"]]);
});

test("numbers go on after those that Python has seen", () => {
  const { made, box } = outbox();
  box.update(7, made.trigger);
  box.add({ what: "mark" });
  // A new session of Python's has seen none.
  box.update(0, made.trigger);
  box.add({ what: "accept" });
  assert.deepEqual(made.sent, [["mark 8"], ["mark 8", "accept 9"]]);
});

test("actions without an answer are sent again only after a while", () => {
  const { made, box } = outbox();
  box.add({ what: "mark" });
  made.time = 1000;
  box.update(0, made.trigger);
  assert.equal(made.sent.length, 1);
  made.time = 6000;
  box.update(0, made.trigger);
  box.update(0, made.trigger);
  assert.deepEqual(made.sent, [["mark 1"], ["mark 1"]]);
  box.update(1, made.trigger);
  made.time = 20000;
  box.update(1, made.trigger);
  assert.equal(made.sent.length, 2);
});
