import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { createViewerHistory } from "../../explorer/ui/static/modules/viewer_history.js";

const PAGE = "http://localhost:8501/?q=red";
const shown = (id) => `${PAGE}&photo=${id}`;

// A browser's history of two entries: the page, and above it a photo of it.
let listeners, states, changes;
beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  [listeners, states, changes] = [{}, [{ state: {}, href: PAGE }], []];
  const top = () => states.at(-1);
  globalThis.window = { addEventListener: (name, listener) => (listeners[name] = listener), removeEventListener() {} };
  globalThis.location = { get href() { return top().href; }, get search() { return new URL(top().href).search; } };
  globalThis.history = {
    get state() { return top().state; },
    pushState: (state, _, href) => states.push({ state, href }),
    replaceState(state, _, href) {
      states[states.length - 1] = { state, href };
      changes.push(href);
    },
    back() {},
  };
});

afterEach(() => mock.timers.reset());

// The browser has gone back.
function arrive() {
  states.pop();
  listeners.popstate({ stopImmediatePropagation() {} });
}

test("a step after a pause changes the address at once, and steps in a row only when they end", () => {
  const place = createViewerHistory({ onAddress() {} });
  place.enter(1, true);
  place.step(2);
  assert.deepEqual(changes, [shown(2)]);
  for (const id of [3, 4, 5]) {
    mock.timers.tick(150);
    place.step(id);
  }
  assert.deepEqual(changes, [shown(2)]);
  mock.timers.tick(200);
  assert.deepEqual(changes, [shown(2), shown(5)]);
  mock.timers.tick(200);
  place.step(6);
  assert.equal(location.href, shown(6));
});

test("a slow way back to the page is waited for", async () => {
  const place = createViewerHistory({ onAddress() {} });
  place.enter(1, true);
  let left = false;
  const leaving = place.leave().then(() => (left = true));
  mock.timers.tick(3000);
  await Promise.resolve();
  assert.deepEqual([left, place.leaving, changes], [false, true, []]);
  arrive();
  await leaving;
  assert.deepEqual([location.href, place.leaving, changes], [PAGE, false, []]);
});
