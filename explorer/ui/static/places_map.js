// The world map of the photos. It fetches outlines and clusters from the server, and sends Python `area` (south, west,
// north, east in degrees, as text, once) to list the photos there, and `search` (the same) to search among them.

import { photosLabel, shortNumberLabel } from "./modules/date_labels.js";
import { measureTop } from "./modules/fill_window.js";
import { arrange } from "./modules/element.js";
import { clampWorld, latitudeOf, longitudeOf, MAX_ZOOM, minZoom, nextPoint, overviewOf, unpackOutlines, viewOf, worldProjection, worldX, worldY, zoomWorld } from "./modules/world_view.js";

// From this zoom on, outlines are drawn with all their detail.
const DETAILED_FROM = 3.5;
const ARROWS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const stage = parentElement.querySelector(".stage"), canvas = stage.querySelector("canvas");
  const layer = stage.querySelector(".clusters"), preview = stage.querySelector(".preview");
  const notice = stage.querySelector(".notice"), tools = parentElement.querySelector(".tools");
  const state = (stage.state ??= { view: null, shapes: {}, clusters: [], wanted: "", shown: "", pointers: new Map() });
  const changed = state.version !== data.version;
  Object.assign(state, { send: setTriggerValue, version: data.version, chosen: data.chosen, area: data.area, all: data.all });
  if (changed) state.wanted = "";

  const size = () => [canvas.clientWidth, canvas.clientHeight];

  function move(view) {
    state.view = clampWorld(view, canvas.clientWidth);
    hidePreview();
    draw();
  }

  const showAll = () => move(overviewOf(state.all, ...size()));

  function draw() {
    if (!state.pending) state.pending = requestAnimationFrame(paint);
  }

  function paint() {
    state.pending = 0;
    const [width, height] = size(), ratio = window.devicePixelRatio || 1;
    if (!width) return;
    state.view ??= state.chosen ? viewOf(state.chosen, width, height) : overviewOf(state.all, width, height);
    state.view = clampWorld(state.view, width);
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const projected = worldProjection(state.view, width, height), pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.fillStyle = pen.strokeStyle = getComputedStyle(stage).color;
    drawLand(pen, projected);
    drawChosen(pen, projected);
    placeClusters(projected, width, height);
    fetchClusters(projected.box);
  }

  function drawLand(pen, { across, down, box }) {
    const detailed = state.view.zoom >= DETAILED_FROM;
    const rings = outlines(detailed ? "detailed" : "simple") ?? state.shapes.simple ?? [];
    pen.beginPath();
    for (const { points, box: own } of rings) {
      if (own[2] < box[0] || own[0] > box[2] || own[3] < box[1] || own[1] > box[3]) continue;
      pen.moveTo(across(points[0]), down(points[1]));
      for (let i = 2; i < points.length; i += 2) pen.lineTo(across(points[i]), down(points[i + 1]));
      pen.closePath();
    }
    pen.globalAlpha = 0.14;
    pen.fill("evenodd");
    pen.globalAlpha = 0.45;
    pen.lineWidth = 0.7;
    pen.stroke();
    pen.globalAlpha = 1;
  }

  function outlines(name) {
    if (state.shapes[name] === undefined) {
      state.shapes[name] = null;
      fetch(`/photo/outlines${name === "detailed" ? "?detailed" : ""}`)
        .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(answer.statusText))))
        .then((buffer) => {
          state.shapes[name] = unpackOutlines(buffer);
          draw();
        })
        .catch(() => {
          notice.textContent = "The map could not be loaded. Reload the page.";
        });
    }
    return state.shapes[name];
  }

  // The area whose photos are listed.
  function drawChosen(pen, { across, down }) {
    if (!state.chosen) return;
    const { south, west, north, east } = state.chosen;
    const left = across(worldX(west)), top = down(worldY(north)), right = across(worldX(east)), bottom = down(worldY(south));
    pen.lineWidth = 2;
    pen.setLineDash([6, 4]);
    pen.strokeRect(left - 6, top - 6, right - left + 12, bottom - top + 12);
    pen.setLineDash([]);
  }

  // --- clusters

  function fetchClusters(box) {
    const zoom = Math.round(Math.max(0, Math.min(MAX_ZOOM, state.view.zoom)));
    const url = `/photo/places?z=${zoom}&box=${box.map((side) => side.toFixed(7)).join(",")}&v=${encodeURIComponent(state.version)}`;
    if (url === state.wanted) return;
    state.wanted = url;
    clearTimeout(state.timer);
    // While the map is dragged, clusters are requested only where it comes to rest.
    state.timer = setTimeout(() => {
      fetch(url)
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText))))
        .then((found) => {
          if (state.wanted !== url) return;
          showClusters(found);
          draw();
        })
        .catch(() => {
          if (state.wanted === url) notice.textContent = "The photos could not be loaded. Reload the page.";
        });
    }, 60);
  }

  function showClusters(found) {
    const focused = layer.contains(stage.getRootNode().activeElement) ? stage.getRootNode().activeElement.dataset.area : null;
    const old = new Map([...layer.children].map((button) => [button.dataset.area, button]));
    state.clusters = found;
    // Clusters that remain are not touched, so that hovering or pressing one is not interrupted.
    arrange(layer, found.map((cluster, i) => {
      const button = old.get(cluster.area) ?? document.createElement("button");
      const across = Math.round(22 + 7 * Math.log10(cluster.photos));
      button.type = "button";
      button.dataset.area = cluster.area;
      button.textContent = cluster.photos === 1 ? "" : shortNumberLabel(cluster.photos);
      button.setAttribute("aria-label", inWords(cluster));
      button.style.width = button.style.height = `${cluster.photos === 1 ? 16 : across}px`;
      button.tabIndex = i ? -1 : 0;
      return button;
    }));
    const again = [...layer.children].find((button) => button.dataset.area === focused);
    if (focused && again !== stage.getRootNode().activeElement) (again ?? canvas).focus();
    if (state.pointed && !state.pointed.isConnected) hidePreview();
    const total = found.reduce((sum, cluster) => sum + cluster.photos, 0);
    notice.textContent = `${photosLabel(total)} in view`;
    draw();
  }

  function inWords({ photos, label }) {
    if (!label) return photosLabel(photos);
    return `${photosLabel(photos)}, ${photos === 1 ? label : `the latest in ${label}`}`;
  }

  function placeClusters({ across, down }, width, height) {
    [...layer.children].forEach((button, i) => {
      const left = across(state.clusters[i].x), top = down(state.clusters[i].y);
      button.style.left = `${left}px`;
      button.style.top = `${top}px`;
      button.hidden = left < -20 || top < -20 || left > width + 20 || top > height + 20;
      button.classList.toggle("chosen", button.dataset.area === state.area);
    });
  }

  function showPreview(button) {
    const cluster = state.clusters[[...layer.children].indexOf(button)], image = preview.querySelector("img");
    if (!cluster) return;
    state.pointed = button;
    image.hidden = !cluster.hash;
    if (cluster.hash) image.src = `/photo/${cluster.newest}/preview?v=${cluster.hash.slice(0, 16)}`;
    preview.querySelector("span").textContent = inWords(cluster);
    preview.hidden = false;
    const left = parseFloat(button.style.left), top = parseFloat(button.style.top), [width, height] = size();
    preview.style.left = left > width / 2 ? "" : `${left + 18}px`;
    preview.style.right = left > width / 2 ? `${width - left + 18}px` : "";
    preview.style.top = top > height / 2 ? "" : `${top}px`;
    preview.style.bottom = top > height / 2 ? `${height - top}px` : "";
  }

  function hidePreview() {
    preview.hidden = true;
    state.pointed = null;
  }

  function inView() {
    const [left, top, right, bottom] = worldProjection(state.view, ...size()).box;
    const degrees = [latitudeOf(bottom), longitudeOf(left), latitudeOf(top), longitudeOf(right)];
    const limits = [90, 180, 90, 180];
    return degrees.map((value, i) => Number(Math.max(-limits[i], Math.min(limits[i], value)).toFixed(4))).join(",");
  }

  // --- mouse, touch and keys

  const button = (event) => event.target.closest(".clusters button");
  layer.onclick = (event) => {
    if (!button(event)) return;
    hidePreview();
    state.send("area", button(event).dataset.area);
  };
  layer.onpointerover = (event) => button(event) && showPreview(button(event));
  layer.onpointerout = hidePreview;
  // There are no properties `onfocusin` and `onfocusout`.
  layer.addEventListener("focusin", (event) => button(event) && showPreview(button(event)));
  layer.addEventListener("focusout", hidePreview);
  layer.onkeydown = (event) => {
    const direction = ARROWS[event.key], buttons = [...layer.children];
    if (event.key === "Escape") canvas.focus();
    else if (direction) {
      const next = nextPoint(state.clusters, buttons.indexOf(event.target), direction);
      if (next < 0 || buttons[next].hidden) return;
      buttons.forEach((each, i) => (each.tabIndex = i === next ? 0 : -1));
      buttons[next].focus();
    } else if (!keyPressed(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const DO = {
    in: () => zoomBy(1),
    out: () => zoomBy(-1),
    all: showAll,
    view: () => state.send("area", inView()),
    search: () => state.send("search", inView()),
  };
  tools.onclick = (event) => DO[event.target.closest("button")?.dataset.do]?.();

  function zoomBy(levels, left = canvas.clientWidth / 2, top = canvas.clientHeight / 2) {
    move(zoomWorld(state.view, levels, left, top, ...size()));
  }

  function keyPressed(key) {
    if (key === "+" || key === "=") zoomBy(1);
    else if (key === "-") zoomBy(-1);
    else if (key === "0") showAll();
    else return false;
    return true;
  }

  canvas.onkeydown = (event) => {
    const step = 0.2 / 2 ** state.view.zoom;
    const along = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (along) move({ ...state.view, x: state.view.x + along[0], y: state.view.y + along[1] });
    else if (event.key === "Enter") DO.view();
    else if (!keyPressed(event.key)) return;
    event.preventDefault();
  };

  stage.onwheel = (event) => {
    // At either end of the zoom, the page scrolls instead.
    const levels = Math.max(-1, Math.min(1, -event.deltaY / (event.ctrlKey ? 40 : 240)));
    const end = levels > 0 ? state.view.zoom >= MAX_ZOOM : state.view.zoom <= minZoom(canvas.clientWidth) + 1e-6;
    if (end) return;
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    zoomBy(levels, event.clientX - box.left, event.clientY - box.top);
  };

  canvas.ondblclick = (event) => zoomBy(1, event.offsetX, event.offsetY);
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    state.pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
    stage.classList.add("dragging");
  };
  canvas.onpointermove = (event) => {
    const last = state.pointers.get(event.pointerId);
    if (!last) return;
    const now = [event.offsetX, event.offsetY], others = [...state.pointers].filter(([id]) => id !== event.pointerId);
    state.pointers.set(event.pointerId, now);
    const { unproject } = worldProjection(state.view, ...size());
    if (others.length) {
      // Two fingers: zoom by the change of their distance.
      const [, other] = others[0], far = (at) => Math.hypot(at[0] - other[0], at[1] - other[1]) || 1;
      zoomBy(Math.log2(far(now) / far(last)), other[0], other[1]);
      return;
    }
    const [x, y] = unproject(...last), [newX, newY] = unproject(...now);
    move({ ...state.view, x: state.view.x + x - newX, y: state.view.y + y - newY });
  };
  canvas.onpointerup = canvas.onpointercancel = (event) => {
    state.pointers.delete(event.pointerId);
    stage.classList.toggle("dragging", state.pointers.size > 0);
  };

  state.watcher ??= new ResizeObserver(() => stage.redraw());
  stage.redraw = draw;
  stage.parentElement.classList.toggle("listed", data.area !== null);
  measureTop(stage);
  state.watcher.observe(canvas);
  draw();
}
