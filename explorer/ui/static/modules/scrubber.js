// The scrubber beside a list by date: months as bars whose length shows the number of photos per day, years as labels, and a
// thumb to drag. Keys move it by months and years.

import { monthLabel, photosLabel } from "./date_labels.js";
import { make } from "./element.js";
import { monthAt, monthByKey, monthsOnTrack, yearTicks } from "./scrubber_scale.js";

// Pixels between labels of years, and for the labels beside the bars if the track is wide enough.
const APART = 22;
const LABELS = 30;

// element: the one in `gallery.html`. go(share): scrolls to a fraction of the list's height. done(): called when the user lets go.
export function createScrubber(element, { go, done }) {
  const canvas = element.querySelector("canvas");
  const years = element.querySelector(".years");
  const thumb = element.querySelector(".thumb");
  const bubble = element.querySelector(".bubble");
  let months = [];
  let share = 0;
  let dragging = false;
  let frame = 0;

  function draw() {
    const { clientWidth: width, clientHeight: height } = element;
    if (element.hidden || !height) return;
    const scale = devicePixelRatio || 1;
    [canvas.width, canvas.height] = [width * scale, height * scale];
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    pen.fillStyle = getComputedStyle(element).color;
    const rate = ({ count, days }) => Math.sqrt(count / days);
    const most = Math.max(...months.map(rate), 1);
    const bars = width > 2 * LABELS - 10 ? width - LABELS : width;
    for (const month of months) {
      const length = 3 + (bars - 7) * (rate(month) / most);
      const bar = Math.max(1, (month.to - month.from) * height - 1);
      pen.globalAlpha = 0.32;
      pen.fillRect(width - length, month.from * height, length, bar);
    }
    years.replaceChildren(
      ...yearTicks(months, height, APART).map(({ year, at }) => make("span", { style: `top:${at}px` }, String(year))),
    );
    show(share);
  }

  function show(newShare) {
    share = Math.min(Math.max(newShare, 0), 1);
    if (element.hidden || !months.length) return;
    const at = monthAt(months, share);
    const label = monthLabel(months[at].day);
    thumb.style.top = bubble.style.top = `${share * 100}%`;
    if (bubble.textContent !== label) bubble.textContent = label;
    element.setAttribute("aria-valuenow", at);
    element.setAttribute("aria-valuetext", `${label}, ${photosLabel(months[at].count)}`);
  }

  function drag(event) {
    const box = element.getBoundingClientRect();
    share = Math.min(Math.max((event.clientY - box.top) / box.height, 0), 1);
    show(share);
    // Make at most one jump per frame.
    if (frame) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      go(share);
    });
  }

  element.onpointerdown = (event) => {
    if (event.button !== 0) return;
    dragging = true;
    element.classList.add("dragging");
    element.setPointerCapture(event.pointerId);
    element.focus();
    drag(event);
    event.preventDefault();
  };
  element.onpointermove = (event) => {
    if (dragging) drag(event);
  };
  element.onpointerup = element.onpointercancel = () => {
    if (!dragging) return;
    dragging = false;
    element.classList.remove("dragging");
    done();
  };
  element.onkeydown = (event) => {
    const to = months.length ? monthByKey(months, monthAt(months, share + 1e-9), event.key) : null;
    if (to === null || event.ctrlKey || event.metaKey || event.altKey) return;
    go(months[to].from);
    done();
    event.preventDefault();
    event.stopPropagation();
  };

  return {
    // Show another list, or none. layout: null hides the scrubber.
    use(layout) {
      months = layout ? monthsOnTrack(layout) : [];
      element.hidden = months.length < 2;
      element.setAttribute("aria-valuemin", 0);
      element.setAttribute("aria-valuemax", Math.max(0, months.length - 1));
      draw();
    },
    draw,
    // Move the thumb. share: the fraction of the list's height, 0 to 1.
    show: (newShare) => dragging || show(newShare),
    dragging: () => dragging,
  };
}
