// Recognizes that a finger rests on an element.

// Milliseconds until it counts, and pixels that the finger may move.
const HOLD = 450;
const SLACK = 10;

// element: listened to. held(target): called with what was touched. The click that follows is not passed on, nor does the
// browser open its own menu.
export function onLongPress(element, held, { setTimer = setTimeout, clearTimer = clearTimeout } = {}) {
  let [timer, start, done] = [0, null, false];

  function stop() {
    clearTimer(timer);
    start = null;
  }

  element.addEventListener("pointerdown", (event) => {
    stop();
    done = false;
    if (event.pointerType !== "touch" || !event.isPrimary) return;
    start = event;
    // Once an event has left a shadow root, its target is lost.
    const { target } = event;
    timer = setTimer(() => {
      stop();
      done = true;
      held(target);
    }, HOLD);
  });
  element.addEventListener("pointermove", (event) => {
    if (start && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > SLACK) stop();
  });
  for (const end of ["pointerup", "pointercancel"]) element.addEventListener(end, stop);
  element.addEventListener("contextmenu", (event) => {
    if (start || done) event.preventDefault();
  });
  element.addEventListener(
    "click",
    (event) => {
      if (!done) return;
      done = false;
      // A key or a screen reader clicks without a pointer: browsers need not send the click of the finger.
      if (event.detail === 0) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
}
