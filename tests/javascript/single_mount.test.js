import assert from "node:assert/strict";
import { test } from "node:test";

import { createSingleMount } from "../../explorer/ui/static/modules/single_mount.js";
import { fakeTimers } from "./timers.js";

function mounted() {
  const timers = fakeTimers(), log = [];
  let number = 0;
  const mount = createSingleMount(() => {
    const name = ++number;
    log.push(`made ${name}`);
    return { name, busy: false, destroy: () => log.push(`ended ${name}`) };
  }, timers.setTimer);
  return { mount, timers, log };
}
const element = () => ({ isConnected: true });

test("it ends once its element has gone", () => {
  const { mount, timers, log } = mounted();
  const one = element();
  mount.attach(one);
  one.isConnected = false;
  mount.detach();
  timers.tick();
  timers.tick();
  assert.deepEqual(log, ["made 1", "ended 1"]);
  assert.equal(mount.attach(element()).name, 2);
});

test("a cleanup after a run of the page leaves it", () => {
  const { mount, timers, log } = mounted();
  const one = element();
  mount.attach(one);
  mount.detach();
  timers.tick();
  assert.deepEqual(log, ["made 1"]);
});

test("a late cleanup of an old element leaves what the new one has", () => {
  const { mount, timers, log } = mounted();
  const [old, next] = [element(), element()];
  const made = mount.attach(old);
  assert.equal(mount.attach(next), made);
  old.isConnected = false;
  mount.detach();
  timers.tick();
  assert.deepEqual(log, ["made 1"]);
  // And one that comes before the element that takes over.
  next.isConnected = false;
  mount.detach();
  assert.equal(mount.attach(element()), made);
  timers.tick();
  assert.deepEqual(log, ["made 1"]);
});

test("one that is busy outlives its element, for the next one or until it is busy no longer", () => {
  const { mount, timers, log } = mounted();
  const [one, two] = [element(), element()];
  const made = mount.attach(one);
  made.busy = true;
  one.isConnected = false;
  mount.detach();
  timers.tick();
  assert.equal(mount.attach(two), made);
  two.isConnected = false;
  mount.detach();
  timers.tick();
  assert.deepEqual(log, ["made 1"]);
  made.busy = false;
  mount.release();
  mount.release();
  assert.deepEqual(log, ["made 1", "ended 1"]);
});
