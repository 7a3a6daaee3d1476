// Mouse, pen and fingers on the map of the library: moving, zooming, pointing at photos, and drawing shapes around them.

// Pixels that a pointer must move for a drag, and pixels between two corners of a lasso.
const DRAG_FROM = 4, LASSO_STEP = 5;

// map: { stage, canvas, tool(), view(), project(), setView(view), zoomBy(factor, left, top), photoAt(left, top, touch), point(photo), open(photo),
// line(corners, tool), finish(corners, tool) }. A line is in pixels. Wheel events are left to the page if zooming further is not possible:
// canZoom(inwards).
export function listenForGestures(map) {
  const { stage, canvas } = map, pointers = new Map();
  let drag = null;

  const placeOf = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  const toolOf = (event) => (event.shiftKey ? "lasso" : event.altKey ? "box" : map.tool());

  canvas.onpointerdown = (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    const place = placeOf(event);
    pointers.set(event.pointerId, place);
    drag = { from: place, view: map.view(), tool: toolOf(event), line: [place], moved: false };
  };

  canvas.onpointermove = (event) => {
    const place = placeOf(event);
    if (!drag) {
      map.point(map.photoAt(...place, false));
      return;
    }
    if (!pointers.has(event.pointerId)) return;
    if (pointers.size > 1) {
      pinch(event.pointerId, place);
      return;
    }
    const [right, down] = [place[0] - drag.from[0], place[1] - drag.from[1]];
    if (Math.hypot(right, down) > DRAG_FROM) drag.moved = true;
    if (!drag.moved) return;
    map.point(-1);
    if (drag.tool === "move") {
      stage.classList.add("dragging");
      const { scale } = map.project();
      map.setView({ ...drag.view, x: drag.view.x - right / scale, y: drag.view.y - down / scale });
    } else {
      draw(place);
      map.line(drag.line, drag.tool);
    }
  };

  function draw(place) {
    const last = drag.line.at(-1);
    if (drag.tool === "box") drag.line = [drag.from, place];
    else if (Math.hypot(place[0] - last[0], place[1] - last[1]) >= LASSO_STEP) drag.line.push(place);
  }

  // Zoom by the change of the distance between two fingers.
  function pinch(id, place) {
    const [, other] = [...pointers].find(([each]) => each !== id), before = pointers.get(id);
    const far = (at) => Math.hypot(at[0] - other[0], at[1] - other[1]);
    pointers.set(id, place);
    if (drag.tool !== "move") map.line([], drag.tool);
    Object.assign(drag, { moved: true, tool: "move" });
    if (far(before) > 0) map.zoomBy(far(place) / far(before), (place[0] + other[0]) / 2, (place[1] + other[1]) / 2);
    Object.assign(drag, { from: place, view: map.view() });
  }

  canvas.onpointerup = canvas.onpointercancel = (event) => {
    pointers.delete(event.pointerId);
    if (!drag || pointers.size) return;
    const { tool, line, moved, from } = drag;
    drag = null;
    stage.classList.remove("dragging");
    if (event.type === "pointercancel") map.line([], tool);
    else if (!moved) {
      const photo = map.photoAt(...from, event.pointerType === "touch");
      if (photo >= 0) map.open(photo);
    } else if (tool !== "move") map.finish(line, tool);
  };

  canvas.onpointerleave = () => drag || map.point(-1);
  canvas.ondblclick = (event) => map.photoAt(...placeOf(event), false) < 0 && map.zoomBy(2, ...placeOf(event));
  stage.onwheel = (event) => {
    if (event.target.closest(".list")) return;
    if (!map.canZoom(event.deltaY < 0)) return;
    event.preventDefault();
    const step = Math.max(-120, Math.min(120, event.deltaY)) * (event.ctrlKey ? 4 : 1);
    map.zoomBy(Math.exp(-step / 400), ...placeOf(event));
  };
}
