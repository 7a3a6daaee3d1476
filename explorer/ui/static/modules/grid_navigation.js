// Moving through a grid of photos by keyboard.

// The index that a key leads to from `index`, or null for keys that do not move. inNextRow(direction): the photo below
// (1) or above (−1). screen: the number of photos that Page Up and Page Down skip.
export function targetIndex(key, index, count, inNextRow, screen = 1) {
  const last = count - 1;
  switch (key) {
    case "ArrowLeft":
      return Math.max(index - 1, 0);
    case "ArrowRight":
      return Math.min(index + 1, last);
    case "Home":
      return 0;
    case "End":
      return last;
    case "PageUp":
      return Math.max(index - screen, 0);
    case "PageDown":
      return Math.min(index + screen, last);
    case "ArrowUp":
      return inNextRow(-1);
    case "ArrowDown":
      return inNextRow(1);
    default:
      return null;
  }
}

// The lower and the higher of two positions.
export function indexRange(from, to) {
  return from < to ? [from, to] : [to, from];
}
