// The positions of all photos and headings of a list of any length, computed from the photos' aspect ratios alone.

import { eachJustifiedRow, GAP, naturalWidth, shownRatio } from "./justified_rows.js";

// In pixels: the heights of a large heading (a month above its days) and of an ordinary one, their minimum widths, and the space
// between sections that share a row, between months that share a row, and between sections below each other.
const LARGE_HEADING = 50;
const HEADING = 34;
const MIN_LARGE_HEADING = 225;
const MIN_HEADING = 132;
const BESIDE = 26;
const BESIDE_MONTH = 44;
const BELOW = 10;

// Lay out a list.
//
// ratios: of all photos. sections: [{ start, stop, large, small, packed }], in order: a large heading and an ordinary
// one (`headingText` in list_sections.js), or "", and whether the section may share a row with others. Returns { height, rows, sections }: rows
// as parallel arrays { start, stop, top, left, height }, ordered by top; sections with { top, left, width, headTop,
// headWidth } added: the top and the width of its large heading, or the top of its only one.
export function layoutList(ratios, sections, width, rowHeight) {
  const rows = { start: [], stop: [], top: [], left: [], height: [] };
  const placed = [];
  // The row that small sections share: the tops of its headings, and how far it and its large headings extend; bottom: that
  // of everything placed so far.
  let [bandHead, bandTop] = [0, 0];
  let [filled, headEnd] = [-1, 0];
  let bottom = 0;

  const neededBy = ({ start, stop, small }) =>
    Math.max(naturalWidth(ratios, start, stop, rowHeight), small ? MIN_HEADING : 0);

  // The width of a month in one row, with all of its sections; Infinity if some of them need more rows.
  function monthWidth(at) {
    let sum = -BESIDE;
    for (let next = at; next === at || (next < sections.length && !sections[next].large); next++) {
      if (!sections[next].packed) return Infinity;
      sum += neededBy(sections[next]) + BESIDE;
      if (sum > width) return Infinity;
    }
    return Math.max(sum, MIN_LARGE_HEADING);
  }

  const addRow = (start, stop, top, left, height) => {
    rows.start.push(start);
    rows.stop.push(stop);
    rows.top.push(top);
    rows.left.push(left);
    rows.height.push(height);
  };

  // Each property is named: copying sections of thousands of days with `...` takes most of the time of a layout.
  const addSection = ({ start, stop, day, large, small, packed }, top, headTop, left, wide, headWidth) =>
    placed.push({ start, stop, day, large, small, packed, top, headTop, left, width: wide, headWidth });

  // The leftmost position at which a section can begin in the row that is being filled; −1 if it cannot share that row.
  function leftInBand(section, at, needed) {
    if (!section.packed || filled < 0) return -1;
    if (!section.large) return filled + BESIDE + needed <= width ? filled + BESIDE : -1;
    const before = bandTop - bandHead === LARGE_HEADING ? Math.max(filled, headEnd) + BESIDE_MONTH : Infinity;
    return before + monthWidth(at) <= width ? before : -1;
  }

  sections.forEach((section, at) => {
    const head = section.small ? HEADING : 0;
    const needed = neededBy(section);
    const month = section.large ? Math.min(width, monthWidth(at)) : 0;
    const left = leftInBand(section, at, needed);
    if (left >= 0) {
      addRow(section.start, section.stop, bandTop + head, left, rowHeight);
      addSection(section, bandTop, section.large ? bandHead : bandTop, left, needed, month);
      filled = left + needed;
      if (section.large) headEnd = left + MIN_LARGE_HEADING;
      return;
    }
    const headTop = placed.length ? bottom + BELOW : 0;
    const top = headTop + (section.large ? LARGE_HEADING : 0);
    bottom = top + head;
    if (section.packed && needed <= width) {
      addRow(section.start, section.stop, bottom, 0, rowHeight);
      [bandHead, bandTop, filled, headEnd] = [headTop, top, needed, MIN_LARGE_HEADING];
      bottom += rowHeight;
    } else {
      eachJustifiedRow(ratios, section.start, section.stop, width, rowHeight, (start, stop, height) => {
        addRow(start, stop, bottom, 0, height);
        bottom += height + GAP;
      });
      if (section.stop > section.start) bottom -= GAP;
      filled = -1;
    }
    addSection(section, top, headTop, 0, filled >= 0 ? needed : width, month);
  });
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

// The numbers of the rows that overlap a stretch of the list: [first, last).
export function rowsBetween({ rows }, top, bottom, rowHeight) {
  // No row is higher than rowHeight.
  let first = upperBound(rows.top, top - rowHeight);
  while (first < rows.top.length && rows.top[first] + rows.height[first] < top) first += 1;
  return [first, Math.max(first, upperBound(rows.top, bottom))];
}

// The numbers of the sections whose headings may be in a stretch of the list: [first, last).
export function sectionsBetween({ sections }, top, bottom) {
  const first = upperBound(sections, top, (each) => each.top + HEADING);
  return [first, Math.max(first, upperBound(sections, bottom, (each) => each.top - LARGE_HEADING))];
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
