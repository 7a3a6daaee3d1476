// Justified layout: rows of photos that fill the width, each photo in its own aspect ratio.

// Pixels between photos of a row.
export const GAP = 6;

// Beyond these, a panorama would fill a row alone and a narrow strip would vanish.
const MIN_RATIO = 0.4;
const MAX_RATIO = 4;

// Split photos into rows: [{ height, widths }], in pixels and in order. A row is as wide as the page
// and at most targetHeight high; the last row keeps targetHeight and may be shorter than the page.
export function justifiedRows(ratios, width, targetHeight) {
  const rows = [];
  let row = [];
  let sum = 0;
  const close = (height) => rows.push({ height, widths: row.map((ratio) => ratio * height) });
  for (const ratio of ratios) {
    const clamped = Math.min(MAX_RATIO, Math.max(MIN_RATIO, ratio));
    row.push(clamped);
    sum += clamped;
    const height = (width - GAP * (row.length - 1)) / sum;
    if (height <= targetHeight) {
      close(height);
      row = [];
      sum = 0;
    }
  }
  if (row.length) close(targetHeight);
  return rows;
}

// Split photos where one has a heading before it: [{ start, stop }], in order.
export function sections(photos) {
  const starts = photos.flatMap((photo, index) => (index === 0 || photo.heading ? [index] : []));
  return starts.map((start, index) => ({ start, stop: starts[index + 1] ?? photos.length }));
}

// The height that rows should have on a page of that width.
export function targetRowHeight(width) {
  if (width < 600) return 120;
  return width < 1100 ? 170 : 210;
}
