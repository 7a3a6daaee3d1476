// The map. What is told to Python: `open` (a photo's id, once), `area` (left, top, right, bottom of what was marked, 0 to 65535, once).
// Points come from `data.source` in the form that `map_data.py` describes.

const SIDE = 65535, CELLS = 64, NONE = 255, OUT = 254;
// Colours that are told apart on light and on dark grounds, also by most who see fewer colours; and a scale from early to late.
const HUES = ["#e8590c", "#1c7ed6", "#d6336c", "#6741d9", "#f59f00", "#0ca678", "#a0522d", "#22b8cf", "#ae3ec9", "#e03131", "#5c7cfa", "#74b816",
  "#f06595", "#868e96"];
const SCALE = ["#5e4fa2", "#3f78c1", "#2f9fb5", "#3fb68b", "#8ac24a", "#d9b72b", "#ee8434", "#d7424f"];
// Fewer photos in view than this are shown as pictures; fewer than that as round points.
const PICTURES = 60, ROUND = 6000;

function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const number = header.number;
  let at = 4 + length;
  const ids = new Int32Array(buffer, at, number);
  at += 4 * number;
  const x = new Uint16Array(buffer, at, number);
  at += 2 * number;
  const y = new Uint16Array(buffer, at, number);
  at += 2 * number;
  const classes = new Uint8Array(buffer, at, number);
  // By cells of a grid: what is under the pointer is found without looking at every point.
  const starts = new Int32Array(CELLS * CELLS + 1), order = new Int32Array(number);
  const cell = (i) => (x[i] >> 10) + CELLS * (y[i] >> 10);
  for (let i = 0; i < number; i++) starts[cell(i) + 1]++;
  for (let c = 0; c < CELLS * CELLS; c++) starts[c + 1] += starts[c];
  const next = starts.slice();
  for (let i = 0; i < number; i++) order[next[cell(i)]++] = i;
  return { number, ids, x, y, classes, starts, order, legend: header.legend, colouring: header.colouring };
}

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const stage = parentElement.querySelector(".stage"), canvas = stage.querySelector("canvas");
  const preview = stage.querySelector(".preview"), notice = stage.querySelector(".notice");
  const legend = parentElement.querySelector(".legend"), tools = parentElement.querySelector(".tools");
  const state = (stage.state ??= {
    points: null, source: "", x: SIDE / 2, y: SIDE / 2, zoom: 1, marking: false, hovered: -1, area: null, pictures: new Map(), pointers: new Map(),
  });
  state.tell = setTriggerValue;
  state.area = data.area;

  if (data.source !== state.source) {
    state.source = data.source;
    const wanted = data.source;
    if (!state.points) notice.textContent = "Loading the map…";
    fetch(wanted)
      .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(answer.statusText))))
      .then((buffer) => {
        if (state.source !== wanted) return;
        state.points = unpack(buffer);
        state.hovered = -1;
        explain();
        draw();
      })
      .catch(() => {
        if (state.source === wanted) notice.textContent = "The map could not be loaded: reload the page.";
      });
  }

  function colour(part) {
    return state.points.colouring === "date" ? SCALE[part.colour % SCALE.length] : HUES[part.colour % HUES.length];
  }

  function explain() {
    notice.textContent = "";
    legend.replaceChildren(
      ...state.points.legend.map((part) => {
        const item = document.createElement("li"), dot = document.createElement("i");
        dot.style.background = colour(part);
        item.append(dot, `${part.label} (${part.photos.toLocaleString()})`);
        return item;
      }),
    );
  }

  // --- between the map's numbers and the canvas's pixels

  function scale() {
    return (Math.min(canvas.clientWidth, canvas.clientHeight) - 28) / SIDE * state.zoom;
  }
  function across(x) {
    return (x - state.x) * scale() + canvas.clientWidth / 2;
  }
  function down(y) {
    return (y - state.y) * scale() + canvas.clientHeight / 2;
  }
  function back(left, top) {
    return [(left - canvas.clientWidth / 2) / scale() + state.x, (top - canvas.clientHeight / 2) / scale() + state.y];
  }
  function view() {
    const [left, top] = back(0, 0), [right, bottom] = back(canvas.clientWidth, canvas.clientHeight);
    return [left, top, right, bottom];
  }

  // Every point of a rectangle of the map, cell by cell.
  function each([left, top, right, bottom], visit) {
    const { starts, order, x, y } = state.points;
    const cell = (value) => Math.min(CELLS - 1, Math.max(0, value >> 10));
    for (let row = cell(top); row <= cell(bottom); row++) {
      for (let column = cell(left); column <= cell(right); column++) {
        const c = column + CELLS * row;
        for (let at = starts[c]; at < starts[c + 1]; at++) {
          const i = order[at];
          if (x[i] >= left && x[i] <= right && y[i] >= top && y[i] <= bottom) visit(i);
        }
      }
    }
  }

  // --- drawing

  function draw() {
    state.stale = true;
    mark();
  }

  // What lies over the points has changed, and they have not: a hundred thousand are not drawn for each move of the pointer.
  function mark() {
    if (!state.pending) state.pending = requestAnimationFrame(paint);
  }

  function paint() {
    state.pending = 0;
    const width = canvas.clientWidth, height = canvas.clientHeight, ratio = window.devicePixelRatio || 1;
    if (!width || !state.points) return;
    const layer = (state.layer ??= document.createElement("canvas")), look = getComputedStyle(stage);
    for (const each of [canvas, layer]) {
      if (each.width !== Math.round(width * ratio) || each.height !== Math.round(height * ratio)) {
        each.width = Math.round(width * ratio);
        each.height = Math.round(height * ratio);
        state.stale = true;
      }
    }
    if (state.stale) {
      state.stale = false;
      const pen = layer.getContext("2d");
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, width, height);
      dots(pen, width, height, look);
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(layer, 0, 0);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    outline(pen, look);
  }

  // The points, and what is to be said of them.
  function dots(pen, width, height, look) {
    const { points } = state, shown = new Map();
    let number = 0, lit = 0;
    each(view(), (i) => {
      const own = points.classes[i];
      if (!shown.has(own)) shown.set(own, []);
      shown.get(own).push(i);
      number++;
      if (own !== OUT) lit++;
    });
    const size = Math.max(1.6, Math.min(7, Math.sqrt((width * height) / Math.max(40, number)) / 9));
    // What the filter leaves out and what has no class lies below the rest.
    for (const own of [...shown.keys()].sort((a, b) => b - a)) {
      const plain = own >= points.legend.length;
      pen.fillStyle = plain ? look.color : colour(points.legend[own]);
      pen.globalAlpha = own === OUT ? 0.08 : plain ? 0.3 : 0.95;
      const radius = plain ? size * 0.8 : size;
      if (number <= ROUND) {
        pen.beginPath();
        for (const i of shown.get(own)) {
          const left = across(points.x[i]), top = down(points.y[i]);
          pen.moveTo(left + radius, top);
          pen.arc(left, top, radius, 0, 2 * Math.PI);
        }
        pen.fill();
      } else {
        for (const i of shown.get(own)) pen.fillRect(across(points.x[i]) - radius, down(points.y[i]) - radius, 2 * radius, 2 * radius);
      }
    }
    pen.globalAlpha = 1;
    if (lit <= PICTURES && state.zoom > 1.5) for (const [own, list] of shown) if (own !== OUT) list.forEach((i) => picture(pen, i, own));
    notice.textContent = `${lit.toLocaleString()} of ${points.number.toLocaleString()} photos in view`;
  }

  // Near enough, photos show themselves.
  function picture(pen, i, own) {
    const { points } = state, id = points.ids[i];
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
    const left = across(points.x[i]) - width / 2, top = down(points.y[i]) - height / 2;
    pen.drawImage(image, left, top, width, height);
    if (own < points.legend.length) {
      pen.strokeStyle = colour(points.legend[own]);
      pen.lineWidth = 3;
      pen.strokeRect(left, top, width, height);
    }
  }

  function outline(pen, look) {
    const { points } = state;
    pen.strokeStyle = look.getPropertyValue("--st-primary-color") || look.color;
    pen.lineWidth = 2;
    if (state.hovered >= 0) {
      pen.beginPath();
      pen.arc(across(points.x[state.hovered]), down(points.y[state.hovered]), 9, 0, 2 * Math.PI);
      pen.stroke();
    }
    const box = state.drag?.box ?? (state.area ? [across(state.area[0]), down(state.area[1]), across(state.area[2]), down(state.area[3])] : null);
    if (box) {
      pen.setLineDash([6, 4]);
      pen.strokeRect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
      pen.setLineDash([]);
    }
  }

  // --- moving about

  function bound() {
    state.zoom = Math.min(400, Math.max(1, state.zoom));
    const reach = SIDE / 2 + 1;
    state.x = Math.min(SIDE / 2 + reach, Math.max(SIDE / 2 - reach, state.x));
    state.y = Math.min(SIDE / 2 + reach, Math.max(SIDE / 2 - reach, state.y));
    leave();
    draw();
  }

  function zoom(factor, left = canvas.clientWidth / 2, top = canvas.clientHeight / 2) {
    const [x, y] = back(left, top);
    state.zoom = Math.min(400, Math.max(1, state.zoom * factor));
    const [now, below] = back(left, top);
    state.x += x - now;
    state.y += y - below;
    if (state.zoom === 1) state.x = state.y = SIDE / 2;
    bound();
  }

  function whole() {
    Object.assign(state, { x: SIDE / 2, y: SIDE / 2, zoom: 1 });
    bound();
  }

  function list([left, top, right, bottom]) {
    const within = (value) => Math.round(Math.min(SIDE, Math.max(0, value)));
    state.tell("area", [within(left), within(top), within(right), within(bottom)]);
  }

  // --- the pointer

  function under(left, top, reach = 12) {
    if (!state.points) return -1;
    const { points } = state;
    let best = -1, distance = reach * reach;
    const [x, y] = back(left, top), far = reach / scale();
    each([x - far, y - far, x + far, y + far], (i) => {
      if (points.classes[i] === OUT) return;
      const off = (across(points.x[i]) - left) ** 2 + (down(points.y[i]) - top) ** 2;
      if (off < distance) [best, distance] = [i, off];
    });
    return best;
  }

  function point(i) {
    if (i === state.hovered) return;
    state.hovered = i;
    stage.classList.toggle("pointing", i >= 0);
    preview.hidden = i < 0;
    if (i >= 0) {
      const { points } = state, left = across(points.x[i]), top = down(points.y[i]);
      const image = preview.querySelector("img"), own = points.legend[points.classes[i]];
      image.src = `/photo/${points.ids[i]}/preview`;
      preview.title = own?.label ?? "";
      // On the side where there is room.
      preview.style.left = left < canvas.clientWidth / 2 ? `${left + 16}px` : "";
      preview.style.right = left < canvas.clientWidth / 2 ? "" : `${canvas.clientWidth - left + 16}px`;
      preview.style.top = top < canvas.clientHeight / 2 ? `${top}px` : "";
      preview.style.bottom = top < canvas.clientHeight / 2 ? "" : `${canvas.clientHeight - top}px`;
    }
    mark();
  }

  function leave() {
    if (state.hovered >= 0) point(-1);
  }

  function where(event) {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  canvas.onpointerdown = (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    const [left, top] = where(event);
    state.pointers.set(event.pointerId, [left, top]);
    state.drag = { left, top, x: state.x, y: state.y, marking: state.marking || event.shiftKey, moved: false, box: null };
  };

  canvas.onpointermove = (event) => {
    const [left, top] = where(event), { drag } = state;
    if (!drag) {
      point(under(left, top));
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
      mark();
    } else {
      stage.classList.add("dragging");
      state.x = drag.x - (left - drag.left) / scale();
      state.y = drag.y - (top - drag.top) / scale();
      bound();
    }
  };

  // Two fingers apart: nearer.
  function pinch(event, left, top) {
    const other = [...state.pointers].find(([id]) => id !== event.pointerId)[1], before = state.pointers.get(event.pointerId);
    const apart = Math.hypot(left - other[0], top - other[1]), was = Math.hypot(before[0] - other[0], before[1] - other[1]);
    state.pointers.set(event.pointerId, [left, top]);
    state.drag.moved = true;
    state.drag.marking = false;
    if (was > 0) zoom(apart / was, (left + other[0]) / 2, (top + other[1]) / 2);
    Object.assign(state.drag, { left, top, x: state.x, y: state.y });
  }

  canvas.onpointerup = canvas.onpointercancel = (event) => {
    const { drag } = state;
    state.pointers.delete(event.pointerId);
    if (state.pointers.size) return;
    state.drag = null;
    stage.classList.remove("dragging");
    if (!drag || event.type === "pointercancel") return mark();
    if (drag.box) {
      const [left, top] = back(drag.box[0], drag.box[1]), [right, bottom] = back(drag.box[2], drag.box[3]);
      state.area = [left, top, right, bottom];
      list(state.area);
      mark();
    } else if (!drag.moved) {
      const [left, top] = where(event), i = under(left, top, event.pointerType === "touch" ? 22 : 12);
      if (i >= 0) state.tell("open", state.points.ids[i]);
    }
  };

  canvas.onpointerleave = leave;
  canvas.ondblclick = (event) => zoom(2, ...where(event));

  // The wheel turns the page, unless the map has been taken hold of: then, or with Ctrl, it zooms.
  canvas.onwheel = (event) => {
    if (!event.ctrlKey && !event.metaKey && canvas.getRootNode().activeElement !== canvas) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 400), ...where(event));
  };

  canvas.onkeydown = (event) => {
    const way = (canvas.clientWidth / 8) / scale();
    const moves = { ArrowLeft: [-way, 0], ArrowRight: [way, 0], ArrowUp: [0, -way], ArrowDown: [0, way] };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) {
      state.x += moves[event.key][0];
      state.y += moves[event.key][1];
      bound();
    } else if (event.key === "+" || event.key === "=") zoom(1.5);
    else if (event.key === "-") zoom(1 / 1.5);
    else if (event.key === "0") whole();
    else if (event.key === "Enter") list(view());
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  tools.onclick = (event) => {
    const what = event.target.closest("button")?.dataset.do;
    if (what === "move" || what === "mark") {
      state.marking = what === "mark";
      stage.classList.toggle("marking", state.marking);
      for (const button of tools.querySelectorAll("[aria-pressed]")) button.setAttribute("aria-pressed", (button.dataset.do === "mark") === state.marking);
    } else if (what === "in") zoom(1.5);
    else if (what === "out") zoom(1 / 1.5);
    else if (what === "whole") whole();
    else if (what === "list") list(view());
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
