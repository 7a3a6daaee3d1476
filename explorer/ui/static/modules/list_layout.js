// Where every photo and heading of a list is, for lists of any length: computed from the photos' shapes alone.

import { eachJustifiedRow, GAP, naturalWidth, shownRatio } from "./justified_rows.js";

// Pixels: heights of a large heading (a month above its days) and of an ordinary one, the least width of a heading, and
// the space between sections that share a row and between sections below each other.
export const LARGE_HEADING = 50;
export const HEADING = 34;
const MIN_HEADING = 132;
const BESIDE = 26;
const BELOW = 10;

// Lay out a list.
//
// ratios: of all photos. sections: [{ start, stop, large, small, packed }], in order: the text of a large heading and of
// an ordinary one, or "", and whether the section may share a row with others. Returns { height, rows, sections }: rows
// as parallel arrays { start, stop, top, left, height }, ordered by top; sections with { top, left, width, headTop }
// added, where headTop is the top of its first heading.
export function layoutList(ratios, sections, width, rowHeight) {
  const rows = { start: [], stop: [], top: [], left: [], height: [] };
  const placed = [];
  // The row that small sections share: its top, and how far it is filled; bottom: of all that is placed.
  let bandTop = 0;
  let filled = -1;
  let bottom = 0;

  const addRow = (start, stop, top, left, height) => {
    rows.start.push(start);
    rows.stop.push(stop);
    rows.top.push(top);
    rows.left.push(left);
    rows.height.push(height);
  };

  for (const section of sections) {
    const head = section.small ? HEADING : 0;
    const natural = naturalWidth(ratios, section.start, section.stop, rowHeight);
    const needed = Math.max(natural, section.small ? MIN_HEADING : 0);
    if (section.packed && !section.large && filled >= 0 && filled + BESIDE + needed <= width) {
      const left = filled + BESIDE;
      addRow(section.start, section.stop, bandTop + head, left, rowHeight);
      placed.push({ ...section, top: bandTop, headTop: bandTop, left, width: needed });
      filled = left + needed;
      continue;
    }
    const headTop = placed.length ? bottom + BELOW : 0;
    const top = headTop + (section.large ? LARGE_HEADING : 0);
    bottom = top + head;
    if (section.packed && needed <= width) {
      addRow(section.start, section.stop, bottom, 0, rowHeight);
      bandTop = top;
      filled = needed;
      bottom += rowHeight;
    } else {
      eachJustifiedRow(ratios, section.start, section.stop, width, rowHeight, (start, stop, height) => {
        addRow(start, stop, bottom, 0, height);
        bottom += height + GAP;
      });
      if (section.stop > section.start) bottom -= GAP;
      filled = -1;
    }
    placed.push({ ...section, top, headTop, left: 0, width: filled >= 0 ? needed : width });
  }
  return { height: bottom, rows, sections: placed };
}

// The first position of an ascending array whose value is greater than `value`.
export function upperBound(array, value, read = (each) => each) {
  let low = 0;
  let high = array.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (read(array[middle]) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

// The rows that reach into a stretch of the list: [first, last), by their numbers.
export function rowsBetween({ rows }, top, bottom, rowHeight) {
  // No row is higher than rowHeight.
  let first = upperBound(rows.top, top - rowHeight);
  while (first < rows.top.length && rows.top[first] + rows.height[first] < top) first += 1;
  return [first, Math.max(first, upperBound(rows.top, bottom))];
}

// The sections whose headings are in a stretch of the list: [first, last).
export function sectionsBetween({ sections }, top, bottom) {
  const first = upperBound(sections, top, (each) => each.headTop + LARGE_HEADING + HEADING);
  return [first, Math.max(first, upperBound(sections, bottom, (each) => each.headTop))];
}

// The number of the row with that photo.
export function rowOf({ rows }, index) {
  return Math.max(0, upperBound(rows.start, index) - 1);
}

// The number of the section with that photo.
export function sectionOf({ sections }, index) {
  return Math.max(0, upperBound(sections, index, (each) => each.start) - 1);
}

// The photos of a row: [{ index, left, width }].
export function photosOfRow({ rows }, ratios, row) {
  const photos = [];
  let left = rows.left[row];
  for (let index = rows.start[row]; index < rows.stop[row]; index++) {
    const width = shownRatio(ratios[index]) * rows.height[row];
    photos.push({ index, left, width });
    left += width + GAP;
  }
  return photos;
}

// The photo in the row above (direction −1) or below (direction 1) that is horizontally nearest; `index` itself if there
// is no such row.
export function nearestInNextRow(layout, ratios, index, direction) {
  const { rows } = layout;
  const here = rowOf(layout, index);
  const box = photosOfRow(layout, ratios, here).find((photo) => photo.index === index);
  const center = box.left + box.width / 2;
  let row = here;
  while (row >= 0 && row < rows.top.length && rows.top[row] === rows.top[here]) row += direction;
  if (row < 0 || row >= rows.top.length) return index;
  let best = index;
  let bestDistance = Infinity;
  for (const top = rows.top[row]; rows.top[row] === top; row += direction) {
    for (const photo of photosOfRow(layout, ratios, row)) {
      const distance = Math.abs(photo.left + photo.width / 2 - center);
      if (distance < bestDistance) [best, bestDistance] = [photo.index, distance];
    }
  }
  return best;
}
