// The sections of a list, and their headings.

import { dayHeading, monthLabel, monthOf, yearOf } from "./date_labels.js";

// The sections of a list from its layout on the server: starts and days of the sections, what they have in common
// (`heading`), the number of good matches, and the heading of the other photos. The texts of headings (`large`, `small`) are
// "" or values for `headingText`, because few of thousands of days are ever seen.
export function listSections({ count, good, heading, others, starts, days }) {
  const sections = [];
  let lastMonth = null;
  starts.forEach((start, at) => {
    const stop = starts[at + 1] ?? good;
    const day = days[at];
    if (stop <= start) return;
    if (heading === "none") sections.push({ start, stop, day: null, large: "", small: "", packed: false });
    else if (heading === "month") {
      sections.push({ start, stop, day, large: "", small: () => monthLabel(day), packed: false });
    } else {
      const month = day ? monthOf(day) : -1;
      const large = month === lastMonth ? "" : () => monthLabel(day);
      const small = day ? () => dayHeading(day) : "";
      sections.push({ start, stop, day, large, small, packed: day > 0 });
      lastMonth = month;
    }
  });
  if (good < count) sections.push({ start: good, stop: count, day: null, large: "", small: others, packed: false });
  return sections;
}

// The text of a heading of a section.
export function headingText(heading) {
  return typeof heading === "function" ? heading() : heading;
}

// The sections of photos that come with the page: one without a heading; none if there are no photos.
export function givenSections(count) {
  return count ? [{ start: 0, stop: count, day: null, large: "", small: "", packed: false }] : [];
}

// The sections joined by month or year, in order: [{ day, start, count, cover }]. unit: "months" or "years". cover: the
// position of the photo in the middle of the largest section.
export function groupsOf(sections, unit) {
  const groups = [];
  const known = new Map();
  for (const { start, stop, day } of sections) {
    if (day === null) continue;
    const own = unit === "years" ? yearOf(day) * 10000 : monthOf(day) * 100;
    let group = known.get(own);
    if (!group) {
      group = { day: own, start, count: 0, cover: start, fullest: 0 };
      known.set(own, group);
      groups.push(group);
    }
    group.count += stop - start;
    if (stop - start > group.fullest) {
      group.fullest = stop - start;
      group.cover = start + ((stop - start) >> 1);
    }
  }
  return groups;
}

// The position of the first photo of the dated section nearest to a day; null if no section is dated.
export function positionOfDay(sections, wanted) {
  const time = (day) => yearOf(day) * 372 + ((monthOf(day) % 100) || 1) * 31 + (day % 100 || 1);
  let best = null;
  let least = Infinity;
  for (const { start, day } of sections) {
    const distance = day ? Math.abs(time(day) - time(wanted)) : Infinity;
    if (distance < least) [best, least] = [start, distance];
  }
  return best;
}
