// The map of the library. Triggers in Python: `open` (a photo's id) and `area` (left, top, right and bottom of the marked
// rectangle, 0 to 65535). The points are fetched from `data.source`.

import { numberLabel } from "./modules/date_labels.js";
import { measureTop } from "./modules/fill_window.js";
import { colorOfPart, createMapPainter } from "./modules/map_painter.js";
import { listenForPointers } from "./modules/map_pointer.js";
import { clampView, projection, wholeMap, zoomAt } from "./modules/map_view.js";
import { PHOTO_CLOSED } from "./modules/photo_opening.js";
import { clampArea, unpackPoints } from "./modules/point_grid.js";

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const stage = parentElement.querySelector(".stage"), canvas = stage.querySelector("canvas");
  const preview = stage.querySelector(".preview"), notice = stage.querySelector(".notice");
  const legend = parentElement.querySelector(".legend"), tools = parentElement.querySelector(".tools");
  const state = (stage.state ??= {
    points: null, source: "", view: wholeMap(), marking: false, hovered: -1, area: null, pictures: new Map(), pointers: new Map(),
  });
  state.send = (name, value) => {
    state.opened ||= name === "open";
    setTriggerValue(name, value);
  };
  state.area = data.area;

  const project = () => projection(state.view, canvas.clientWidth, canvas.clientHeight);
  const { draw, redrawOverlay } = createMapPainter({ stage, canvas, notice, state, project });

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

  function drawLegend() {
    notice.textContent = "";
    legend.replaceChildren(
      ...state.points.legend.map((part) => {
        const item = document.createElement("li"), dot = document.createElement("i");
        dot.style.background = colorOfPart(part, state.points.coloring);
        item.append(dot, `${part.label} (${numberLabel(part.photos)})`);
        return item;
      }),
    );
  }

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

  listenForPointers({ stage, canvas, state, project, setView, zoom, hover, leave, redrawOverlay, list });

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

  // When the viewer closes, the map takes the focus back if it opened the viewer, before the gallery of the marked area does.
  function onClosed(event) {
    if (!canvas.isConnected) return document.removeEventListener(PHOTO_CLOSED, onClosed, true);
    if (!state.opened || event.defaultPrevented) return;
    state.opened = false;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
  }

  if (!state.observer) {
    document.addEventListener(PHOTO_CLOSED, onClosed, true);
    state.observer = new ResizeObserver(() => state.draw());
    state.observer.observe(canvas);
  }
  state.draw = draw;
  measureTop(stage);
  draw();
}
