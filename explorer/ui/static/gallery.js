// The grid of photos. It sends Python `open`, `similar` and `stack` (a photo's id, once) and `selected` (ids, with the
// place and turn of the page that they were selected on).

import { justifiedRows, sections, targetRowHeight } from "./modules/justified_rows.js";
import { indexRange, targetIndex } from "./modules/grid_navigation.js";

// Milliseconds without a change after which the selection is sent: every message runs the page once.
const SELECTION_DELAY = 250;

function span(className, text = "") {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = text;
  return made;
}

function makeTile(photo) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = photo.inside ? "photo inside" : "photo";
  button.dataset.id = photo.id;
  const name = photo.stack ? `${photo.label}, stack of ${photo.stack.size} photos` : photo.label;
  button.setAttribute("aria-label", photo.caption ? `${name}: ${photo.caption}` : name);
  button.title = photo.label;
  const image = document.createElement("img");
  image.loading = "lazy";
  image.decoding = "async";
  image.alt = "";
  image.onload = () => image.classList.add("here");
  image.onerror = () => image.replaceWith(span("broken", photo.label));
  image.src = photo.src;
  const check = span("check");
  check.title = "Select (x)";
  const similar = span("similar", "≈");
  similar.title = "More like this (m)";
  button.append(image, check, similar);
  if (photo.badge) button.append(span("badge", photo.badge));
  if (photo.caption) button.append(span("caption", photo.caption));
  if (photo.stack) markStack(button, photo.stack);
  return button;
}

function markStack(button, { size, opened }) {
  const mark = span("stack", size);
  mark.title = opened ? "Close the stack (s)" : `Show all ${size} (s)`;
  button.append(mark);
  button.classList.toggle("opened", opened);
  button.setAttribute("aria-expanded", opened);
  button.setAttribute("aria-keyshortcuts", "s");
}

function makeHeading(text) {
  const heading = document.createElement("h3");
  heading.textContent = text;
  return heading;
}

// What makes one tile differ from another.
function signatureOf({ id, src, badge, caption, stack, inside }) {
  return JSON.stringify([id, src, badge, caption, stack, inside]);
}

