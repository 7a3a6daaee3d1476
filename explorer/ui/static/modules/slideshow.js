// Shows the next photo every few seconds.

// Milliseconds that a photo is shown.
const SLIDE_TIME = 4000;

// next(): shows the next photo. ready(): whether the current one has been loaded; if not, the slideshow waits for it.
// onChange(): called when the slideshow starts or stops.
export function createSlideshow({ next, ready, onChange, setTimer = setTimeout, clearTimer = clearTimeout }) {
  let timer = null;

  function schedule() {
    clearTimer(timer);
    timer = setTimer(() => {
      if (ready()) next();
      if (timer !== null) schedule();
    }, SLIDE_TIME);
  }

  function stop() {
    if (timer === null) return;
    clearTimer(timer);
    timer = null;
    onChange();
  }

  function toggle() {
    if (timer !== null) return stop();
    schedule();
    onChange();
  }

  return {
    toggle, stop,
    // The user has changed the photo, so it gets its full time.
    restart() { if (timer !== null) schedule(); },
    get running() { return timer !== null; },
  };
}
