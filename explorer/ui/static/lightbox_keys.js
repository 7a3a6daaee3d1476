// The arrow keys of the lightbox press its Previous and Next buttons, one step at a time, as soon as they are enabled.

import { createStepQueue } from "./modules/step_queue.js";

const STEPS = { ArrowLeft: "previous", ArrowRight: "next" };
const PARTS = '[role="dialog"] .lightbox, [role="dialog"] .position';
// Milliseconds between checks of the dialog while steps are waiting.
const INTERVAL = 40;

function shown() {
  const position = document.querySelector('[role="dialog"] .position');
  return {
    open: document.querySelector(PARTS) !== null,
    photo: position?.dataset.photo ?? null,
    steps: (position?.dataset.steps ?? "").split(" "),
  };
}

function press(step) {
  const button = document.querySelector(`[role="dialog"] .st-key-lightbox-${step} button`);
  if (!button || button.disabled) return false;
  button.click();
  return true;
}

function isTyping(element) {
  return element instanceof HTMLElement && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));
}

export default function () {
  const queue = createStepQueue({ shown, press, now: () => performance.now() });
  let timer = 0;

  function advance() {
    timer = queue.advance() ? setTimeout(advance, INTERVAL) : 0;
  }

  function onKey(event) {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (isTyping(event.composedPath()[0]) || !document.querySelector(PARTS)) return;
    // In the region picker, the arrow keys move a box.
    if (document.querySelector('[role="dialog"] .st-key-region-picker')) return;
    event.preventDefault();
    // The gallery behind the dialog must not react as well.
    event.stopPropagation();
    queue.add(step, event.repeat);
    if (!timer) timer = setTimeout(advance, INTERVAL);
  }

  document.addEventListener("keydown", onKey, true);
  document.documentElement.dataset.lightboxKeys = "ready";
  return () => {
    document.removeEventListener("keydown", onKey, true);
    clearTimeout(timer);
    delete document.documentElement.dataset.lightboxKeys;
  };
}
