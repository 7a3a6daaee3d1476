import assert from "node:assert/strict";
import { test } from "node:test";
import { onLongPress } from "../../explorer/ui/static/modules/long_press.js";
import { fakeTimers } from "./timers.js";

function finger(pointerType = "touch") {
  const element = new EventTarget();
  const timers = fakeTimers();
  const held = [];
  onLongPress(element, (target) => held.push(target), timers);
  const send = (type, fields = {}) => {
    const event = new Event(type, { cancelable: true });
    Object.assign(event, { pointerType, isPrimary: true, clientX: 0, clientY: 0, ...fields });
    element.dispatchEvent(event);
    return event;
  };
  return { element, timers, held, send };
}

test("a finger that rests counts once, and its click and menu are kept from the page", () => {
  const { element, timers, held, send } = finger();
  let clicks = 0;
  element.addEventListener("click", () => clicks++);
  send("pointerdown");
  send("pointermove", { clientX: 4 });
  timers.tick();
  // An event that is over has no target.
  assert.deepEqual(held, [element]);
  assert.ok(send("contextmenu").defaultPrevented);
  send("pointerup");
  assert.ok(send("click").defaultPrevented);
  assert.equal(clicks, 0);
  send("click");
  assert.equal(clicks, 1);
});

test("a key clicks after a long press whose own click the browser has not sent", () => {
  const { timers, send } = finger();
  send("pointerdown");
  timers.tick();
  send("pointerup");
  assert.ok(!send("click", { detail: 0 }).defaultPrevented);
});

for (const [what, pointer, events] of [
  ["a finger that scrolls", "touch", [["pointermove", { clientY: 20 }]]],
  ["a scroll that the browser takes over", "touch", [["pointercancel", {}]]],
  ["a tap", "touch", [["pointerup", {}]]],
  ["a mouse", "mouse", []],
]) {
  test(`${what} is no long press`, () => {
    const { timers, held, send } = finger(pointer);
    send("pointerdown");
    for (const [type, fields] of events) send(type, fields);
    timers.tick();
    assert.equal(held.length, 0);
    if (pointer === "mouse") assert.ok(!send("contextmenu").defaultPrevented);
    assert.ok(!send("click").defaultPrevented);
  });
}
