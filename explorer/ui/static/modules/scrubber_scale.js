// The scale of the scrubber: a track whose length stands for the height of the list.

import { monthOf, yearOf } from "./date_labels.js";

// The months of a list: [{ day, from, to, count, perDay }]: the number YYYYMM00, where they begin and end as fractions of
// the list's height, and the numbers of photos. layout: from `layoutList`.
export function monthsOnTrack({ sections, height }) {
  const months = [];
  for (const { day, headTop, start, stop } of sections) {
    if (day === null) continue;
    const own = monthOf(day) * 100;
    const last = months.at(-1);
    if (last && last.day === own) {
      last.count += stop - start;
      last.days += 1;
      continue;
    }
    if (last) last.to = headTop / height;
    months.push({ day: own, from: headTop / height, to: 1, count: stop - start, days: 1 });
  }
  const end = sections.find(({ day }) => day === null);
  if (months.length && end) months.at(-1).to = end.headTop / height;
  return months;
}

// The years to label on a track of that many pixels, at least `apart` pixels from each other: [{ year, at }].
export function yearTicks(months, pixels, apart) {
  const ticks = [];
  let lastYear = null;
  let lastAt = -Infinity;
  for (const { day, from } of months) {
    const year = yearOf(day);
    if (!year || year === lastYear) continue;
    lastYear = year;
    const at = from * pixels;
    if (at - lastAt < apart || at > pixels - apart / 2) continue;
    ticks.push({ year, at });
    lastAt = at;
  }
  return ticks;
}

// The number of the month at a fraction of the height, 0 to 1; the first of months beside each other.
export function monthAt(months, share) {
  let at = 0;
  for (let next = 1; next < months.length && months[next].from <= share; next++) {
    if (months[next].from > months[at].from) at = next;
  }
  return at;
}

// The month to which a key leads from one; null for other keys.
export function monthByKey(months, at, key) {
  const last = monthAt(months, 1);
  // Step to the next month that is not beside this one, or to the next month of another year.
  const step = (direction, differs) => {
    let to = at;
    while (months[to] && (months[to].from === months[at].from || !differs(months[to]))) to += direction;
    return monthAt(months, months[Math.min(Math.max(to, 0), last)].from);
  };
  const otherYear = ({ day }) => yearOf(day) !== yearOf(months[at].day);
  switch (key) {
    case "ArrowUp":
    case "ArrowLeft":
      return step(-1, () => true);
    case "ArrowDown":
    case "ArrowRight":
      return step(1, () => true);
    case "PageUp":
      return step(-1, otherYear);
    case "PageDown":
      return step(1, otherYear);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}
