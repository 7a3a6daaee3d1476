// Justified layout: rows of photos that fill the width, each photo in its own aspect ratio.

// Pixels between photos of a row.
export const GAP = 6;

// The limits of aspect ratios. Beyond them, a panorama would fill a row alone, and a narrow strip would vanish.
const MIN_RATIO = 0.4;
const MAX_RATIO = 4;

// The aspect ratio in which a photo is shown.
export function shownRatio(ratio) {
  return Math.min(MAX_RATIO, Math.max(MIN_RATIO, ratio));
}

// Split photos into rows and call add(start, stop, height) for each, in pixels and in order. A row is as wide as the
// page and at most targetHeight high; the last row keeps targetHeight and may be shorter than the page.
export function eachJustifiedRow(ratios, from, to, width, targetHeight, add) {
  let start = from;
  let sum = 0;
  for (let index = from; index < to; index++) {
    sum += shownRatio(ratios[index]);
    const height = (width - GAP * (index - start)) / sum;
    if (height <= targetHeight) {
      add(start, index + 1, height);
      start = index + 1;
      sum = 0;
    }
  }
  if (start < to) add(start, to, targetHeight);
}

// The width of one row with these photos at that height.
export function naturalWidth(ratios, from, to, height) {
  let sum = 0;
  for (let index = from; index < to; index++) sum += shownRatio(ratios[index]);
  return sum * height + GAP * (to - from - 1);
}

// The height that rows should have on a page of that width, unless the user has chosen one.
export function targetRowHeight(width) {
  if (width < 600) return 120;
  return width < 1100 ? 170 : 210;
}
