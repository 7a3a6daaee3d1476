// The pictures of a group of duplicates: two files side by side, flickering, or their difference.

import { pictureCaption } from "./comparison_table.js";
import { numberLabel } from "./date_labels.js";
import { make } from "./element.js";
import { meanDifference, sharpnessDiffers, writeDifference } from "./image_comparison.js";
import { drawOriented, orientationOf, pictureOf, pixelsOf, sharpnessOf } from "./picture_canvas.js";
import { WHOLE, cssTransform, dragBy, zoomBy } from "./zoom.js";

// The longer side, in pixels, of pictures that are drawn on top of each other.
const SIDE = 768;

// review: { root, state, kept, other(), role }: the element of the whole review; the state that outlives a run of the page (`mode`,
// `zoom`, and `drawing`, the number of the latest drawing); the two files; and the role of the first one.
export function createComparisonStage({ root, state, kept, other, role }) {
  async function show(stage, number) {
    const [first, second] = await Promise.all([pictureOf(kept), other() ? pictureOf(other()) : null]);
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
    const onePixels = pixelsOf(one), twoPixels = pixelsOf(two);
    const context = one.getContext("2d");
    const result = context.createImageData(width, height);
    writeDifference(onePixels, twoPixels, result.data);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.putImageData(result, 0, 0);
    one.setAttribute("role", "img");
    one.setAttribute("aria-label", `Difference of ${kept.name} and ${other().name}: ${numberLabel(meanDifference(onePixels, twoPixels), 1)} of 255 on average`);
    return one;
  }

  function place() {
    for (const shown of root.querySelectorAll(".picture")) shown.style.transform = cssTransform(state.zoom);
    const output = root.querySelector(".scale");
    if (output) output.textContent = `${numberLabel(state.zoom.scale, 1)}×`;
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
    const found = [first, second].map((image) => (image ? sharpnessOf(image) : null));
    const cells = root.querySelectorAll("[data-sharp]");
    cells.forEach((cell, at) => (cell.textContent = found[at] === null ? "" : numberLabel(found[at])));
    if (found[0] !== null && found[1] !== null && sharpnessDiffers(...found)) {
      cells[0].closest("tr").classList.add("differs");
      cells[found[0] > found[1] ? 0 : 1].classList.add("more");
    }
  }

  return { show, zoom, fit, full };
}
