// The canvas of the map of the library: its points and, above them, the hovered point and drawn shapes.

import { createMosaicLayer } from "./map_mosaic.js";

// The corners of a shape [x, y, x, y, …] in pixels.
export function cornersOf(shape, { toLeft, toTop }) {
  return Array.from({ length: shape.length / 2 }, (_, i) => [toLeft(shape[2 * i]), toTop(shape[2 * i + 1])]);
}

// A color as getComputedStyle gives it, as #rrggbb.
export function hexColor(color) {
  const numbers = color.match(/[\d.]+/g)?.slice(0, 3).map(Number) ?? [128, 128, 128];
  return `#${numbers.map((each) => Math.round(each).toString(16).padStart(2, "0")).join("")}`;
}

// project(): the projection of the canvas. scene(): { points, marks, only, pointed, corners }, what to draw; corners are in pixels.
// painted(projected, width, height): called after each drawing.
export function createMapCanvas({ canvas, project, scene, painted }) {
  const layer = document.createElement("canvas"), mosaic = createMosaicLayer(() => redraw(true));
  let frame = 0, stale = true, shown = 0;

  // all: whether to redraw the points as well, of which there are many.
  function redraw(all = false) {
    stale ||= all;
    if (!frame) frame = requestAnimationFrame(paint);
  }

  function paint() {
    frame = 0;
    const width = canvas.clientWidth, height = canvas.clientHeight, ratio = window.devicePixelRatio || 1, now = scene();
    if (!width || !now.points) return;
    for (const each of [canvas, layer]) {
      if (each.width === Math.round(width * ratio) && each.height === Math.round(height * ratio)) continue;
      each.width = Math.round(width * ratio);
      each.height = Math.round(height * ratio);
      stale = true;
    }
    const projected = project(), color = getComputedStyle(canvas).color;
    if (stale) {
      stale = false;
      const pen = layer.getContext("2d");
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, width, height);
      shown = mosaic.draw(pen, { ...now, projected, width, height, ratio, ink: hexColor(color) });
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(layer, 0, 0);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.strokeStyle = color;
    pen.lineWidth = 2;
    drawLines(pen, now, projected);
    painted(projected, width, height);
  }

  function drawLines(pen, { points, pointed, corners }, { toLeft, toTop }) {
    if (pointed >= 0) {
      pen.beginPath();
      pen.arc(toLeft(points.x[pointed]), toTop(points.y[pointed]), 9, 0, 2 * Math.PI);
      pen.stroke();
    }
    if (corners.length < 2) return;
    pen.setLineDash([6, 4]);
    pen.beginPath();
    if (corners.length === 2) pen.rect(...corners[0], corners[1][0] - corners[0][0], corners[1][1] - corners[0][1]);
    else {
      for (const corner of corners) pen.lineTo(...corner);
      pen.closePath();
    }
    pen.stroke();
    pen.setLineDash([]);
  }

  // shown(): the number of photos in view. tiles(): the pictures, as returned by `mosaic`.
  return { redraw, shown: () => shown, tiles: mosaic.tiles, setQuick: mosaic.setQuick };
}
