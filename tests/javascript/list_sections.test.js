import assert from "node:assert/strict";
import { test } from "node:test";

import { givenSections, groupsOf, headingText, listSections, positionOfDay } from "../../explorer/ui/static/modules/list_sections.js";
import { monthAt, monthByKey, monthsOnTrack, yearTicks } from "../../explorer/ui/static/modules/scrubber_scale.js";

const LIST = {
  count: 20, good: 17, heading: "day", others: "Other photos",
  starts: [0, 3, 5, 9, 12, 15], days: [20210714, 20210702, 20210700, 20210630, 20190000, 0],
};

test("the first day of a month has a large heading, and the photos that are no good match follow", () => {
  const sections = listSections(LIST);
  assert.deepEqual(sections.map(({ start, stop }) => [start, stop]), [[0, 3], [3, 5], [5, 9], [9, 12], [12, 15], [15, 17], [17, 20]]);
  assert.deepEqual(sections.map(({ large }) => headingText(large)), ["July 2021", "", "", "June 2021", "2019", "No date", ""]);
  assert.deepEqual(sections.slice(2, 3).map(({ small }) => headingText(small)), ["Day not known"]);
  assert.equal(headingText(sections[4].small), "Month not known");
  assert.equal(sections[5].small, "");
  assert.equal(sections[6].small, "Other photos");
});

test("by month there is one heading for each, and without dates none", () => {
  const months = listSections({ ...LIST, heading: "month", starts: [0, 9], days: [20210700, 20210600] });
  assert.deepEqual(months.map(({ small, large, packed }) => [headingText(small), large, packed]), [
    ["July 2021", "", false], ["June 2021", "", false], ["Other photos", "", false],
  ]);
  const [only] = listSections({ ...LIST, count: 17, heading: "none", starts: [0], days: [0] });
  assert.deepEqual([only.start, only.stop, only.small, only.day], [0, 17, "", null]);
});

test("without a good match there is only the heading of the others", () => {
  const sections = listSections({ ...LIST, good: 0, starts: [], days: [] });
  assert.deepEqual(sections.map(({ start, stop, small }) => [start, stop, small]), [[0, 20, "Other photos"]]);
});

test("photos that come with the page are one section", () => {
  assert.deepEqual(givenSections(4).map(({ start, stop, small }) => [start, stop, small]), [[0, 4, ""]]);
  assert.deepEqual(givenSections(0), []);
});

test("months and years hold all dated photos, with a cover from their fullest day", () => {
  const sections = listSections(LIST);
  const months = groupsOf(sections, "months");
  assert.deepEqual(months.map(({ day, start, count, cover }) => [day, start, count, cover]), [
    [20210700, 0, 9, 7], [20210600, 9, 3, 10], [20190000, 12, 3, 13], [0, 15, 2, 16],
  ]);
  const years = groupsOf(sections, "years");
  assert.deepEqual(years.map(({ day, count }) => [day, count]), [[20210000, 12], [20190000, 3], [0, 2]]);
  assert.equal(years.reduce((sum, { count }) => sum + count, 0), LIST.good);
});

test("a day leads to the nearest one that has photos", () => {
  const sections = listSections(LIST);
  assert.equal(positionOfDay(sections, 20210702), 3);
  assert.equal(positionOfDay(sections, 20210712), 0);
  assert.equal(positionOfDay(sections, 20300101), 0);
  assert.equal(positionOfDay(sections, 18000101), 12);
  assert.equal(positionOfDay([], 20200101), null);
});

const LAYOUT = {
  height: 1000,
  sections: [
    { day: 20210714, headTop: 0, start: 0, stop: 5 }, { day: 20210702, headTop: 100, start: 5, stop: 6 },
    { day: 20210101, headTop: 200, start: 6, stop: 60 }, { day: 20191231, headTop: 600, start: 60, stop: 70 },
    { day: null, headTop: 900, start: 70, stop: 75 },
  ],
};

test("the scrubber has a stretch for each month, by its height in the list", () => {
  const months = monthsOnTrack(LAYOUT);
  assert.deepEqual(months.map(({ day, from, to, count, days }) => [day, from, to, count, days]), [
    [20210700, 0, 0.2, 6, 2], [20210100, 0.2, 0.6, 54, 1], [20191200, 0.6, 0.9, 10, 1],
  ]);
  assert.deepEqual([0, 0.19, 0.2, 0.7, 1].map((share) => monthAt(months, share)), [0, 0, 1, 2, 2]);
  assert.deepEqual(monthsOnTrack({ height: 0, sections: [] }), []);
});

test("years are labelled where there is room for them", () => {
  const months = monthsOnTrack(LAYOUT);
  assert.deepEqual(yearTicks(months, 500, 20), [{ year: 2021, at: 0 }, { year: 2019, at: 300 }]);
  assert.deepEqual(yearTicks(months, 500, 400), [{ year: 2021, at: 0 }]);
});

test("keys move the scrubber by months and years", () => {
  const months = monthsOnTrack(LAYOUT);
  const to = (key, at) => monthByKey(months, at, key);
  assert.deepEqual([to("ArrowDown", 0), to("ArrowDown", 2), to("ArrowUp", 1), to("ArrowUp", 0)], [1, 2, 0, 0]);
  assert.deepEqual([to("PageDown", 0), to("PageUp", 2), to("Home", 2), to("End", 0)], [2, 1, 0, 2]);
  assert.equal(to("x", 0), null);
});

test("months beside each other are passed together", () => {
  const month = (day, from) => ({ day, from, to: from, count: 1, days: 1 });
  const months = [month(20210700, 0), month(20210600, 0.3), month(20210500, 0.3), month(20200400, 0.3), month(20200300, 0.8)];
  assert.deepEqual([0.2, 0.3, 0.5, 0.9].map((share) => monthAt(months, share)), [0, 1, 1, 4]);
  const to = (key, at) => monthByKey(months, at, key);
  assert.deepEqual([to("ArrowDown", 0), to("ArrowDown", 1), to("ArrowUp", 4), to("ArrowUp", 1)], [1, 4, 1, 0]);
  assert.deepEqual([to("PageDown", 0), to("PageUp", 4), to("End", 0)], [1, 1, 4]);
});
