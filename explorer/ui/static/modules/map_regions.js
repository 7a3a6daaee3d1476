// Decides which regions of the map show their names, and where. Regions are those of `map_overview.py`: { x, y, photos, box, name }.

import { photosLabel } from "./date_labels.js";

// From these zooms on, the next finer level of regions is shown.
const LEVEL_ZOOMS = [1.8, 3.6, 7.5];
// Pixels between two names, and the most names at once.
const GAP = 6;
const MAX_NAMES = 24;

// The level of detail for a zoom. levels: the number of levels.
export function levelOfZoom(zoom, levels) {
  return Math.min(levels - 1, LEVEL_ZOOMS.filter((from) => zoom >= from).length);
}

// The regions whose densest point is in view: [left, top, right, bottom] in units of the map.
export function regionsInView(regions, [left, top, right, bottom]) {
  return regions.filter(({ x, y }) => x >= left && x <= right && y >= top && y <= bottom);
}

// The positions of region names above their photos in a window of the given size, largest regions first, without overlaps:
// [{ region, left, top }], the top left corner of each. sizeOf(region): [width, height] of its name. toLeft, toTop: from `projection`.
// taken: boxes [left, top, right, bottom] that names must not cover.
export function placeNames(regions, { toLeft, toTop }, [width, height], sizeOf, taken = []) {
  const boxes = [...taken], placed = [];
  for (const region of regions) {
    if (placed.length === MAX_NAMES) break;
    const [wide, high] = sizeOf(region);
    const left = Math.max(GAP, Math.min(width - wide - GAP, toLeft(region.x) - wide / 2));
    const top = Math.max(GAP, Math.min(height - high - GAP, toTop(region.box[1]) - high - GAP));
    const box = [left - GAP, top - GAP, left + wide + GAP, top + high + GAP];
    if (boxes.some((other) => overlaps(box, other))) continue;
    boxes.push(box);
    placed.push({ region, left, top });
  }
  return placed;
}

function overlaps(one, other) {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}

// A description of a region in words.
export function regionInWords({ name, photos, facts }) {
  return [name, photosLabel(photos), ...facts].join(", ");
}
