// The map of the library that fills the window. It sends Python `selection` once ({ shape, region, at }): the corners of a drawn
// shape, or of the visible part, or a region (level-x-y), in the form of the URL, and the time that tells it from others. Points and
// regions are fetched from `map_routes.py`.

import { numberLabel, photosLabel } from "./modules/date_labels.js";
import { measureTop } from "./modules/fill_window.js";
import { rememberView, viewInAddress } from "./modules/map_address.js";
import { cornersOf, createMapCanvas } from "./modules/map_canvas.js";
import { listenForGestures } from "./modules/map_gestures.js";
import { pictureAt } from "./modules/map_mosaic.js";
import { levelOfZoom, regionsInView } from "./modules/map_regions.js";
import { clampView, projection, viewOfBox, wholeMap, zoomAt } from "./modules/map_view.js";
import { boundsOf, insideShape, pointsInside, shapeOfLine } from "./modules/lasso.js";
import { PHOTO_CLOSED, requestPhoto } from "./modules/photo_opening.js";
import { clampArea, nearestPoint, unpackPoints } from "./modules/point_grid.js";
import { createRegionList } from "./modules/region_list.js";

// Pixels within which the mouse pointer, a finger, or the middle of the view counts as on a point.
const REACH = 12, FINGER_REACH = 24, MIDDLE_REACH = 220;
// Milliseconds without a change after which the map counts as at rest.
const REST = 160;
// The width of the window, in pixels, from which the list of regions is beside the map.
const WIDE = 1000;
// The width of the map, in pixels, from which both the list and the tools fit.
const BESIDE = 800;

