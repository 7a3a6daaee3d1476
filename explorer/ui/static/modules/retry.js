// Repeats some work after a delay, once however often it is scheduled, and not after it was stopped.

// work(): does the work. alive(): whether it still makes sense. delay: milliseconds.
export function createRetry(work, alive, delay, { setTimer = setTimeout, clearTimer = clearTimeout } = {}) {
  let timer = null;

  function stop() {
    if (timer !== null) clearTimer(timer);
    timer = null;
  }

  return {
    stop,
    // Returns whether the work will be done.
    schedule() {
      if (!alive()) return false;
      timer ??= setTimer(() => {
        timer = null;
        if (alive()) work();
      }, delay);
      return true;
    },
  };
}
