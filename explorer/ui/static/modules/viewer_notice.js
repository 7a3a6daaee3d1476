// What the viewer says about the last edit, because it covers the page's own line: the message, and a button that undoes the edit.

import { make } from "./element.js";

// Milliseconds that a message is shown, unless it is being pointed at or has the focus.
const SHOWN = 10000;

// onUndo(): called when the edit is to be undone. onHidden(): called when the message is hidden although it had the focus.
export function createViewerNotice({ onUndo, onHidden, setTimer = setTimeout, clearTimer = clearTimeout }) {
  const text = make("span", { role: "status" });
  const undoButton = make("button", { type: "button", class: "text", title: "Undo (Ctrl+Z)", onclick: undo }, "Undo");
  const close = make("button", { type: "button", class: "text", onclick: conceal }, "Dismiss");
  const held = { onpointerenter: hold, onpointerleave: wait };
  const root = make("div", { class: "edit-notice", hidden: true, ...held }, text, undoButton, close);
  root.addEventListener("focusin", hold);
  root.addEventListener("focusout", wait);
  let known = null, undoable = false, timer = 0;

  function hold() {
    clearTimer(timer);
  }

  function wait() {
    clearTimer(timer);
    timer = setTimer(conceal, SHOWN);
  }

  // Hide the message. The edit can still be undone with Ctrl+Z.
  function conceal() {
    clearTimer(timer);
    if (root.hidden) return;
    const focused = root.matches(":focus-within");
    root.hidden = true;
    text.textContent = "";
    if (focused) onHidden();
  }

  // Hide the message and forget the edit.
  function hide() {
    undoable = false;
    conceal();
  }

  function undo() {
    if (!undoable) return;
    // A second press must not undo the edit before.
    undoable = false;
    onUndo();
  }

  return {
    root, hide, undo,
    // The message of the page, { text, undo, turn }, or null. shown: whether the viewer is open; a message from before it was opened is not shown.
    update(notice, shown) {
      const turn = notice?.turn ?? null;
      if (turn === known) return;
      known = turn;
      if (!notice || !shown) return hide();
      text.textContent = notice.text;
      undoable = notice.undo;
      undoButton.hidden = !undoable;
      root.hidden = false;
      wait();
    },
  };
}
