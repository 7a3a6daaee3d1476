// Timers whose time passes by `tick`: those that are due are run in order.
export function fakeTimers() {
  const due = new Map();
  let last = 0;
  return {
    setTimer(work) {
      due.set(++last, work);
      return last;
    },
    clearTimer: (timer) => due.delete(timer),
    tick() {
      const ready = [...due.values()];
      due.clear();
      for (const work of ready) work();
    },
    get waiting() { return due.size; },
  };
}

export const settled = () => new Promise((resolve) => setImmediate(resolve));
