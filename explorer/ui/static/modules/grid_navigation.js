// Moving through a grid of tiles by keyboard.

// The index that a key leads to from `index`, or null for keys that do not move. boxes: a function
// that returns the tiles' rectangles { left, top, width }, called for vertical moves only.
export function targetIndex(key, index, count, boxes) {
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
    case "ArrowUp":
      return nearestInNextRow(boxes(), index, -1);
    case "ArrowDown":
      return nearestInNextRow(boxes(), index, 1);
    default:
      return null;
  }
}

// The tile in the row above (direction −1) or below (direction 1) whose center is horizontally
// nearest; `index` itself if there is no such row.
export function nearestInNextRow(boxes, index, direction) {
  const here = boxes[index];
  const center = here.left + here.width / 2;
  let best = index;
  let bestTop = null;
  let bestDistance = Infinity;
  boxes.forEach((box, at) => {
    if (direction * (box.top - here.top) < 2) return;
    const beyond = bestTop === null ? -1 : direction * (box.top - bestTop);
    if (beyond > 2) return;
    const distance = Math.abs(box.left + box.width / 2 - center);
    if (beyond < -2 || bestTop === null || distance < bestDistance) {
      best = at;
      bestTop = box.top;
      bestDistance = distance;
    }
  });
  return best;
}

// Indices from one tile to another, both included, in ascending order.
export function indexRange(from, to) {
  const [low, high] = from < to ? [from, to] : [to, from];
  return Array.from({ length: high - low + 1 }, (_, at) => low + at);
}
