// Does something again after a while, once however often it is asked for; nothing after it was stopped.

// work(): what is done. alive(): whether it still makes sense.
export function createRetry(work, alive, delay, { setTimer = setTimeout, clearTimer = clearTimeout } = {}) {
  let timer = null;

  function stop() {
    if (timer !== null) clearTimer(timer);
    timer = null;
  }

  return {
    stop,
    // Returns whether it will be done.
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
