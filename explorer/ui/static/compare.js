// The review of one group of duplicates: two of its files side by side, flickering, or their difference. The compared file,
// the zoom and the view are state of this component; every decision triggers `act` in Python.

import { make } from "./modules/element.js";
import { bestOrientation, laplacianVariance, meanDifference, sharpnessDiffers, writeDifference } from "./modules/image_comparison.js";
import { WHOLE, cssTransform, dragBy, zoomBy } from "./modules/zoom.js";
import { comparisonRows, fileState, pictureCaption } from "./modules/comparison_table.js";

const MODES = [["side", "Side by side", "s"], ["flicker", "Flicker", "f"], ["difference", "Difference", "d"]];
const KEYS = [
  ["← →", "previous or next group"], ["↑ ↓", "which file is compared"], ["Enter", "accept: remove the marked files"], ["x", "mark or unmark for removal"],
  ["m", "mark all others, or none"], ["p", "keep this file instead"], ["k", "keep the first file, if none is suggested"], ["n", "not duplicates"], ["a", "keep all"],
  ["l", "later"], ["u", "undo the last decision or acceptance"], ["s f d", "side by side, flicker, difference"], ["+ − 0", "zoom in, zoom out, whole photo"],
  ["1", "actual pixels"], ["?", "show or hide these keys"],
];
// The longer side, in pixels, of pictures that are drawn on top of each other.
const SIDE = 768;
// The maximum number of pictures in memory.
const MAX_LOADED = 24;
// Milliseconds after which an action without a visible effect no longer blocks the next one, and during which a postponed
// key stays valid.
const ACTION_TIMEOUT = 1500;
const KEY_TIMEOUT = 3000;

const loaded = new Map();

function load(address) {
  if (!loaded.has(address)) {
    if (loaded.size > MAX_LOADED) loaded.delete(loaded.keys().next().value);
    loaded.set(address, new Promise((resolve) => {
      const image = new Image();
      image.onload = () => resolve(image);
      image.onerror = () => resolve(null);
      image.src = address;
    }));
  }
  return loaded.get(address);
}

async function picture(item) {
  return (await load(item.src)) ?? (item.preview ? load(item.preview) : null);
}

