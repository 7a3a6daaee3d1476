// Draws boxes on a photo, by mouse, touch or keyboard, to search for what is in them.

import { make } from "./element.js";
import { boxBetween, describeBox, boxCoordinates, moveBox, resizeBox } from "./region_box.js";

// The fractions of the photo by which an arrow key moves an edge, alone and with Alt.
const BOX_STEP = 0.02;
const SMALL_BOX_STEP = 0.005;
const BOX_ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
// The first box for keyboard users.
const INITIAL_BOX = { left: 0.25, top: 0.25, width: 0.5, height: 0.5 };
const MAX_BOXES = 8;

// The boxes on the photo that was last drawn on. They outlive the elements, which a page may recreate at any run.
const drawing = { source: null, boxes: [] };

// Build the editor in `picker`. announcement: an element with texts for screen readers.
// photo: { source, src, label, width, height, preview }. add: whether boxes can be added to the current search.
// onPicked(boxes, add), onCancelled(): called with the user's decision. Returns a function that ends listening for keys.
export function editRegions({ picker, announcement, photo: data, add, onPicked, onCancelled }) {
  const state = { source: data.source, boxes: [], drag: null };
  build();
  // In the capture phase: the surrounding dialog or viewer would close at Escape, and step through photos at arrow keys.
  document.addEventListener("keydown", onKey, true);
  return () => document.removeEventListener("keydown", onKey, true);

  function build() {
    const image = make("img", { src: data.src, alt: data.label, draggable: "false", width: data.width, height: data.height });
    if (data.preview) image.style.backgroundImage = `url("${data.preview}")`;
    state.photo = make("div", { class: "photo" }, image);
    state.photo.style.setProperty("--ratio", data.width / data.height);
    state.photo.onpointerdown = onDown;
    state.photo.onpointermove = onMove;
    state.photo.onpointerup = state.photo.onpointercancel = onUp;
    state.search = make("button", { type: "button", class: "primary", onclick: () => send(false) }, "Search");
    state.add = make("button", { type: "button", onclick: () => send(true) }, "Add to this search");
    state.another = make("button", { type: "button", onclick: addBox }, "Another box");
    state.remove = make("button", { type: "button", onclick: () => removeBox(state.boxes.length - 1) }, "Remove box");
    const leave = make("button", { type: "button", onclick: cancel }, "Cancel");
    picker.replaceChildren(
      make("div", { class: "stage" }, state.photo),
      make("p", { class: "hint" }, "Drag a box around what you are looking for. Arrow keys move it, with Shift they resize it."),
      make("div", { class: "buttons" }, state.search, state.add, state.another, state.remove, leave),
    );
    if (drawing.source !== state.source) {
      drawing.source = state.source;
      // Offer keyboard users a box to start from; drawing one replaces it.
      drawing.boxes = [{ ...INITIAL_BOX, untouched: true }];
    }
    state.boxes = drawing.boxes;
    update();
    state.photo.querySelector(".box")?.focus();
  }

  function update() {
    const shown = [...state.photo.querySelectorAll(".box")];
    for (const [number, box] of state.boxes.entries()) {
      const element = shown[number] ?? makeBox();
      element.style.left = `${100 * box.left}%`;
      element.style.top = `${100 * box.top}%`;
      element.style.width = `${100 * box.width}%`;
      element.style.height = `${100 * box.height}%`;
      element.dataset.number = number;
      element.setAttribute("aria-label", `Box ${number + 1}: ${describeBox(box)}`);
    }
    for (const extra of shown.slice(state.boxes.length)) extra.remove();
    state.photo.classList.toggle("single", state.boxes.length === 1);
    state.search.disabled = state.boxes.length === 0;
    state.add.hidden = !add;
    state.add.disabled = state.boxes.length === 0;
    state.another.disabled = state.boxes.length >= MAX_BOXES;
    state.remove.disabled = state.boxes.length === 0;
  }

  function makeBox() {
    const element = make("div", { class: "box", tabindex: "0", role: "group", "aria-roledescription": "box" }, make("span", { class: "corner" }));
    state.photo.append(element);
    return element;
  }

  function at(event) {
    const frame = state.photo.getBoundingClientRect();
    return { x: (event.clientX - frame.left) / frame.width, y: (event.clientY - frame.top) / frame.height };
  }

  function onDown(event) {
    if (event.button !== 0 || state.drag) return;
    event.preventDefault();
    state.photo.setPointerCapture(event.pointerId);
    const element = event.target.closest(".box");
    const start = at(event);
    const number = element ? Number(element.dataset.number) : state.boxes.length;
    const untouched = state.boxes.findIndex((box) => box.untouched);
    if (!element && untouched < 0 && state.boxes.length >= MAX_BOXES) return;
    const what = !element ? "draw" : event.target.classList.contains("corner") ? "resize" : "move";
    state.drag = { pointer: event.pointerId, what, start, number, box: state.boxes[number], untouched, moved: false };
    element?.focus();
  }

  function onMove(event) {
    const drag = state.drag;
    if (!drag || event.pointerId !== drag.pointer) return;
    const now = at(event);
    const [across, down] = [now.x - drag.start.x, now.y - drag.start.y];
    if (!drag.moved && Math.hypot(across, down) < 0.01) return;
    // The untouched initial box gives way to the first one that is drawn, even inside it.
    if (!drag.moved && drag.untouched >= 0 && drag.what !== "resize") {
      Object.assign(drag, { what: "draw", number: drag.untouched });
    }
    drag.moved = true;
    if (drag.what === "draw") state.boxes[drag.number] = boxBetween(drag.start, now);
    else if (drag.what === "move") state.boxes[drag.number] = moveBox(drag.box, across, down);
    else state.boxes[drag.number] = resizeBox(drag.box, across, down);
    delete state.boxes[drag.number].untouched;
    update();
  }

  function onUp(event) {
    const drag = state.drag;
    if (!drag || event.pointerId !== drag.pointer) return;
    state.drag = null;
    if (drag.moved) focusBox(drag.number);
  }

  function focusBox(number) {
    const element = state.photo.querySelectorAll(".box")[number];
    element?.focus();
    if (element) announcement.textContent = element.getAttribute("aria-label");
  }

  function addBox() {
    state.boxes.push({ ...INITIAL_BOX });
    update();
    focusBox(state.boxes.length - 1);
  }

  function removeBox(number) {
    state.boxes.splice(number, 1);
    update();
    focusBox(Math.min(number, state.boxes.length - 1));
    announcement.textContent = "Box removed.";
  }

  function cancel() {
    drawing.source = null;
    onCancelled();
  }

  function send(toPresent) {
    drawing.source = null;
    onPicked(state.boxes.map(boxCoordinates), toPresent);
  }

  function onKey(event) {
    const inside = event.composedPath();
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopImmediatePropagation();
      cancel();
      return;
    }
    const element = inside.find((each) => each.classList?.contains("box") && picker.contains(each));
    const arrow = BOX_ARROWS[event.key];
    if (!element || event.ctrlKey || event.metaKey) return;
    const number = Number(element.dataset.number);
    if (arrow) {
      const step = event.altKey ? SMALL_BOX_STEP : BOX_STEP;
      const change = event.shiftKey ? resizeBox : moveBox;
      state.boxes[number] = change(state.boxes[number], arrow[0] * step, arrow[1] * step);
      delete state.boxes[number].untouched;
      update();
      announcement.textContent = element.getAttribute("aria-label");
    } else if (event.key === "Enter") send(false);
    else if (event.key === "Delete" || event.key === "Backspace") removeBox(number);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}
