// Draws the map of the library: its points, or pictures if few are in view, and what is marked on it.

import { numberLabel } from "./date_labels.js";
import { OUT, visitPoints } from "./point_grid.js";

// Colors that can be distinguished on light and dark backgrounds, even with the common kinds of color blindness; and a
// color scale from early to late dates.
const HUES = ["#e8590c", "#1c7ed6", "#d6336c", "#6741d9", "#f59f00", "#0ca678", "#a0522d", "#22b8cf", "#ae3ec9", "#e03131", "#5c7cfa", "#74b816",
  "#f06595", "#868e96"];
const SCALE = ["#5e4fa2", "#3f78c1", "#2f9fb5", "#3fb68b", "#8ac24a", "#d9b72b", "#ee8434", "#d7424f"];
// Up to this many photos in view are shown as pictures, and up to this many points as circles; more points as squares.
const MAX_PICTURES = 60, MAX_CIRCLES = 6000;

// The color of a legend entry, according to the map's coloring.
export function colorOfPart(part, coloring) {
  const colors = coloring === "date" ? SCALE : HUES;
  return colors[part.color % colors.length];
}

// Half the side of a point in pixels: the more points are in view, the smaller.
export function pointSize(width, height, number) {
  return Math.max(1.6, Math.min(7, Math.sqrt((width * height) / Math.max(40, number)) / 9));
}

// stage, canvas, notice: elements. state: `points`, `view`, `hovered`, `area` and `drag`, as in `scatter.js`. project(): the projection
// of the canvas. Returns { draw, redrawOverlay }.
export function createMapPainter({ stage, canvas, notice, state, project }) {
  const colorOf = (part) => colorOfPart(part, state.points.coloring);

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
    const size = pointSize(width, height, number);
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
    notice.textContent = `${numberLabel(included)} of ${numberLabel(points.number)} photos in view`;
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

  return { draw, redrawOverlay };
}