// A canvas of the given size with a picture in one of eight orientations: quarter turns 0 to 3, then mirrored.
function drawOriented(image, width, height, orientation) {
  const canvas = make("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.translate(width / 2, height / 2);
  context.rotate(((orientation % 4) * Math.PI) / 2);
  if (orientation >= 4) context.scale(-1, 1);
  const [drawnWidth, drawnHeight] = orientation % 2 ? [height, width] : [width, height];
  context.drawImage(image, -drawnWidth / 2, -drawnHeight / 2, drawnWidth, drawnHeight);
  return canvas;
}

function pixels(canvas) {
  return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
}

// The orientation of the second picture relative to the first.
function orientationOf(first, second) {
  const upright = pixels(drawOriented(first, 32, 32, 0));
  return bestOrientation([0, 1, 2, 3, 4, 5, 6, 7].map((orientation) => meanDifference(upright, pixels(drawOriented(second, 32, 32, orientation)))));
}

// Measured at a fixed size, so that it is comparable within a group.
function sharpness(image) {
  const scale = 512 / Math.max(image.naturalWidth, image.naturalHeight);
  const width = Math.max(3, Math.round(image.naturalWidth * scale)), height = Math.max(3, Math.round(image.naturalHeight * scale));
  return laplacianVariance(pixels(drawOriented(image, width, height, 0)), width, height);
}

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const root = parentElement.querySelector(".review");
  const announcement = parentElement.querySelector(".announcement");
  const state = (root.state ??= { mode: "side", other: 0, key: "", zoom: WHOLE, help: false, drawing: 0 });
  state.send = setTriggerValue;
  root.setAttribute("aria-label", data.label);
  if (state.key !== data.key) {
    state.key = data.key;
    state.other = 0;
    state.busy = false;
    state.zoom = WHOLE;
    announcement.textContent = `${data.label}. ${data.because}`;
  }
  state.busy = false;
  const kept = data.items[0];
  const others = data.items.slice(1);
  state.other = Math.min(state.other, others.length - 1);
  data.ahead.forEach(load);

  function act(action, more = {}) {
    if (state.busy) return;
    // One action at a time: the next key waits until the page shows the effect of this one.
    state.busy = true;
    setTimeout(() => (state.busy = false), ACTION_TIMEOUT);
    state.send("act", { what: action, key: data.key, turn: Math.random(), ...more });
  }

  function other() {
    return others[state.other];
  }

  function draw() {
    const number = ++state.drawing;
    clearInterval(state.blinking);
    const focused = nameOf(root.getRootNode().activeElement);
    const stage = make("div", { class: `stage ${state.mode}` });
    root.replaceChildren(head(), members(), tools(), ...(state.help ? [help()] : []), stage, table(), buttons(), list());
    // Restore the focus to the same button.
    if (focused) ([...root.querySelectorAll("button")].find((each) => nameOf(each) === focused && !each.disabled) ?? root).focus({ preventScroll: true });
    show(stage, number);
  }

  // An identifier of a button that does not change with its label.
  function nameOf(element) {
    if (element?.tagName !== "BUTTON" || !root.contains(element)) return null;
    return element.dataset.what ?? element.getAttribute("aria-label") ?? element.textContent;
  }

  function toggleHelp() {
    state.help = !state.help;
    draw();
    if (state.help) root.querySelector(".keys").scrollIntoView({ block: "center" });
  }

  const role = data.keeps ? "kept" : "first";

  function head() {
    return make("div", { class: "head" },
      make("button", { type: "button", "aria-label": "Previous group", title: "Previous group (←)", onclick: () => act("previous") }, "‹"),
      make("strong", {}, data.label),
      make("button", { type: "button", "aria-label": "Next group", title: "Next group (→)", onclick: () => act("next") }, "›"),
      make("span", { class: "because" }, data.because),
      ...(other()?.stays ? [make("span", { class: "stays" }, `${other().name} is kept: ${other().stays}.`)] : []),
    );
  }

  function members() {
    return make("div", { class: "members", role: "group", "aria-label": "Files of this group" }, ...data.items.map((item, at) => {
      const chosen = at === 0 || at - 1 === state.other;
      const { word, className } = fileState(item, data.keeps);
      return make("button", {
        type: "button", class: `member ${className}`, "aria-pressed": String(chosen), title: `${item.folder}/${item.name}`,
        "aria-label": `${item.name}, ${word}`, "data-what": `file ${item.file}`,
        onclick: () => {
          if (at) state.other = at - 1;
          draw();
        },
      }, make("img", { src: item.preview, alt: "", loading: "lazy" }), make("span", { class: "word" }, word));
    }));
  }

  function tools() {
    const mode = MODES.map(([name, label, key]) => make("button", {
      type: "button", "aria-pressed": String(state.mode === name), title: `${label} (${key})`,
      onclick: () => { state.mode = name; draw(); },
    }, label));
    return make("div", { class: "tools", role: "toolbar", "aria-label": "View" }, ...mode, make("span", { class: "gap" }),
      make("button", { type: "button", "aria-label": "Zoom out", title: "Zoom out (−)", onclick: () => zoom(1 / 1.5) }, "−"),
      make("output", { class: "scale", "aria-label": "Zoom" }, `${state.zoom.scale.toFixed(1)}×`),
      make("button", { type: "button", "aria-label": "Zoom in", title: "Zoom in (+)", onclick: () => zoom(1.5) }, "+"),
      make("button", { type: "button", title: "The whole photo (0)", onclick: () => fit() }, "Fit"),
      make("button", { type: "button", title: "Keyboard shortcuts (?)", "aria-expanded": String(state.help), onclick: toggleHelp }, "Keys"),
    );
  }

  async function show(stage, number) {
    const [first, second] = await Promise.all([picture(kept), other() ? picture(other()) : null]);
    if (number !== state.drawing) return;
    measure(first, second);
    state.full = first ? first.naturalWidth : 0;
    if (!first || !second) {
      const missing = !first ? kept : other();
      stage.append(make("p", { class: "absent" }, `${missing ? missing.name : "The file"} cannot be shown: it was moved, or its drive is not connected.`));
      return;
    }
    const orientation = orientationOf(first, second);
    const ratio = first.naturalHeight / first.naturalWidth;
    stage.style.setProperty("--ratio", ratio);
    if (state.mode === "side") {
      stage.append(pane(first, kept, role), pane(second, other(), "compared", orientation));
    } else {
      const width = Math.round(ratio > 1 ? SIDE / ratio : SIDE), height = Math.round(ratio > 1 ? SIDE : SIDE * ratio);
      if (state.mode === "difference") {
        stage.append(pane(difference(first, second, orientation, width, height), null, "difference"));
      } else {
        const top = drawOriented(second, width, height, orientation);
        const whole = pane(drawOriented(first, width, height, 0), kept, role, 0, top);
        stage.append(whole);
        blink(whole, top);
      }
    }
    stage.onwheel = (event) => {
      if (!event.ctrlKey && !event.metaKey && state.zoom.scale === 1 && event.deltaY > 0) return;
      event.preventDefault();
      zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2);
    };
    drag(stage);
    place();
  }

  // A figure with a picture in a frame that crops it; zooming and dragging apply to all frames.
  function pane(image, item, name, orientation = 0, top = null) {
    const shown = image instanceof HTMLCanvasElement ? image : image.cloneNode();
    shown.className = "picture";
    shown.draggable = false;
    if (!(shown instanceof HTMLCanvasElement)) shown.alt = item ? item.name : "";
    const frame = make("div", { class: "frame" }, shown);
    if (orientation && !(shown instanceof HTMLCanvasElement)) {
      const ratio = image.naturalHeight / image.naturalWidth;
      const width = SIDE, height = Math.round(orientation % 2 ? SIDE / ratio : SIDE * ratio);
      const turned = drawOriented(image, width, height, orientation);
      turned.className = "picture";
      turned.setAttribute("role", "img");
      turned.setAttribute("aria-label", `${item.name}, rotated to match the other`);
      frame.replaceChildren(turned);
    }
    if (top) {
      top.className = "picture top";
      frame.append(top);
    }
    const text = name === "difference" ? "difference, amplified three times" : pictureCaption(name, item) + (orientation ? " (rotated to match the other)" : "");
    return make("figure", { class: name }, make("figcaption", { title: item ? `${item.folder}/${item.name}` : null }, text), frame);
  }

  function blink(figure, top) {
    const caption = figure.querySelector("figcaption");
    const turn = () => {
      state.second = !state.second;
      top.style.visibility = state.second ? "visible" : "hidden";
      caption.textContent = state.second ? pictureCaption("compared", other()) : pictureCaption(role, kept);
    };
    state.second = false;
    top.style.visibility = "hidden";
    caption.textContent = pictureCaption(role, kept);
    figure.onclick = turn;
    // If the user prefers reduced motion, the pictures switch only on a click.
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) state.blinking = setInterval(turn, 700);
  }

  function difference(first, second, orientation, width, height) {
    const one = drawOriented(first, width, height, 0), two = drawOriented(second, width, height, orientation);
    const onePixels = pixels(one), twoPixels = pixels(two);
    const context = one.getContext("2d");
    const result = context.createImageData(width, height);
    writeDifference(onePixels, twoPixels, result.data);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.putImageData(result, 0, 0);
    one.setAttribute("role", "img");
    one.setAttribute("aria-label", `Difference of ${kept.name} and ${other().name}: ${meanDifference(onePixels, twoPixels).toFixed(1)} of 255 on average`);
    return one;
  }

  function place() {
    for (const shown of root.querySelectorAll(".picture")) shown.style.transform = cssTransform(state.zoom);
    const output = root.querySelector(".scale");
    if (output) output.textContent = `${state.zoom.scale.toFixed(1)}×`;
  }

  function zoom(factor) {
    state.zoom = zoomBy(state.zoom, factor);
    place();
  }

  function fit() {
    state.zoom = WHOLE;
    place();
  }

  function full() {
    const frame = root.querySelector(".frame");
    if (frame && state.full) zoom(Math.max(1, state.full / (devicePixelRatio * frame.clientWidth)) / state.zoom.scale);
  }

  function drag(stage) {
    let from = null;
    stage.onpointerdown = (event) => {
      if (state.zoom.scale === 1) return;
      from = { x: event.clientX, y: event.clientY, zoom: state.zoom };
      stage.setPointerCapture(event.pointerId);
    };
    stage.onpointermove = (event) => {
      const frame = stage.querySelector(".frame");
      if (!from || !frame) return;
      state.zoom = dragBy(from.zoom, event.clientX - from.x, event.clientY - from.y, frame.clientWidth, frame.clientHeight);
      place();
    };
    stage.onpointerup = stage.onpointercancel = () => (from = null);
  }

  function measure(first, second) {
    const found = [first, second].map((image) => (image ? sharpness(image) : null));
    const cells = root.querySelectorAll("[data-sharp]");
    cells.forEach((cell, at) => (cell.textContent = found[at] === null ? "" : found[at].toFixed(0)));
    if (found[0] !== null && found[1] !== null && sharpnessDiffers(...found)) {
      cells[0].closest("tr").classList.add("differs");
      cells[found[0] > found[1] ? 0 : 1].classList.add("more");
    }
  }

  function table() {
    const body = comparisonRows(kept, other() ?? kept).map(({ label, left, right, more }) => {
      if (label === "Sharpness") {
        return make("tr", {}, make("th", { scope: "row", title: "Variance of the Laplacian at 512 pixels" }, label),
          make("td", { "data-sharp": "1" }), make("td", { "data-sharp": "2" }));
      }
      return make("tr", { class: left === right ? "" : "differs" },
        make("th", { scope: "row" }, label),
        make("td", { class: more > 0 ? "more" : "" }, left),
        make("td", { class: more < 0 ? "more" : "" }, right),
      );
    });
    return make("div", { class: "scroll" }, make("table", {},
      make("thead", {}, make("tr", {}, make("td", {}), make("th", { scope: "col" }, data.keeps ? "Kept" : "First"), make("th", { scope: "col" }, "Compared"))),
      make("tbody", {}, ...body),
    ));
  }

  function buttons() {
    const item = other();
    const marked = others.filter((each) => each.goes).length;
    const button = (label, key, action, more = {}) => make("button", { type: "button", title: key ? `Key: ${key}` : null, "data-what": action, onclick: () => act(action), ...more }, label);
    return make("div", { class: "buttons" },
      button(data.accepted ? "Accepted · Undo" : marked ? `Accept: remove ${marked} of ${data.items.length}` : "Nothing marked", "Enter", data.accepted ? "back" : "accept",
        { class: "primary", disabled: !data.accepted && !marked }),
      button(item?.goes ? "Keep" : "Remove", "x", "mark", { disabled: !item || Boolean(item.stays), title: item?.stays ? `Kept: ${item.stays}` : `${item?.goes ? "Keep" : "Mark for removal"} the compared file (x)`, onclick: () => act("mark", { file: item.file }) }),
      ...(others.filter((each) => !each.stays).length > 1 ? [button(marked ? "Remove none" : "Remove all others", "m", "markall")] : []),
      ...(data.suggested ? [] : [button("Keep the first", "k", "keep", { disabled: kept.link, onclick: () => act("keep", { file: kept.file }) })]),
      button(data.suggested ? "Keep this instead" : "Keep this", "p", "keep", { disabled: !item || item.link, onclick: () => act("keep", { file: item.file }) }),
      ...(data.tier === "identical" ? [] : [button("Not duplicates", "n", "apart")]),
      button("Keep all", "a", "all"),
      button("Later", "l", "later"),
    );
  }

  function help() {
    return make("dl", { class: "keys" }, ...KEYS.flatMap(([key, text]) => [make("dt", {}, key), make("dd", {}, text)]));
  }

  function list() {
    return make("div", { class: "list", role: "group", "aria-label": "Groups" }, ...data.listed.map((entry) => make("button", {
      type: "button", class: entry.accepted ? "entry accepted" : "entry", "aria-current": entry.key === data.key ? "true" : null,
      "aria-label": entry.label + (entry.accepted ? ", accepted" : ""), title: entry.label, onclick: () => act("go", { to: entry.key }),
    }, make("span", { class: "pile" }, ...entry.previews.map((address) => make("img", { src: address, alt: "", loading: "lazy" }))),
    make("span", { class: "text" }, `${entry.files} files · ${entry.size}`))));
  }

  // A key that is pressed before the page shows the effect of the previous one is handled afterwards.
  function postpone(event) {
    event.preventDefault();
    state.waiting = { event: { key: event.key, composedPath: () => [root], preventDefault() {} }, group: data.key, at: Date.now() };
  }

  function onKey(event) {
    const at = event.composedPath()[0];
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (at instanceof HTMLElement && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName))) return;
    if (document.querySelector('[role="dialog"], [data-testid="stPopoverBody"]') || !root.isConnected) return;
    const item = other();
    const keys = {
      ArrowRight: () => act("next"), ArrowLeft: () => act("previous"),
      ArrowDown: () => { state.other = Math.min(others.length - 1, state.other + 1); draw(); },
      ArrowUp: () => { state.other = Math.max(0, state.other - 1); draw(); },
      x: () => item && !item.stays && act("mark", { file: item.file }),
      m: () => act("markall"),
      p: () => item && !item.link && act("keep", { file: item.file }),
      k: () => !data.suggested && !kept.link && act("keep", { file: kept.file }),
      n: () => data.tier !== "identical" && act("apart"), a: () => act("all"), l: () => act("later"), u: () => act("undecide"),
      s: () => { state.mode = "side"; draw(); }, f: () => { state.mode = "flicker"; draw(); }, d: () => { state.mode = "difference"; draw(); },
      "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5), 0: () => fit(), 1: () => full(),
      "?": toggleHelp,
      ...(state.help ? { Escape: toggleHelp } : {}),
    };
    if (event.key === "Enter") {
      // Enter presses a focused button as usual.
      if (at instanceof HTMLElement && at.closest("button, a, summary")) return;
      if (state.busy) return postpone(event);
      if (data.accepted) act("next");
      else if (others.some((each) => each.goes)) act("accept");
    } else if (event.key in keys) {
      if (event.key.startsWith("Arrow") && at instanceof HTMLElement && at.closest('[role="radiogroup"], [role="tablist"], [role="slider"]')) return;
      if (state.busy && /^([xmpknalu]|Arrow(Left|Right))$/.test(event.key)) return postpone(event);
      keys[event.key]();
      // Focus the group, so that the next Enter does not press a button elsewhere.
      if (root.isConnected && !root.contains(root.getRootNode().activeElement)) root.focus({ preventScroll: true });
    } else {
      return;
    }
    event.preventDefault();
  }

  draw();
  document.removeEventListener("keydown", root.onKey);
  root.onKey = onKey;
  document.addEventListener("keydown", onKey);
  const waiting = state.waiting;
  state.waiting = null;
  if (waiting && Date.now() - waiting.at < KEY_TIMEOUT && (waiting.group === data.key || waiting.event.key.startsWith("Arrow"))) onKey(waiting.event);
  return () => {
    document.removeEventListener("keydown", onKey);
    clearInterval(state.blinking);
  };
}
