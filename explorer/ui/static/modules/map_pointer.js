// Mouse, pen and fingers on the map of the library.

import { nearestPoint } from "./point_grid.js";

// The distance in pixels within which the mouse pointer, or a finger, is on a point.
const POINTER_REACH = 12, TOUCH_REACH = 22;

// map: { stage, canvas, state, project(), setView(view), zoom(factor, left, top), hover(point), leave(), redrawOverlay(), list(area) }.
export function listenForPointers({ stage, canvas, state, project, setView, zoom, hover, leave, redrawOverlay, list }) {
  function pointAt(left, top, reach = POINTER_REACH) {
    if (!state.points) return -1;
    const { unproject, scale } = project();
    return nearestPoint(state.points, ...unproject(left, top), reach / scale);
  }

  function positionOf(event) {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  canvas.onpointerdown = (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    const [left, top] = positionOf(event);
    state.pointers.set(event.pointerId, [left, top]);
    state.drag = { left, top, view: state.view, marking: state.marking || event.shiftKey, moved: false, box: null };
  };

  canvas.onpointermove = (event) => {
    const [left, top] = positionOf(event), { drag } = state;
    if (!drag) {
      hover(pointAt(left, top));
      return;
    }
    if (state.pointers.size > 1 && state.pointers.has(event.pointerId)) {
      pinch(event, left, top);
      return;
    }
    if (Math.hypot(left - drag.left, top - drag.top) > 4) drag.moved = true;
    if (!drag.moved) return;
    leave();
    if (drag.marking) {
      drag.box = [Math.min(left, drag.left), Math.min(top, drag.top), Math.max(left, drag.left), Math.max(top, drag.top)];
      redrawOverlay();
    } else {
      stage.classList.add("dragging");
      const { scale } = project();
      setView({ ...state.view, x: drag.view.x - (left - drag.left) / scale, y: drag.view.y - (top - drag.top) / scale });
    }
  };

  // Zoom by the change of the distance between two fingers.
  function pinch(event, left, top) {
    const other = [...state.pointers].find(([id]) => id !== event.pointerId)[1], before = state.pointers.get(event.pointerId);
    const distance = Math.hypot(left - other[0], top - other[1]), previous = Math.hypot(before[0] - other[0], before[1] - other[1]);
    state.pointers.set(event.pointerId, [left, top]);
    state.drag.moved = true;
    state.drag.marking = false;
    if (previous > 0) zoom(distance / previous, (left + other[0]) / 2, (top + other[1]) / 2);
    Object.assign(state.drag, { left, top, view: state.view });
  }

  canvas.onpointerup = canvas.onpointercancel = (event) => {
    const { drag } = state;
    state.pointers.delete(event.pointerId);
    if (state.pointers.size) return;
    state.drag = null;
    stage.classList.remove("dragging");
    if (!drag || event.type === "pointercancel") return redrawOverlay();
    if (drag.box) {
      const { unproject } = project();
      state.area = [...unproject(drag.box[0], drag.box[1]), ...unproject(drag.box[2], drag.box[3])];
      list(state.area);
      redrawOverlay();
    } else if (!drag.moved) {
      const [left, top] = positionOf(event), i = pointAt(left, top, event.pointerType === "touch" ? TOUCH_REACH : POINTER_REACH);
      if (i >= 0) state.send("open", state.points.ids[i]);
    }
  };

  canvas.onpointerleave = leave;
  canvas.ondblclick = (event) => zoom(2, ...positionOf(event));

  // The wheel scrolls the page. It zooms with Ctrl, or while the map has the focus.
  canvas.onwheel = (event) => {
    if (!event.ctrlKey && !event.metaKey && canvas.getRootNode().activeElement !== canvas) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 400), ...positionOf(event));
  };
}