export default function (component) {
  const { parentElement, data, setStateValue, setTriggerValue } = component;
  const grid = parentElement.querySelector(".gallery");
  const announcement = parentElement.querySelector(".announcement");
  const state = (grid.state ??= {
    selected: new Set(), anchor: null, signature: "", place: null, turn: null, photos: [], tiles: new Map(), buttons: [],
  });
  state.sendState = setStateValue;
  state.sendTrigger = setTriggerValue;
  grid.setAttribute("aria-label", data.label);
  grid.classList.toggle("selectable", data.actions);

  const moved = state.place !== data.place;
  if (moved || state.turn !== data.turn) {
    state.selected = new Set();
    state.anchor = null;
    announcement.textContent = "";
  }
  const signature = JSON.stringify(data.photos.map((photo) => [signatureOf(photo), photo.heading]));
  if (signature !== state.signature) {
    state.signature = signature;
    state.photos = data.photos;
    const ids = new Set(data.photos.map((photo) => photo.id));
    state.selected = new Set([...state.selected].filter((id) => ids.has(id)));
    state.anchor = null;
    draw();
  }
  showSelection();
  // Another search or another page of results starts at its top.
  if (moved && state.place !== null && grid.getBoundingClientRect().top < 0) grid.scrollIntoView({ block: "start" });
  state.place = data.place;
  state.turn = data.turn;

  // Tiles of photos that stay are reused, so nothing flickers when photos are added or removed.
  function draw() {
    const focused = grid.getRootNode().activeElement?.dataset?.id;
    const before = state.tiles;
    state.tiles = new Map();
    const children = [];
    for (const photo of state.photos) {
      const key = signatureOf(photo);
      const tile = before.get(key) ?? makeTile(photo);
      state.tiles.set(key, tile);
      if (photo.heading) children.push(makeHeading(photo.heading));
      children.push(tile);
    }
    state.buttons = [...state.tiles.values()];
    grid.replaceChildren(...children);
    const again = state.buttons.find((button) => button.dataset.id === focused);
    makeTabStop(again ?? state.buttons[0]);
    again?.focus({ preventScroll: true });
    layout();
  }

  function layout() {
    const width = grid.clientWidth;
    if (!width) return;
    let index = 0;
    // Rows are filled anew below each heading.
    for (const { start, stop } of sections(state.photos)) {
      const ratios = state.photos.slice(start, stop).map((photo) => photo.ratio);
      for (const { height, widths } of justifiedRows(ratios, width, targetRowHeight(width))) {
        for (const tileWidth of widths) {
          const { style } = state.buttons[index++];
          // Rounded down: a row that is slightly too wide would wrap.
          style.width = `${Math.floor(tileWidth * 10) / 10 - 0.1}px`;
          style.height = `${Math.floor(height)}px`;
        }
      }
    }
  }

  function showSelection() {
    for (const button of state.buttons) {
      button.setAttribute("aria-pressed", state.selected.has(Number(button.dataset.id)));
    }
    grid.classList.toggle("choosing", state.selected.size > 0);
  }

  function changeSelection(change) {
    change(state.selected);
    showSelection();
    announcement.textContent = `${state.selected.size} selected`;
    clearTimeout(state.timer);
    const { place, turn } = state;
    state.timer = setTimeout(() => state.sendState("selected", { ids: [...state.selected], place, turn }), SELECTION_DELAY);
  }

  function addRange(from, to) {
    changeSelection((selected) => indexRange(from, to).forEach((index) => selected.add(state.photos[index].id)));
  }

  function toggle(index) {
    const id = state.photos[index].id;
    state.anchor = index;
    changeSelection((selected) => (selected.has(id) ? selected.delete(id) : selected.add(id)));
  }

  // Open the lightbox; once it is closed, focus the photo that it was opened from.
  function open(index) {
    const id = state.photos[index].id;
    state.sendTrigger("open", id);
    clearInterval(state.returning);
    let seen = false, turns = 0;
    state.returning = setInterval(() => {
      if (document.querySelector('[role="dialog"]')) seen = true;
      else if (seen || ++turns > 100) {
        clearInterval(state.returning);
        const back = state.buttons.findIndex((button) => button.dataset.id === String(id));
        if (seen && back >= 0 && grid.isConnected && document.activeElement === document.body) focus(back);
      }
    }, 150);
  }

  function indexOf(button) {
    return state.buttons.indexOf(button);
  }

  function makeTabStop(tile) {
    for (const button of state.buttons) button.tabIndex = -1;
    if (tile) tile.tabIndex = 0;
  }

  function focus(index) {
    const tile = state.buttons[index];
    if (!tile) return;
    makeTabStop(tile);
    tile.focus();
  }

  grid.onclick = (event) => {
    const button = event.target.closest(".photo");
    if (!button) return;
    const index = indexOf(button);
    makeTabStop(button);
    if (event.target.closest(".similar")) {
      state.sendTrigger("similar", state.photos[index].id);
    } else if (event.target.closest(".stack")) {
      state.sendTrigger("stack", state.photos[index].id);
    } else if (!data.actions) {
      open(index);
    } else if (event.shiftKey && state.anchor !== null) {
      addRange(state.anchor, index);
    } else if (event.target.closest(".check") || event.ctrlKey || event.metaKey || event.shiftKey || state.selected.size) {
      toggle(index);
    } else {
      open(index);
    }
  };

  grid.onkeydown = (event) => {
    const button = event.target.closest(".photo");
    if (!button) return;
    const index = indexOf(button);
    const key = event.key;
    const control = event.ctrlKey || event.metaKey;
    const boxes = () => state.buttons.map((tile) => tile.getBoundingClientRect());
    const target = targetIndex(key, index, state.buttons.length, boxes);
    if (target !== null) {
      if (event.shiftKey && data.actions) {
        state.anchor ??= index;
        addRange(state.anchor, target);
      }
      focus(target);
    } else if (key === "Enter") {
      open(index);
    } else if (key === "m" && !control) {
      state.sendTrigger("similar", state.photos[index].id);
    } else if (key === "s" && !control && state.photos[index].stack) {
      state.sendTrigger("stack", state.photos[index].id);
    } else if (!data.actions) {
      return;
    } else if (key === " " || (key === "x" && !control)) {
      toggle(index);
    } else if (key === "a" && control) {
      changeSelection((selected) => state.photos.forEach((photo) => selected.add(photo.id)));
    } else if (key === "Escape" && state.selected.size) {
      changeSelection((selected) => selected.clear());
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
