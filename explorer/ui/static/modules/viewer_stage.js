// The photo itself: its preview, the picture above it, and the zoom.

import { make } from "./element.js";
import { listenForGestures } from "./stage_gestures.js";
import { fitScale, fittedView, isEnlarged, isFitted, limitView, panView, turnedSize, zoomViewAt } from "./viewer_zoom.js";

const KEY_ZOOM = 1.4;
const KEY_PAN = 120;
// Milliseconds that a photo must be viewed before its picture is loaded; while keys are held down, previews are enough.
const SETTLE = 90;

// images: from `createPhotoImages`. onSwipe(what): called with "previous", "next" or "close". onView(): called when the zoom has changed.
export function createStage({ images, onSwipe, onView, onLoaded }) {
  const frame = make("div", { class: "frame" });
  const note = make("p", { class: "note", role: "status" });
  const root = make("div", { class: "photo-stage" }, frame, note);
  const turnsOf = new Map();
  let entry = null, view = null, fitted = true, timer = 0, heat = null, settled = false, failed = "";

  const ratio = () => window.devicePixelRatio || 1;
  const area = () => ({ width: root.clientWidth, height: root.clientHeight });
  const turns = () => turnsOf.get(entry?.id) ?? 0;
  const size = () => turnedSize(entry, turns());
  const enlarged = () => Boolean(entry && view && isEnlarged(view, size(), area()));

  function show(next) {
    const same = entry?.id === next.id && entry.source === next.source;
    entry = next;
    if (same) return layout();
    clearTimeout(timer);
    settled = false;
    fitted = true;
    failed = "";
    heat = null;
    const image = images.preview(entry);
    image.className = "preview";
    frame.replaceChildren(image);
    frame.classList.remove("loaded", "crisp");
    say("");
    layout();
    if (!entry.source) return;
    timer = setTimeout(loadPicture, SETTLE);
  }

  async function loadPicture() {
    const mine = entry;
    const image = images.picture(mine);
    if (!image) {
      settled = true;
      say(mine.away ? "Its drive is not connected. This is the preview." : "");
      return onLoaded(mine);
    }
    frame.classList.add("loading");
    const shown = await image.ready;
    if (mine.id !== entry?.id) return;
    frame.classList.remove("loading");
    settled = true;
    if (shown) place(image);
    else fail(await images.failure(image), mine);
    onLoaded(mine);
    loadFull();
  }

  function place(image) {
    image.className = "picture";
    image.alt = entry.label;
    frame.querySelector(".picture")?.remove();
    frame.querySelector(".preview").after(image);
    frame.classList.add("loaded");
  }

  // Load the photo at full size if it is enlarged beyond the resolution of its picture.
  async function loadFull() {
    const mine = entry;
    if (!settled || failed || fitted || !frame.classList.contains("loaded")) return;
    const image = images.full(mine, Math.max(mine.width, mine.height) * view.scale * ratio());
    if (!image || image.isConnected) return;
    frame.classList.add("loading");
    const shown = await image.ready;
    if (mine.id !== entry?.id) return;
    frame.classList.remove("loading");
    if (shown) place(image);
    else fail(await images.failure(image), mine);
  }

  function fail(text, mine) {
    if (mine.id !== entry?.id) return;
    failed = text;
    say(text);
  }

  function say(text) {
    if (note.textContent !== text) note.textContent = text;
  }

  function layout() {
    if (!entry?.width || !root.clientWidth) return;
    view = fitted || !view ? fittedView(size(), area()) : limitView(view, size(), area(), ratio());
    fitted = isFitted(view, size(), area());
    frame.style.width = `${entry.width * view.scale}px`;
    frame.style.height = `${entry.height * view.scale}px`;
    frame.style.transform = `translate(-50%, -50%) translate(${view.x}px, ${view.y}px) rotate(${turns() * 90}deg)`;
    frame.classList.toggle("crisp", view.scale * ratio() >= 3 && !fitted);
    root.classList.toggle("enlarged", enlarged());
    onView();
  }

  function change(next) {
    if (!entry?.width) return;
    view = next;
    fitted = isFitted(view, size(), area());
    layout();
    loadFull();
  }

  const middle = { x: 0, y: 0 };
  const zoom = (factor, point = middle) => change(zoomViewAt(view, factor, point, size(), area(), ratio()));
  const pan = (across, down) => change(panView(view, across, down, size(), area(), ratio()));
  const fit = () => change(fittedView(size(), area()));
  const actual = (point = middle) => zoom(1 / ratio() / view.scale, point);
  // Switch between the whole photo and its actual pixels, or twice that size if the whole photo is at its actual pixels or larger.
  const toggle = (point) => (!fitted ? fit() : view.scale * ratio() > 0.9 ? zoom(2, point) : actual(point));

  function follow(across, down) {
    frame.style.translate = `${across}px ${Math.max(0, down)}px`;
  }

  listenForGestures(root, {
    enlarged, zoom, pan, toggle, follow, release: () => (frame.style.translate = ""), swipe: onSwipe,
  });
  new ResizeObserver(layout).observe(root);

  function setHeat(overlay) {
    if (overlay?.message) say(overlay.message);
    else if (!overlay && !failed && !entry?.away) say("");
    heat?.remove();
    heat = overlay?.url ? make("img", { class: "heat", src: overlay.url, alt: overlay.words }) : null;
    if (heat) {
      frame.append(heat);
      say(overlay.words);
    }
  }

  // Mark where a face is, { name, box }, or no face (null).
  function mark(face) {
    frame.querySelector(".face")?.remove();
    if (!face || !entry) return;
    const [left, top, width, height] = face.box.map((share) => `${100 * share}%`);
    const shown = make("div", { class: "face" }, make("span", {}, face.name));
    Object.assign(shown.style, { left, top, width, height });
    frame.append(shown);
  }

  // Show a text for a photo that cannot be shown.
  function clear(text) {
    clearTimeout(timer);
    entry = null;
    frame.replaceChildren();
    say(text);
  }

  return {
    root, show, clear, setHeat, mark, layout, say,
    commands: {
      zoomIn: () => zoom(KEY_ZOOM), zoomOut: () => zoom(1 / KEY_ZOOM), fit, actual: () => actual(),
      panLeft: () => pan(-KEY_PAN, 0), panRight: () => pan(KEY_PAN, 0), panUp: () => pan(0, -KEY_PAN), panDown: () => pan(0, KEY_PAN),
      rotate() {
        if (!entry) return;
        turnsOf.set(entry.id, (turns() + 1) % 4);
        fitted = true;
        layout();
      },
    },
    shows: (id) => entry?.id === id,
    get settled() { return settled || !entry; },
    get fitted() { return fitted; },
    // The zoom in percent of the actual pixels.
    get percent() { return entry && view ? Math.round(view.scale * ratio() * 100) : null; },
    get canShrink() { return Boolean(entry && view && view.scale > Math.min(fitScale(size(), area()), 1 / ratio()) * 1.001); },
  };
}
