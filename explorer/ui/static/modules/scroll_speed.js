// Measures how fast a list is being scrolled.

// Milliseconds over which the speed is measured. They span several frames, so that one frame without movement does not count as rest.
const SPAN = 100;

// now(): the time in milliseconds.
export function createScrollSpeed(now = () => performance.now()) {
  let samples = [];

  return {
    // Forget earlier samples, because the view was moved to another place.
    reset() {
      samples = [];
    },
    // The speed at a position, in units of positions per second; 0 after a rest.
    at(position) {
      const time = now();
      samples = samples.filter((each) => time - each.time < SPAN);
      samples.push({ time, position });
      const [first] = samples;
      return time > first.time ? (Math.abs(position - first.position) / (time - first.time)) * 1000 : 0;
    },
  };
}
