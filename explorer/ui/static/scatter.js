// The map of the library. Triggers in Python: `open` (a photo's id) and `area` (left, top, right and bottom of the marked
// rectangle, 0 to 65535). The points are fetched from `data.source`.

import { OUT, clampArea, nearestPoint, unpackPoints, visitPoints } from "./modules/point_grid.js";
import { clampView, projection, wholeMap, zoomAt } from "./modules/map_view.js";

// Colors that can be distinguished on light and dark backgrounds, even with the common kinds of color blindness; and a
// color scale from early to late dates.
const HUES = ["#e8590c", "#1c7ed6", "#d6336c", "#6741d9", "#f59f00", "#0ca678", "#a0522d", "#22b8cf", "#ae3ec9", "#e03131", "#5c7cfa", "#74b816",
  "#f06595", "#868e96"];
const SCALE = ["#5e4fa2", "#3f78c1", "#2f9fb5", "#3fb68b", "#8ac24a", "#d9b72b", "#ee8434", "#d7424f"];
// Up to this many photos in view are shown as pictures, and up to this many points as circles; more points as squares.
const MAX_PICTURES = 60, MAX_CIRCLES = 6000;
// The distance in pixels within which the mouse pointer, or a finger, is on a point.
const POINTER_REACH = 12, TOUCH_REACH = 22;

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const stage = parentElement.querySelector(".stage"), canvas = stage.querySelector("canvas");
  const preview = stage.querySelector(".preview"), notice = stage.querySelector(".notice");
  const legend = parentElement.querySelector(".legend"), tools = parentElement.querySelector(".tools");
  const state = (stage.state ??= {
    points: null, source: "", view: wholeMap(), marking: false, hovered: -1, area: null, pictures: new Map(), pointers: new Map(),
  });
  state.send = setTriggerValue;
  state.area = data.area;

  if (data.source !== state.source) {
    state.source = data.source;
    const wanted = data.source;
    if (!state.points) notice.textContent = "Loading the map…";
    fetch(wanted)
      .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(answer.statusText))))
      .then((buffer) => {
        if (state.source !== wanted) return;
        state.points = unpackPoints(buffer);
        state.hovered = -1;
        drawLegend();
        draw();
      })
      .catch(() => {
        if (state.source === wanted) notice.textContent = "The map could not be loaded. Reload the page.";
      });
  }

  function colorOf(part) {
    return state.points.coloring === "date" ? SCALE[part.color % SCALE.length] : HUES[part.color % HUES.length];
  }

  function drawLegend() {
    notice.textContent = "";
    legend.replaceChildren(
      ...state.points.legend.map((part) => {
        const item = document.createElement("li"), dot = document.createElement("i");
        dot.style.background = colorOf(part);
        item.append(dot, `${part.label} (${part.photos.toLocaleString()})`);
        return item;
      }),
    );
  }

  function project() {
    return projection(state.view, canvas.clientWidth, canvas.clientHeight);
  }

  // --- drawing

  function draw() {
    state.stale = true;
    redrawOverlay();
  }

  // Redraw only what is on top of the points: there are up to a hundred thousand of them.
  function redrawOverlay() {
    if (!state.pending) state.pending = requestAnimationFrame(paint);
  }

  function paint() {
    state.pending = 0;
    const width = canvas.clientWidth, height = canvas.clientHeight, ratio = window.devicePixelRatio || 1;
    if (!width || !state.points) return;
    const layer = (state.layer ??= document.createElement("canvas")), style = getComputedStyle(stage);
    for (const each of [canvas, layer]) {
      if (each.width !== Math.round(width * ratio) || each.height !== Math.round(height * ratio)) {
        each.width = Math.round(width * ratio);
        each.height = Math.round(height * ratio);
        state.stale = true;
      }
    }
    if (state.stale) {
      state.stale = false;
      const context = layer.getContext("2d");
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      drawPoints(context, width, height, style);
    }
    const context = canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(layer, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawOverlay(context, style);
  }

  // Draws the points and shows how many of them are in view.
  function drawPoints(context, width, height, style) {
    const { points } = state, shown = new Map(), { toLeft, toTop, area } = project();
    let number = 0, included = 0;
    visitPoints(points, area, (i) => {
      const pointClass = points.classes[i];
      if (!shown.has(pointClass)) shown.set(pointClass, []);
      shown.get(pointClass).push(i);
      number++;
      if (pointClass !== OUT) included++;
    });
    const size = Math.max(1.6, Math.min(7, Math.sqrt((width * height) / Math.max(40, number)) / 9));
    // Points without a class, and those that the filter excludes, are drawn below the others.
    for (const pointClass of [...shown.keys()].sort((a, b) => b - a)) {
      const plain = pointClass >= points.legend.length;
      context.fillStyle = plain ? style.color : colorOf(points.legend[pointClass]);
      context.globalAlpha = pointClass === OUT ? 0.08 : plain ? 0.3 : 0.95;
      const radius = plain ? size * 0.8 : size;
      if (number <= MAX_CIRCLES) {
        context.beginPath();
        for (const i of shown.get(pointClass)) {
          const left = toLeft(points.x[i]), top = toTop(points.y[i]);
          context.moveTo(left + radius, top);
          context.arc(left, top, radius, 0, 2 * Math.PI);
        }
        context.fill();
      } else {
        for (const i of shown.get(pointClass)) context.fillRect(toLeft(points.x[i]) - radius, toTop(points.y[i]) - radius, 2 * radius, 2 * radius);
      }
    }
    context.globalAlpha = 1;
    if (included <= MAX_PICTURES && state.view.zoom > 1.5) for (const [pointClass, list] of shown) if (pointClass !== OUT) list.forEach((i) => drawPicture(context, i, pointClass));
    notice.textContent = `${included.toLocaleString()} of ${points.number.toLocaleString()} photos in view`;
  }

  // When zoomed in far enough, points are drawn as pictures.
  function drawPicture(context, i, pointClass) {
    const { points } = state, { toLeft, toTop } = project(), id = points.ids[i];
    let image = state.pictures.get(id);
    if (!image) {
      image = new Image();
      image.onload = draw;
      image.src = `/photo/${id}/preview`;
      state.pictures.set(id, image);
    }
    if (!image.complete || !image.naturalWidth) return;
    const side = 64 / Math.max(image.naturalWidth, image.naturalHeight);
    const width = image.naturalWidth * side, height = image.naturalHeight * side;
    const left = toLeft(points.x[i]) - width / 2, top = toTop(points.y[i]) - height / 2;
    context.drawImage(image, left, top, width, height);
    if (pointClass < points.legend.length) {
      context.strokeStyle = colorOf(points.legend[pointClass]);
      context.lineWidth = 3;
      context.strokeRect(left, top, width, height);
    }
  }

  function drawOverlay(context, style) {
    const { points } = state, { toLeft, toTop } = project();
    context.strokeStyle = style.getPropertyValue("--st-primary-color") || style.color;
    context.lineWidth = 2;
    if (state.hovered >= 0) {
      context.beginPath();
      context.arc(toLeft(points.x[state.hovered]), toTop(points.y[state.hovered]), 9, 0, 2 * Math.PI);
      context.stroke();
    }
    const box = state.drag?.box ?? (state.area ? [toLeft(state.area[0]), toTop(state.area[1]), toLeft(state.area[2]), toTop(state.area[3])] : null);
    if (box) {
      context.setLineDash([6, 4]);
      context.strokeRect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
      context.setLineDash([]);
    }
  }

  // --- moving and zooming

  function setView(view) {
    state.view = clampView(view);
    leave();
    draw();
  }

  function zoom(factor, left = canvas.clientWidth / 2, top = canvas.clientHeight / 2) {
    setView(zoomAt(state.view, factor, left, top, canvas.clientWidth, canvas.clientHeight));
  }

  function list(area) {
    state.send("area", clampArea(area));
  }

  // --- the pointer

  function pointAt(left, top, reach = POINTER_REACH) {
    if (!state.points) return -1;
    const { unproject, scale } = project();
    return nearestPoint(state.points, ...unproject(left, top), reach / scale);
  }

  function hover(i) {
    if (i === state.hovered) return;
    state.hovered = i;
    stage.classList.toggle("pointing", i >= 0);
    preview.hidden = i < 0;
    if (i >= 0) {
      const { points } = state, { toLeft, toTop } = project(), left = toLeft(points.x[i]), top = toTop(points.y[i]);
      const image = preview.querySelector("img"), entry = points.legend[points.classes[i]];
      image.src = `/photo/${points.ids[i]}/preview`;
      preview.title = entry?.label ?? "";
      // Show the preview on the side with more space.
      preview.style.left = left < canvas.clientWidth / 2 ? `${left + 16}px` : "";
      preview.style.right = left < canvas.clientWidth / 2 ? "" : `${canvas.clientWidth - left + 16}px`;
      preview.style.top = top < canvas.clientHeight / 2 ? `${top}px` : "";
      preview.style.bottom = top < canvas.clientHeight / 2 ? "" : `${canvas.clientHeight - top}px`;
    }
    redrawOverlay();
  }

  function leave() {
    if (state.hovered >= 0) hover(-1);
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

  canvas.onkeydown = (event) => {
    const step = canvas.clientWidth / 8 / project().scale;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) {
      const [right, down] = moves[event.key];
      setView({ ...state.view, x: state.view.x + right, y: state.view.y + down });
    } else if (event.key === "+" || event.key === "=") zoom(1.5);
    else if (event.key === "-") zoom(1 / 1.5);
    else if (event.key === "0") setView(wholeMap());
    else if (event.key === "Enter") list(project().area);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  tools.onclick = (event) => {
    const action = event.target.closest("button")?.dataset.do;
    if (action === "move" || action === "mark") {
      state.marking = action === "mark";
      stage.classList.toggle("marking", state.marking);
      for (const button of tools.querySelectorAll("[aria-pressed]")) button.setAttribute("aria-pressed", (button.dataset.do === "mark") === state.marking);
    } else if (action === "in") zoom(1.5);
    else if (action === "out") zoom(1 / 1.5);
    else if (action === "whole") setView(wholeMap());
    else if (action === "list") list(project().area);
  };

  if (!state.observer) {
    state.observer = new ResizeObserver(() => state.draw());
    state.observer.observe(canvas);
  }
  state.draw = draw;
  draw();
  return () => {
    cancelAnimationFrame(state.pending);
    state.pending = 0;
  };
}
