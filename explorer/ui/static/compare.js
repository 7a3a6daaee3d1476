// One group: two photos seen alike. What is compared, how far it is zoomed and in which way it is shown stay here; what is decided goes to
// Python as one `act`.

const MODES = [["side", "Side by side", "s"], ["flicker", "Flicker", "f"], ["difference", "Difference", "d"]];
const KEYS = [
  ["← →", "previous, next group"], ["↑ ↓", "which file is compared"], ["Enter", "accept: what is marked is to go"], ["x", "mark or unmark"], ["m", "mark all others, or none"],
  ["p", "keep this one instead"], ["k", "keep the first one, where none is suggested"], ["n", "not duplicates"], ["a", "keep all"], ["l", "later"], ["u", "take the last decision or acceptance back"],
  ["s f d", "side by side, flicker, difference"], ["+ − 0", "zoom in, out, all"], ["1", "pixel for pixel"], ["?", "these keys"],
];
const SIDE = 768;

function make(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(given)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made[key] = value;
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

const loaded = new Map();

function load(address) {
  if (!loaded.has(address)) {
    if (loaded.size > 24) loaded.delete(loaded.keys().next().value);
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

// The eight ways a picture can lie: quarter turns, each also mirrored.
function drawn(image, width, height, way) {
  const canvas = make("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.translate(width / 2, height / 2);
  pen.rotate(((way % 4) * Math.PI) / 2);
  if (way >= 4) pen.scale(-1, 1);
  const [across, down] = way % 2 ? [height, width] : [width, height];
  pen.drawImage(image, -across / 2, -down / 2, across, down);
  return canvas;
}

function pixels(canvas) {
  return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
}

function apart(one, two) {
  let sum = 0;
  for (let i = 0; i < one.length; i += 4) sum += Math.abs(one[i] - two[i]) + Math.abs(one[i + 1] - two[i + 1]) + Math.abs(one[i + 2] - two[i + 2]);
  return sum / (one.length / 4) / 3;
}

// How the second lies, as seen from the first. As it is wins unless another way fits much better.
function wayOf(first, second) {
  const here = pixels(drawn(first, 32, 32, 0));
  const found = [0, 1, 2, 3, 4, 5, 6, 7].map((way) => apart(here, pixels(drawn(second, 32, 32, way))));
  const best = found.indexOf(Math.min(...found));
  return found[best] < 0.6 * found[0] ? best : 0;
}

// Variance of the Laplacian of the brightness (Pech-Pacheco et al. 2000), at one size for all: comparable within a group.
function sharpness(image) {
  const scale = 512 / Math.max(image.naturalWidth, image.naturalHeight);
  const width = Math.max(3, Math.round(image.naturalWidth * scale)), height = Math.max(3, Math.round(image.naturalHeight * scale));
  const data = pixels(drawn(image, width, height, 0));
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
  let sum = 0, squares = 0, number = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const value = 4 * grey[i] - grey[i - 1] - grey[i + 1] - grey[i - width] - grey[i + width];
      sum += value;
      squares += value * value;
      number++;
    }
  }
  return squares / number - (sum / number) ** 2;
}

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const root = parentElement.querySelector(".review");
  const said = parentElement.querySelector(".said");
  const state = (root.state ??= { mode: "side", other: 0, key: "", zoom: { scale: 1, x: 0.5, y: 0.5 }, help: false, drawing: 0 });
  state.send = setTriggerValue;
  root.setAttribute("aria-label", data.label);
  if (state.key !== data.key) {
    state.key = data.key;
    state.other = 0;
    state.busy = false;
    state.zoom = { scale: 1, x: 0.5, y: 0.5 };
    said.textContent = `${data.label}. ${data.because}`;
  }
  state.busy = false;
  const kept = data.items[0];
  const others = data.items.slice(1);
  state.other = Math.min(state.other, others.length - 1);
  data.ahead.forEach(load);

  function act(what, more = {}) {
    if (state.busy) return;
    // One at a time: the next key waits until the page shows what came of this one.
    state.busy = true;
    setTimeout(() => (state.busy = false), 1500);
    state.send("act", { what, key: data.key, turn: Math.random(), ...more });
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
    // Whoever goes from button to button by the keyboard stays where they are.
    if (focused) ([...root.querySelectorAll("button")].find((each) => nameOf(each) === focused && !each.disabled) ?? root).focus({ preventScroll: true });
    show(stage, number);
  }

  // What tells a button from the others though its words change.
  function nameOf(element) {
    if (!element || element.tagName !== "BUTTON" || !root.contains(element)) return null;
    return element.dataset.what ?? element.getAttribute("aria-label") ?? element.textContent;
  }

  function toggleHelp() {
    state.help = !state.help;
    draw();
    if (state.help) root.querySelector(".keys").scrollIntoView({ block: "center" });
  }

  const kind = data.keeps ? "kept" : "first";

  function head() {
    return make("div", { class: "head" },
      make("button", { type: "button", "aria-label": "Previous group", title: "Previous group (←)", onclick: () => act("previous") }, "‹"),
      make("strong", {}, data.label),
      make("button", { type: "button", "aria-label": "Next group", title: "Next group (→)", onclick: () => act("next") }, "›"),
      make("span", { class: "because" }, data.because),
      ...(other()?.stays ? [make("span", { class: "stays" }, `${other().name} stays: ${other().stays}.`)] : []),
    );
  }

  function members() {
    return make("div", { class: "members", role: "group", "aria-label": "Files of this group" }, ...data.items.map((item, at) => {
      const chosen = at === 0 || at - 1 === state.other;
      const word = item.keep ? (data.keeps ? "keep" : "stays") : item.protected ? "protected" : item.goes ? "goes" : "stays";
      return make("button", {
        type: "button", class: `member ${word}`, "aria-pressed": String(chosen), title: `${item.folder}/${item.name}`,
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
      make("button", { type: "button", title: "Keys (?)", "aria-expanded": String(state.help), onclick: toggleHelp }, "Keys"),
    );
  }

  async function show(stage, number) {
    const [first, second] = await Promise.all([picture(kept), other() ? picture(other()) : null]);
    if (number !== state.drawing) return;
    measure(first, second);
    state.full = first ? first.naturalWidth : 0;
    if (!first || !second) {
      const gone = !first ? kept : other();
      stage.append(make("p", { class: "absent" }, `${gone ? gone.name : "The file"} cannot be shown: it was moved, or its drive is away.`));
      return;
    }
    const way = wayOf(first, second);
    const ratio = first.naturalHeight / first.naturalWidth;
    stage.style.setProperty("--ratio", ratio);
    if (state.mode === "side") {
      stage.append(pane(first, kept, kind), pane(second, other(), "compared", way));
    } else {
      const width = Math.round(ratio > 1 ? SIDE / ratio : SIDE), height = Math.round(ratio > 1 ? SIDE : SIDE * ratio);
      if (state.mode === "difference") {
        stage.append(pane(difference(first, second, way, width, height), null, "difference"));
      } else {
        const top = drawn(second, width, height, way);
        const whole = pane(drawn(first, width, height, 0), kept, kind, 0, top);
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

  // With the folders it lies in: of files with one name these are what tells them apart.
  function called(what, item) {
    return `${what}: ${item.name} in ${item.folder.split(/[\\/]/).slice(-2).join("/")}`;
  }

  // A picture in a frame that cuts it off; all frames are moved alike.
  function pane(image, item, name, way = 0, top = null) {
    const shown = image instanceof HTMLCanvasElement ? image : image.cloneNode();
    shown.className = "picture";
    shown.draggable = false;
    if (!(shown instanceof HTMLCanvasElement)) shown.alt = item ? item.name : "";
    const frame = make("div", { class: "frame" }, shown);
    if (way && !(shown instanceof HTMLCanvasElement)) {
      const ratio = image.naturalHeight / image.naturalWidth;
      const width = SIDE, height = Math.round(way % 2 ? SIDE / ratio : SIDE * ratio);
      const turned = drawn(image, width, height, way);
      turned.className = "picture";
      turned.setAttribute("role", "img");
      turned.setAttribute("aria-label", `${item.name}, turned like the other`);
      frame.replaceChildren(turned);
    }
    if (top) {
      top.className = "picture top";
      frame.append(top);
    }
    const text = name === "difference" ? "difference, three times as strong" : called(name, item) + (way ? " (turned like the other)" : "");
    return make("figure", { class: name }, make("figcaption", { title: item ? `${item.folder}/${item.name}` : null }, text), frame);
  }

  function blink(figure, top) {
    const caption = figure.querySelector("figcaption");
    const turn = () => {
      state.second = !state.second;
      top.style.visibility = state.second ? "visible" : "hidden";
      caption.textContent = state.second ? called("compared", other()) : called(kind, kept);
    };
    state.second = false;
    top.style.visibility = "hidden";
    caption.textContent = called(kind, kept);
    figure.onclick = turn;
    // For those who asked their system for less movement, it changes on a click alone.
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) state.blinking = setInterval(turn, 700);
  }

  function difference(first, second, way, width, height) {
    const one = drawn(first, width, height, 0), two = drawn(second, width, height, way);
    const a = pixels(one), b = pixels(two);
    const pen = one.getContext("2d");
    const made = pen.createImageData(width, height);
    for (let i = 0; i < a.length; i += 4) {
      for (let c = 0; c < 3; c++) made.data[i + c] = Math.min(255, 3 * Math.abs(a[i + c] - b[i + c]));
      made.data[i + 3] = 255;
    }
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.putImageData(made, 0, 0);
    one.setAttribute("role", "img");
    one.setAttribute("aria-label", `Difference of ${kept.name} and ${other().name}: ${apart(a, b).toFixed(1)} of 255 on average`);
    return one;
  }

  function place() {
    const { scale, x, y } = state.zoom;
    for (const shown of root.querySelectorAll(".picture")) {
      shown.style.transform = `translate(${(0.5 - x) * scale * 100}%, ${(0.5 - y) * scale * 100}%) scale(${scale})`;
    }
    const output = root.querySelector(".scale");
    if (output) output.textContent = `${scale.toFixed(1)}×`;
  }

  function zoom(by) {
    state.zoom.scale = Math.min(32, Math.max(1, state.zoom.scale * by));
    hold();
    place();
  }

  function hold() {
    const room = 0.5 / state.zoom.scale;
    state.zoom.x = Math.min(1 - room, Math.max(room, state.zoom.x));
    state.zoom.y = Math.min(1 - room, Math.max(room, state.zoom.y));
  }

  function fit() {
    state.zoom = { scale: 1, x: 0.5, y: 0.5 };
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
      from = { x: event.clientX, y: event.clientY, zoom: { ...state.zoom } };
      stage.setPointerCapture(event.pointerId);
    };
    stage.onpointermove = (event) => {
      const frame = stage.querySelector(".frame");
      if (!from || !frame) return;
      state.zoom.x = from.zoom.x - (event.clientX - from.x) / (frame.clientWidth * state.zoom.scale);
      state.zoom.y = from.zoom.y - (event.clientY - from.y) / (frame.clientHeight * state.zoom.scale);
      hold();
      place();
    };
    stage.onpointerup = stage.onpointercancel = () => (from = null);
  }

  function measure(first, second) {
    const found = [first, second].map((image) => (image ? sharpness(image) : null));
    const cells = root.querySelectorAll("[data-sharp]");
    cells.forEach((cell, at) => (cell.textContent = found[at] === null ? "" : found[at].toFixed(0)));
    if (found[0] !== null && found[1] !== null && Math.abs(found[0] - found[1]) > 0.02 * Math.max(...found)) {
      cells[0].closest("tr").classList.add("differs");
      cells[found[0] > found[1] ? 0 : 1].classList.add("more");
    }
  }

  function table() {
    const one = kept, two = other() ?? kept;
    const rows = [
      ["How it differs", "", two.relation, 0],
      ["Pixels", `${one.width} × ${one.height}`, `${two.width} × ${two.height}`, one.width * one.height - two.width * two.height],
      ["Bytes", one.size, two.size, one.bytes - two.bytes],
      ["Format", one.format, two.format, 0],
      ["Taken", one.taken || "no date", two.taken || "no date", 0],
      ["Camera", one.camera || "not said", two.camera || "not said", 0],
      ...(one.holds || two.holds ? [["Contents", one.holds || "one picture", two.holds || "one picture", 0]] : []),
      ["Facts it carries", String(one.facts), String(two.facts), one.facts - two.facts],
      ...(one.beside || two.beside ? [["Belongs to it", one.beside || "nothing", two.beside || "nothing", 0]] : []),
      ["Folder", one.folder, two.folder, 0],
      ["Name", one.name, two.name, 0],
    ];
    const body = rows.map(([label, left, right, more]) => make("tr", { class: left === right ? "" : "differs" },
      make("th", { scope: "row" }, label),
      make("td", { class: more > 0 ? "more" : "" }, left),
      make("td", { class: more < 0 ? "more" : "" }, right),
    ));
    body.splice(6, 0, make("tr", {}, make("th", { scope: "row", title: "Variance of the Laplacian at 512 pixels" }, "Sharpness"),
      make("td", { "data-sharp": "1" }), make("td", { "data-sharp": "2" })));
    const notes = [one.note, two.note].some(Boolean)
      ? [make("tr", { class: "differs" }, make("th", { scope: "row" }, "Note"), make("td", {}, one.note), make("td", {}, two.note))] : [];
    return make("div", { class: "scroll" }, make("table", {},
      make("thead", {}, make("tr", {}, make("td", {}), make("th", { scope: "col" }, data.keeps ? "Kept" : "First"), make("th", { scope: "col" }, "Compared"))),
      make("tbody", {}, ...body, ...notes),
    ));
  }

  function buttons() {
    const item = other();
    const marked = others.filter((each) => each.goes).length;
    const one = (label, key, what, more = {}) => make("button", { type: "button", title: key ? `Key: ${key}` : "", "data-what": what, onclick: () => act(what), ...more }, label);
    return make("div", { class: "buttons" },
      one(data.accepted ? "Accepted: take back" : marked ? `Accept: ${marked} of ${data.items.length} to go` : "Nothing is marked", "Enter", data.accepted ? "back" : "accept",
        { class: "primary", disabled: !data.accepted && !marked }),
      one(item && item.goes ? "Don't remove this one" : "Mark this one", "x", "mark", { disabled: !item || Boolean(item.stays), title: item?.stays ? `It stays: ${item.stays}` : "Key: x", onclick: () => act("mark", { file: item.file }) }),
      ...(others.filter((each) => !each.stays).length > 1 ? [one(marked ? "Mark none" : "Mark all others", "m", "markall")] : []),
      ...(data.suggested ? [] : [one("Keep the first one", "k", "keep", { disabled: kept.link, onclick: () => act("keep", { file: kept.file }) })]),
      one(data.suggested ? "Keep this one instead" : "Keep this one", "p", "keep", { disabled: !item || item.link, onclick: () => act("keep", { file: item.file }) }),
      ...(data.tier === "identical" ? [] : [one("Not duplicates", "n", "apart")]),
      one("Keep all", "a", "all"),
      one("Later", "l", "later"),
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

  // A key that comes while the page has not shown yet what came of the last one: it is for this group, or goes to another one.
  function wait(event) {
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
      // A button that has the focus is pressed by it, as everywhere.
      if (at instanceof HTMLElement && at.closest("button, a, summary")) return;
      if (state.busy) return wait(event);
      if (data.accepted) act("next");
      else if (others.some((each) => each.goes)) act("accept");
    } else if (event.key in keys) {
      if (event.key.startsWith("Arrow") && at instanceof HTMLElement && at.closest('[role="radiogroup"], [role="tablist"], [role="slider"]')) return;
      if (state.busy && /^([xmpknalu]|Arrow(Left|Right))$/.test(event.key)) return wait(event);
      keys[event.key]();
      // Whoever uses these keys means the group: a button elsewhere that was clicked before is not pressed by the next Enter.
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
  if (waiting && Date.now() - waiting.at < 3000 && (waiting.group === data.key || waiting.event.key.startsWith("Arrow"))) onKey(waiting.event);
  return () => {
    document.removeEventListener("keydown", onKey);
    clearInterval(state.blinking);
  };
}
