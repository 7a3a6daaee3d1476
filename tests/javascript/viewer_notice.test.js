import assert from "node:assert/strict";
import { test } from "node:test";

import { createViewerNotice } from "../../explorer/ui/static/modules/viewer_notice.js";
import { fakeTimers } from "./timers.js";

// As much of an element as the notice needs. within: whether it has the focus.
function element() {
  const made = { listeners: {}, children: [], within: false };
  made.setAttribute = (name) => { if (name === "hidden") made.hidden = true; };
  made.append = (...children) => made.children.push(...children);
  made.addEventListener = (name, listener) => { made.listeners[name] = listener; };
  made.matches = () => made.within;
  return made;
}

function noticed(t) {
  const before = globalThis.document, timers = fakeTimers(), done = [];
  globalThis.document = { createElement: element };
  t.after(() => { globalThis.document = before; });
  const notice = createViewerNotice({ onUndo: () => done.push("undone"), onHidden: () => done.push("hidden"), ...timers });
  const [text, undo] = notice.root.children;
  return { notice, timers, done, text, undo };
}
const marked = (turn, undo = true) => ({ text: "Marked as favorite: 1 photo.", undo, turn });

test("an edit is told and undone once", (t) => {
  const { notice, done, text, undo } = noticed(t);
  notice.update(marked(1), true);
  assert.deepEqual([notice.root.hidden, undo.hidden, text.textContent], [false, false, "Marked as favorite: 1 photo."]);
  notice.undo();
  undo.onclick();
  assert.deepEqual(done, ["undone"]);
  notice.update(marked(2, false), true);
  notice.undo();
  assert.deepEqual([undo.hidden, done], [true, ["undone"]]);
});

test("what was done before the viewer was opened is not told", (t) => {
  const { notice, done } = noticed(t);
  notice.update(marked(1), false);
  notice.update(marked(1), true);
  notice.undo();
  assert.deepEqual([notice.root.hidden, done], [true, []]);
});

test("it disappears after a while, but not while it is pointed at, and passes the focus on", (t) => {
  const { notice, timers, done } = noticed(t);
  notice.update(marked(1), true);
  notice.root.onpointerenter();
  timers.tick();
  assert.equal(notice.root.hidden, false);
  notice.root.onpointerleave();
  timers.tick();
  assert.deepEqual([notice.root.hidden, done], [true, []]);
  notice.update(marked(2), true);
  notice.root.within = true;
  notice.hide();
  assert.deepEqual(done, ["hidden"]);
});

test("an edit can be undone after its message has disappeared, until the viewer is closed", (t) => {
  const { notice, timers, done } = noticed(t);
  notice.update(marked(1), true);
  timers.tick();
  notice.undo();
  notice.undo();
  assert.deepEqual([notice.root.hidden, done], [true, ["undone"]]);
  notice.update(marked(2), true);
  notice.root.children[2].onclick();
  notice.undo();
  assert.deepEqual(done, ["undone", "undone"]);
  notice.update(marked(3), true);
  notice.hide();
  notice.undo();
  assert.deepEqual(done, ["undone", "undone"]);
});
