// Translates wheel, mouse, pen and touch on the stage into actions on the photo.

// Pixels that a finger must move for a drag, and pixels that it must move to reach the next photo or to close the viewer.
const DRAG_START = 8;
const SWIPE_ACROSS = 60;
const SWIPE_DOWN = 110;
// Milliseconds within which a second tap makes a double tap (of a mouse, the browser tells double clicks), and pixels that it may be away from the first.
const DOUBLE_TAP_TIME = 320;
const DOUBLE_TAP_PLACE = 40;

// act: { enlarged() , zoom(factor, point), pan(across, down), toggle(point), follow(across, down), release(), swipe(what) }, with
// points relative to the center of the stage; swipe: "previous", "next" or "close".
export function listenForGestures(stage, act) {
  const pointers = new Map();
  let drag = null;
  let pinch = null;
  let tap = { time: 0, x: 0, y: 0 };
  // Whether the last press was a click of the mouse.
  let clicked = false;

  function place({ clientX, clientY }) {
    const frame = stage.getBoundingClientRect();
    return { x: clientX - frame.left - frame.width / 2, y: clientY - frame.top - frame.height / 2 };
  }

  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    // A pinch on a touchpad is reported as small steps of the wheel with Ctrl.
    const strength = event.ctrlKey ? 0.01 : 0.002;
    act.zoom(Math.exp(Math.min(0.5, Math.max(-0.5, -event.deltaY * lines * strength))), place(event));
  }, { passive: false });

  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest("button, a")) return;
    pointers.set(event.pointerId, place(event));
    stage.setPointerCapture(event.pointerId);
    if (pointers.size === 2) {
      act.release();
      drag = null;
      pinch = spread();
    } else if (pointers.size === 1) {
      drag = { start: place(event), last: place(event), moved: false, touch: event.pointerType !== "mouse" };
    }
  });

  stage.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId)) return;
    const here = place(event);
    pointers.set(event.pointerId, here);
    if (pinch && pointers.size === 2) {
      const now = spread();
      act.zoom(now.length / Math.max(1, pinch.length), now.middle);
      act.pan(now.middle.x - pinch.middle.x, now.middle.y - pinch.middle.y);
      pinch = now;
    } else if (drag) {
      moveDrag(here);
    }
  });

  function moveDrag(here) {
    const [across, down] = [here.x - drag.start.x, here.y - drag.start.y];
    if (!drag.moved && Math.hypot(across, down) < DRAG_START) return;
    drag.moved = true;
    if (act.enlarged()) act.pan(here.x - drag.last.x, here.y - drag.last.y);
    else if (drag.touch) act.follow(across, down);
    drag.last = here;
  }

  function end(event) {
    if (!pointers.delete(event.pointerId)) return;
    if (pinch) {
      if (pointers.size < 2) pinch = null;
      return;
    }
    const done = drag;
    drag = null;
    clicked = Boolean(done && !done.touch && !done.moved);
    if (!done) return;
    if (!done.moved) return done.touch && event.type === "pointerup" ? tapped(event) : undefined;
    if (!done.touch || act.enlarged()) return;
    act.release();
    if (event.type !== "pointerup") return;
    const [across, down] = [done.last.x - done.start.x, done.last.y - done.start.y];
    if (Math.abs(across) > SWIPE_ACROSS && Math.abs(across) > Math.abs(down)) act.swipe(across > 0 ? "previous" : "next");
    else if (down > SWIPE_DOWN && down > Math.abs(across)) act.swipe("close");
  }
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", end);

  // How fast a double click has to be is a setting of the system. Browsers tell double taps in the same way, but not all do.
  stage.addEventListener("dblclick", (event) => {
    if (clicked && !event.target.closest("button, a")) act.toggle(place(event));
  });

  function tapped(event) {
    const here = place(event);
    const double = event.timeStamp - tap.time < DOUBLE_TAP_TIME && Math.hypot(here.x - tap.x, here.y - tap.y) < DOUBLE_TAP_PLACE;
    tap = { time: double ? 0 : event.timeStamp, x: here.x, y: here.y };
    if (double) act.toggle(here);
  }

  function spread() {
    const [one, other] = [...pointers.values()];
    return { length: Math.hypot(one.x - other.x, one.y - other.y), middle: { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 } };
  }
}
