// The grid of photos. What is told to Python: `open` and `similar` (a photo's id, once), `selected` (ids, and of what they were chosen).
// Rows are as high as near as can be to `wanted`, and as wide as the page: each photo keeps its own shape.

const GAP = 6;

function rows(photos, width, wanted) {
  const found = [];
  let row = [], ratios = 0;
  for (const photo of photos) {
    // A panorama may not eat its row, nor a strip vanish.
    const ratio = Math.min(4, Math.max(0.4, photo.ratio));
    row.push([photo, ratio]);
    ratios += ratio;
    const height = (width - GAP * (row.length - 1)) / ratios;
    if (height <= wanted) {
      found.push([row, height]);
      row = [];
      ratios = 0;
    }
  }
  if (row.length) found.push([row, wanted]);
  return found;
}

export default function (component) {
  const { parentElement, data, setStateValue, setTriggerValue } = component;
  const grid = parentElement.querySelector(".gallery");
  const said = parentElement.querySelector(".said");
  const state = (grid.state ??= { selected: new Set(), anchor: null, signature: "", place: null, turn: null, photos: [], tiles: new Map() });
  state.send = setStateValue;
  state.open = setTriggerValue;
  grid.setAttribute("aria-label", data.label);
  grid.classList.toggle("selectable", data.actions);

  const moved = state.place !== data.place;
  if (moved || state.turn !== data.turn) {
    state.selected = new Set();
    state.anchor = null;
    said.textContent = "";
  }
  const signature = JSON.stringify(data.photos.map((p) => [p.id, p.src, p.badge, p.caption]));
  if (signature !== state.signature) {
    state.signature = signature;
    state.photos = data.photos;
    const ids = new Set(data.photos.map((p) => p.id));
    state.selected = new Set([...state.selected].filter((id) => ids.has(id)));
    state.anchor = null;
    draw();
  }
  mark();
  // Another search, or another page of it: seen from its beginning.
  if (moved && state.place !== null && grid.getBoundingClientRect().top < 0) grid.scrollIntoView({ block: "start" });
  state.place = data.place;
  state.turn = data.turn;

  // Tiles of photos that were here before stay as they are: nothing flickers when photos come or go.
  function draw() {
    const focused = grid.getRootNode().activeElement?.dataset?.id;
    const before = state.tiles;
    state.tiles = new Map();
    for (const photo of state.photos) {
      const key = `${photo.id} ${photo.src} ${photo.badge} ${photo.caption}`;
      state.tiles.set(key, before.get(key) ?? tile(photo));
    }
    grid.replaceChildren(...state.tiles.values());
    const again = [...grid.children].find((button) => button.dataset.id === focused);
    for (const button of grid.children) button.tabIndex = -1;
    const first = again ?? grid.children[0];
    if (first) first.tabIndex = 0;
    again?.focus({ preventScroll: true });
    layout();
  }

  function tile(photo) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "photo";
    button.dataset.id = photo.id;
    button.setAttribute("aria-label", photo.label);
    button.title = photo.label;
    const image = document.createElement("img");
    image.loading = "lazy";
    image.decoding = "async";
    image.alt = "";
    image.onload = () => image.classList.add("here");
    image.onerror = () => {
      const text = document.createElement("span");
      text.className = "broken";
      text.textContent = photo.label;
      image.replaceWith(text);
    };
    image.src = photo.src;
    const check = document.createElement("span");
    check.className = "check";
    check.title = "Select (or press X)";
    const similar = document.createElement("span");
    similar.className = "similar";
    similar.title = "More like this (or press M)";
    similar.textContent = "≈";
    button.append(image, check, similar);
    if (photo.badge) {
      const badge = document.createElement("span");
      badge.className = "badge";
      badge.textContent = photo.badge;
      button.append(badge);
    }
    if (photo.caption) {
      const caption = document.createElement("span");
      caption.className = "caption";
      caption.textContent = photo.caption;
      button.append(caption);
      button.setAttribute("aria-label", `${photo.label}: ${photo.caption}`);
    }
    return button;
  }

  function layout() {
    const width = grid.clientWidth;
    if (!width) return;
    const wanted = width < 600 ? 120 : width < 1100 ? 170 : 210;
    let number = 0;
    for (const [row, height] of rows(state.photos, width, wanted)) {
      for (const [, ratio] of row) {
        const button = grid.children[number++];
        // Rounded down: a row that is a hair too wide would wrap.
        button.style.width = `${Math.floor(ratio * height * 10) / 10 - 0.1}px`;
        button.style.height = `${Math.floor(height)}px`;
      }
    }
  }

  function mark() {
    for (const button of grid.children) {
      button.setAttribute("aria-pressed", state.selected.has(Number(button.dataset.id)));
    }
    grid.classList.toggle("choosing", state.selected.size > 0);
  }

  function select(change) {
    change(state.selected);
    mark();
    said.textContent = `${state.selected.size} selected`;
    clearTimeout(state.timer);
    // Python is told when the hand rests: every message runs the page once.
    const { place, turn } = state;
    state.timer = setTimeout(() => state.send("selected", { ids: [...state.selected], place, turn }), 250);
  }

  function span(from, to) {
    const [low, high] = from < to ? [from, to] : [to, from];
    return state.photos.slice(low, high + 1).map((photo) => photo.id);
  }

  // Once the lightbox that this opens is closed again, the keyboard goes on from the photo it was opened from.
  function open(number) {
    const id = String(state.photos[number].id);
    state.open("open", Number(id));
    clearInterval(state.returning);
    let seen = false, turns = 0;
    state.returning = setInterval(() => {
      if (document.querySelector('[role="dialog"]')) seen = true;
      else if (seen || ++turns > 100) {
        clearInterval(state.returning);
        const back = [...grid.children].findIndex((button) => button.dataset.id === id);
        if (seen && back >= 0 && grid.isConnected && document.activeElement === document.body) focus(back);
      }
    }, 150);
  }

  function numberOf(button) {
    return [...grid.children].indexOf(button);
  }

  function toggle(number) {
    const id = state.photos[number].id;
    state.anchor = number;
    select((chosen) => (chosen.has(id) ? chosen.delete(id) : chosen.add(id)));
  }

  function focus(number) {
    const to = grid.children[Math.min(Math.max(number, 0), grid.children.length - 1)];
    if (!to) return;
    for (const button of grid.children) button.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  }

  // The photo in the row above or below that lies nearest.
  function vertical(button, direction) {
    const here = button.getBoundingClientRect();
    const middle = here.left + here.width / 2;
    let best = null, bestRow = null, distance = Infinity;
    for (const other of grid.children) {
      const there = other.getBoundingClientRect();
      if (direction * (there.top - here.top) < 2) continue;
      if (bestRow !== null && direction * (there.top - bestRow) > 2) {
        if (direction > 0) break;
        continue;
      }
      if (bestRow === null || direction * (bestRow - there.top) > 2) {
        bestRow = there.top;
        distance = Infinity;
      }
      const off = Math.abs(there.left + there.width / 2 - middle);
      if (off < distance) {
        distance = off;
        best = other;
      }
    }
    return best ? numberOf(best) : null;
  }

  grid.onclick = (event) => {
    const button = event.target.closest(".photo");
    if (!button) return;
    const number = numberOf(button);
    for (const other of grid.children) other.tabIndex = -1;
    button.tabIndex = 0;
    if (event.target.closest(".similar")) {
      state.open("similar", state.photos[number].id);
    } else if (!data.actions) {
      open(number);
    } else if (event.shiftKey && state.anchor !== null) {
      select((chosen) => span(state.anchor, number).forEach((id) => chosen.add(id)));
    } else if (event.target.closest(".check") || event.ctrlKey || event.metaKey || event.shiftKey || state.selected.size) {
      toggle(number);
    } else {
      open(number);
    }
  };

  grid.onkeydown = (event) => {
    const button = event.target.closest(".photo");
    if (!button) return;
    const number = numberOf(button);
    const key = event.key;
    const steps = { ArrowLeft: number - 1, ArrowRight: number + 1, Home: 0, End: grid.children.length - 1 };
    if (key === "ArrowUp" || key === "ArrowDown") steps[key] = vertical(button, key === "ArrowDown" ? 1 : -1) ?? number;
    if (key in steps) {
      const to = Math.min(Math.max(steps[key], 0), grid.children.length - 1);
      if (event.shiftKey && data.actions) {
        state.anchor ??= number;
        select((chosen) => span(state.anchor, to).forEach((id) => chosen.add(id)));
      }
      focus(to);
    } else if (key === "Enter") {
      open(number);
    } else if (key === "m" && !event.ctrlKey && !event.metaKey) {
      state.open("similar", state.photos[number].id);
    } else if (!data.actions) {
      return;
    } else if (key === " " || (key === "x" && !event.ctrlKey && !event.metaKey)) {
      toggle(number);
    } else if (key === "a" && (event.ctrlKey || event.metaKey)) {
      select((chosen) => state.photos.forEach((photo) => chosen.add(photo.id)));
    } else if (key === "Escape" && state.selected.size) {
      select((chosen) => chosen.clear());
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  if (!state.observer) {
    state.observer = new ResizeObserver(() => layout());
    state.observer.observe(grid);
  }
  return () => {
    clearTimeout(state.timer);
  };
}