function createLibraryMap(root) {
  const part = (selector) => root.querySelector(selector), stage = part(".stage"), canvas = part("canvas");
  const [preview, notice, tools, list] = [part(".preview"), part(".notice"), part(".tools"), part(".list")];
  const state = { data: {}, points: null, levels: [], view: viewInAddress(location.search), tool: "move", pointed: -1, inside: null, line: null };
  // If the tools and the list of regions are beside each other, the map is fitted into the remaining space.
  const covered = () => (canvas.clientWidth < BESIDE ? [0, 0] : [list.open ? list.offsetWidth + 20 : 0, 48]);
  const room = () => [canvas.clientWidth, canvas.clientHeight, covered()];
  const project = () => projection(state.view, ...room());
  const { redraw, shown, tiles, setQuick } = createMapCanvas({ canvas, project, scene, painted: showNames });
  const regionList = createRegionList({
    layer: part(".labels"), list, leave: () => canvas.focus(),
    go: (region) => setView(viewOfBox(region.box, ...room())),
    choose: (region) => send({ region: region.key }),
  });
  list.open = window.innerWidth >= WIDE;
  let resting = 0;

  const send = (selection) => state.send("selection", { ...selection, at: Date.now() });
  const level = () => levelOfZoom(state.view.zoom, state.levels.length);

  // --- data from the page

  function update(data, send) {
    const before = state.data;
    state.data = data;
    state.send = send;
    stage.classList.toggle("only", data.only);
    if (before.version !== data.version) load(data.version);
    if (String(before.shape) !== String(data.shape)) markInside();
    if (data.only && !before.only && before.version) showSelected();
    resize();
    redraw(true);
  }

  function load(version) {
    if (!state.points) notice.textContent = "Loading the map…";
    const current = () => state.data.version === version && root.isConnected;
    const read = (name, as) => fetch(`/photo/map/${name}?v=${encodeURIComponent(version)}`)
      .then((answer) => (answer.ok ? answer[as]() : Promise.reject(new Error(answer.statusText))));
    read("points", "arrayBuffer").then((buffer) => {
      if (!current()) return;
      state.points = unpackPoints(buffer);
      state.pointed = -1;
      markInside();
      redraw(true);
      restSoon();
      return read("regions", "json").then((found) => current() && takeRegions(found));
    }).catch(() => {
      if (current()) notice.textContent = "The map could not be loaded. Reload the page.";
    });
  }

  function takeRegions({ levels, words }) {
    state.levels = levels.map((regions, number) => regions.map((region) => ({ ...region, level: number, key: [number, region.x, region.y].join("-") })));
    regionList.renew(words);
    redraw();
    restSoon();
  }

  function showSelected() {
    const box = state.data.shape?.length ? boundsOf(state.data.shape) : regionShown()?.box;
    if (box) setView(viewOfBox(box, ...room()));
  }

  function markInside() {
    const { points, data } = state;
    state.inside = points && data.shape?.length ? pointsInside(points, data.shape) : null;
  }

  // --- drawing

  function scene() {
    const { points, data, inside, pointed, line } = state, shape = data.shape?.length ? data.shape : (regionShown()?.box ?? []);
    return { points, marks: inside?.marks ?? null, only: data.only, pointed, corners: line ?? cornersOf(shape, project()) };
  }

  // The region whose photos are listed.
  const regionShown = () => (state.data.region ? state.levels.flat().find(({ key }) => key === state.data.region.join("-")) : undefined);

  // Whether the photos of a region are on the map now.
  const isShown = ({ x, y }) => !state.data.only || !state.data.shape?.length || insideShape(state.data.shape, x, y);

  function showNames(projected, width, height) {
    const found = regionsInView(state.levels[level()] ?? [], projected.area).filter(isShown), bounds = stage.getBoundingClientRect();
    const taken = [tools, list.querySelector("summary"), ...(list.open ? [list] : [])].map((each) => {
      const box = each.getBoundingClientRect();
      return [box.left - bounds.left, box.top - bounds.top, box.right - bounds.left, box.bottom - bounds.top];
    });
    regionList.show(found, projected, [width, height], taken);
    state.listed = found;
  }

  // --- the view

  function setView(view) {
    state.view = clampView(view);
    point(-1);
    setQuick(true);
    redraw(true);
    restSoon();
  }

  function restSoon() {
    clearTimeout(resting);
    resting = setTimeout(rest, REST);
  }

  function rest() {
    if (!root.isConnected) return;
    setQuick(false);
    rememberView(state.view);
    redraw(true);
    requestAnimationFrame(() => {
      if (!state.points) return;
      const total = state.data.only && state.inside ? state.inside.number : state.points.number;
      notice.textContent = `${numberLabel(shown())} of ${numberLabel(total)} photos in view`;
      regionList.fill(state.listed ?? [], state.data.region?.join("-"));
      // The list may be in the way of names now.
      redraw();
    });
  }

  const zoomBy = (factor, left = canvas.clientWidth / 2, top = canvas.clientHeight / 2) =>
    setView(zoomAt(state.view, factor, left, top, ...room()));

  function photoAt(left, top, touch, reach = touch ? FINGER_REACH : REACH) {
    if (!state.points) return -1;
    const picture = pictureAt(tiles(), left, top), { unproject, scale } = project();
    return picture >= 0 ? picture : nearestPoint(state.points, ...unproject(left, top), reach / scale);
  }

  function point(i) {
    if (i === state.pointed) return;
    state.pointed = i;
    stage.classList.toggle("pointing", i >= 0);
    preview.hidden = i < 0;
    if (i >= 0) {
      const { toLeft, toTop } = project(), left = toLeft(state.points.x[i]), top = toTop(state.points.y[i]);
      const [width, height] = [canvas.clientWidth, canvas.clientHeight], beside = 46;
      preview.querySelector("img").src = `/photo/${state.points.ids[i]}/preview`;
      preview.style.left = left < width / 2 ? `${left + beside}px` : "";
      preview.style.right = left < width / 2 ? "" : `${width - left + beside}px`;
      preview.style.top = top < height / 2 ? `${Math.max(0, top)}px` : "";
      preview.style.bottom = top < height / 2 ? "" : `${Math.max(0, height - top)}px`;
    }
    redraw();
  }

  function open(i) {
    point(-1);
    state.opened = true;
    requestPhoto(state.points.ids[i], [], state.data.sequence);
  }

  // --- selecting

  function drawLine(corners, tool) {
    state.line = corners.length > 1 ? corners : null;
    if (state.line) {
      const { number } = pointsInside(state.points, shapeOf(corners, tool));
      notice.textContent = photosLabel(number);
    }
    redraw();
  }

  function shapeOf(corners, tool) {
    const placed = corners.map(([left, top]) => project().unproject(left, top));
    return tool === "box" ? clampArea(placed.flat()) : shapeOfLine(placed);
  }

  function finish(corners, tool) {
    const shape = shapeOf(corners, tool);
    state.line = null;
    restSoon();
    if (tool === "box" || shape.length > 4) select(shape);
    else redraw();
  }

  function select(shape) {
    state.data = { ...state.data, shape, region: null };
    markInside();
    redraw(true);
    send({ shape: shape.join("-") });
  }

  const DO = {
    in: () => zoomBy(1.5),
    out: () => zoomBy(1 / 1.5),
    whole: () => setView(wholeMap()),
    view: () => state.points && select(boundsOf(clampArea(project().area))),
  };

  tools.onclick = (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.tool) {
      state.tool = button.dataset.tool;
      stage.classList.toggle("drawing", state.tool !== "move");
      for (const each of tools.querySelectorAll("[data-tool]")) each.setAttribute("aria-pressed", each === button);
    } else DO[button?.dataset.do]?.();
  };

  canvas.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = canvas.clientWidth / 8 / project().scale;
    const along = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    const middle = () => photoAt(canvas.clientWidth / 2, canvas.clientHeight / 2, false, MIDDLE_REACH);
    if (along) setView({ ...state.view, x: state.view.x + along[0], y: state.view.y + along[1] });
    else if (event.key === "+" || event.key === "=") DO.in();
    else if (event.key === "-") DO.out();
    else if (event.key === "0") DO.whole();
    else if (event.key === "s") DO.view();
    else if (event.key === "Enter" || event.key === " ") middle() >= 0 && open(middle());
    else return;
    // Point at the photo that Enter would open.
    if (event.key !== "Enter" && event.key !== "s") point(middle());
    event.preventDefault();
    event.stopPropagation();
  };

  listenForGestures({
    stage, canvas, project, setView, zoomBy, photoAt, point, open, finish,
    tool: () => state.tool, view: () => state.view, line: drawLine,
    canZoom: (inwards) => inwards || state.view.zoom > 1,
  });
  list.ontoggle = () => redraw(true);

  function resize() {
    measureTop(stage);
    redraw(true);
    restSoon();
  }

  // The viewer gives the focus back.
  function onClosed(event) {
    if (!state.opened || event.defaultPrevented) return;
    state.opened = false;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    const at = state.points?.ids.indexOf(event.detail.id) ?? -1;
    if (at >= 0) point(at);
  }

  const observer = new ResizeObserver(resize);
  return {
    update,
    attach() {
      observer.observe(canvas);
      addEventListener("resize", resize);
      // In the capture phase, so that it runs before the galleries of the page.
      document.addEventListener(PHOTO_CLOSED, onClosed, true);
    },
    detach() {
      if (root.isConnected) return;
      observer.disconnect();
      removeEventListener("resize", resize);
      document.removeEventListener(PHOTO_CLOSED, onClosed, true);
      clearTimeout(resting);
    },
  };
}

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const root = parentElement.querySelector(".whole");
  const map = (root.controller ??= createLibraryMap(root));
  map.attach();
  map.update(data, setTriggerValue);
  return () => setTimeout(map.detach);
}
