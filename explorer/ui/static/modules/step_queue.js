// A queue of steps that were requested faster than the page can carry them out: each waits for the one before it.

// Milliseconds after which a step without a visible effect no longer blocks the next one.
const STEP_TIMEOUT = 5000;
// The maximum number of waiting steps; with more, the page would continue long after the key is released.
const MAX_WAITING = 20;

// shown() returns { open, photo, steps }: whether the dialog is open, the photo that it shows, or null, and
// the steps that are possible from there. press(step) presses the button of a step and returns false if the
// button cannot be pressed yet. now() returns the time in milliseconds.
export function createStepQueue({ shown, press, now }) {
  let waiting = [];
  let pressed = null;

  // Add a step. repeat: whether the key is held down; of such steps, at most one waits.
  function add(step, repeat = false) {
    if (waiting.length < (repeat ? 1 : MAX_WAITING)) waiting.push(step);
    advance();
  }

  // Carry out the next step if the page is ready for it; return whether steps are waiting.
  function advance() {
    const { open, photo, steps } = shown();
    if (!open) {
      waiting = [];
      pressed = null;
      return false;
    }
    if (photo === null) return waiting.length > 0;
    if (pressed && pressed.photo === photo && now() - pressed.at < STEP_TIMEOUT) {
      return waiting.length > 0;
    }
    pressed = null;
    // Drop steps that are impossible: before the first photo and after the last one.
    while (waiting.length && !steps.includes(waiting[0])) waiting.shift();
    if (waiting.length && press(waiting[0])) {
      waiting.shift();
      pressed = { photo, at: now() };
    }
    return waiting.length > 0;
  }

  return { add, advance };
}
