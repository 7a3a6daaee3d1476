import assert from "node:assert/strict";
import { test } from "node:test";

import { GAP } from "../../explorer/ui/static/modules/justified_rows.js";
import {
  layoutList, nearestInNextRow, photosOfRow, rowOf, rowsBetween, sectionOf, sectionsBetween,
} from "../../explorer/ui/static/modules/list_layout.js";

// Numbers that look random and are the same in every run.
function randomNumbers(seed) {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

function list(seed, most = 400) {
  const random = randomNumbers(seed);
  const count = 1 + Math.floor(random() * most);
  const ratios = Float32Array.from({ length: count }, () => 0.3 + random() * 4.5);
  const sections = [];
  for (let start = 0; start < count; ) {
    const stop = Math.min(count, start + 1 + Math.floor(random() ** (seed % 2 ? 3 : 12) * 60));
    const large = random() < 0.4 ? "July 2020" : "";
    sections.push({ start, stop, day: 20200701, large, small: random() < 0.9 ? "1 Jul" : "", packed: random() < 0.8 });
    start = stop;
  }
  return { ratios, sections, width: 300 + Math.floor(random() * 1500), rowHeight: 80 + Math.floor(random() * 300) };
}

test("every photo has one place, within the width, and none overlap", () => {
  for (let seed = 1; seed < 60; seed++) {
    const { ratios, sections, width, rowHeight } = list(seed);
    const layout = layoutList(ratios, sections, width, rowHeight);
    const boxes = layout.rows.top.flatMap((top, row) =>
      photosOfRow(layout, ratios, row).map((photo) => ({ ...photo, top, bottom: top + layout.rows.height[row] })),
    );
    assert.deepEqual(boxes.map(({ index }) => index), Array.from(ratios, (_, index) => index));
    for (const box of boxes) {
      // A row whose only photo is wider than the page is cut off by it.
      assert.ok(box.left >= 0 && (box.left + box.width <= width + 0.01 || box.left === 0), `${seed}`);
      assert.ok(box.bottom <= layout.height + 0.01);
    }
    boxes.slice(1).forEach((box, at) => {
      const before = boxes[at];
      assert.ok(box.top >= before.bottom - 0.01 || box.left >= before.left + before.width + GAP - 0.01, `${seed} ${at}`);
    });
  }
});

test("headings stand above the photos of their section, and beside each other without overlap", () => {
  for (let seed = 1; seed < 60; seed++) {
    const { ratios, sections, width, rowHeight } = list(seed);
    const layout = layoutList(ratios, sections, width, rowHeight);
    layout.sections.forEach((section, at) => {
      assert.ok(section.headTop <= section.top && section.top <= layout.rows.top[rowOf(layout, section.start)]);
      const before = layout.sections[at - 1];
      if (before && before.top === section.top) assert.ok(section.left >= before.left + before.width);
      const month = layout.sections.slice(0, at).findLast(({ large }) => large);
      if (section.large && month?.headTop === section.headTop) assert.ok(section.left >= month.left + month.headWidth);
      if (section.large) assert.ok(section.left + section.headWidth <= width + 0.01);
      if (before) assert.ok(section.top >= before.top);
    });
  }
});

test("small days of a month share a row; a month begins a new one", () => {
  const ratios = Float32Array.of(1, 1, 1, 1);
  const day = (start, stop, large = "") => ({ start, stop, day: 1, large, small: "a day", packed: true });
  const { rows, sections } = layoutList(ratios, [day(0, 1, "July"), day(1, 2), day(2, 4, "June")], 700, 200);
  assert.equal(rows.top[0], rows.top[1]);
  assert.ok(rows.top[2] > rows.top[1] + 200);
  assert.ok(sections[1].left >= 200 && sections[2].left === 0);
});

test("small months share a row, too, with all of their days", () => {
  const ratios = new Float32Array(30).fill(1);
  const day = (start, stop, large = "") => ({ start, stop, day: 1, large, small: "a day", packed: true });
  const months = [day(0, 1, "July"), day(1, 2, "June"), day(2, 3), day(3, 20, "May"), day(20, 21, "April")];
  const { rows, sections } = layoutList(ratios, months, 1300, 200);
  assert.deepEqual(sections.slice(0, 3).map(({ headTop, top }) => [headTop, top]), [[0, 50], [0, 50], [50, 50]]);
  assert.equal(rows.top[0], rows.top[2]);
  // The heading of July has room.
  assert.ok(sections[1].left >= 225 && sections[1].headWidth >= 225);
  assert.ok(sections[3].headTop > rows.top[2] + 200 && sections[4].headTop > sections[3].top);
});

test("rows and headings of any stretch are found", () => {
  for (let seed = 1; seed < 40; seed++) {
    const { ratios, sections, width, rowHeight } = list(seed);
    const layout = layoutList(ratios, sections, width, rowHeight);
    const random = randomNumbers(seed + 1000);
    for (let turn = 0; turn < 20; turn++) {
      const top = random() * layout.height - 50;
      const bottom = top + random() * 900;
      const [first, last] = rowsBetween(layout, top, bottom, rowHeight);
      layout.rows.top.forEach((at, row) => {
        const meets = at <= bottom && at + layout.rows.height[row] >= top;
        if (meets) assert.ok(row >= first && row < last, `${seed} ${turn} ${row}`);
      });
      const [from, to] = sectionsBetween(layout, top, bottom);
      layout.sections.forEach(({ headTop, top: own }, at) => {
        if (own + 30 >= top && headTop <= bottom) assert.ok(at >= from && at < to);
      });
    }
  }
});

test("a photo's row and section are found", () => {
  const { ratios, sections, width, rowHeight } = list(7);
  const layout = layoutList(ratios, sections, width, rowHeight);
  for (let index = 0; index < ratios.length; index++) {
    const [row, section] = [rowOf(layout, index), sectionOf(layout, index)];
    assert.ok(layout.rows.start[row] <= index && index < layout.rows.stop[row]);
    assert.ok(sections[section].start <= index && index < sections[section].stop);
  }
});

test("up and down lead to the nearest photo of the next row and back", () => {
  const ratios = new Float32Array(12).fill(1);
  const layout = layoutList(ratios, [{ start: 0, stop: 12, day: null, large: "", small: "", packed: false }], 412, 100);
  assert.deepEqual(layout.rows.start, [0, 4, 8]);
  assert.equal(nearestInNextRow(layout, ratios, 5, 1), 9);
  assert.equal(nearestInNextRow(layout, ratios, 5, -1), 1);
  assert.equal(nearestInNextRow(layout, ratios, 1, -1), 1);
  assert.equal(nearestInNextRow(layout, ratios, 10, 1), 10);
});

test("an empty list has no height", () => {
  const layout = layoutList(new Float32Array(0), [], 1000, 200);
  assert.equal(layout.height, 0);
  assert.deepEqual(rowsBetween(layout, 0, 500, 200), [0, 0]);
});

test("a million photos are laid out without a noticeable pause", () => {
  const count = 1_000_000;
  const ratios = Float32Array.from({ length: count }, (_, at) => 0.7 + (at % 9) / 9);
  const sections = Array.from({ length: count / 100 }, (_, at) => ({
    start: at * 100, stop: at * 100 + 100, day: 1, large: at % 20 ? "" : "July", small: "a day", packed: true,
  }));
  layoutList(ratios, sections, 1300, 210);
  const start = process.cpuUsage();
  layoutList(ratios, sections, 1300, 210);
  // Processor time, as other programs may be running; with room for slow computers.
  assert.ok(process.cpuUsage(start).user < 500_000);
});
