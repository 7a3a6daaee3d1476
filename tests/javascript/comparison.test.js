import assert from "node:assert/strict";
import { test } from "node:test";

import { comparisonRows, fileState, pictureCaption } from "../../explorer/ui/static/modules/comparison_table.js";
import {
  bestOrientation, laplacianVariance, meanDifference, sharpnessDiffers, writeDifference,
} from "../../explorer/ui/static/modules/image_comparison.js";

const FILE = {
  name: "a.jpg", folder: "/photos/2020/Lake", relation: "", width: 40, height: 30, size: "2 kB", bytes: 2000, format: "JPEG",
  taken: "", camera: "", holds: "", beside: "", facts: 6, note: "",
};
const gray = (...values) => new Uint8ClampedArray(values.flatMap((value) => [value, value, value, 255]));

test("the difference of pictures is a mean over their colors", () => {
  assert.equal(meanDifference(gray(10, 20), gray(10, 20)), 0);
  assert.equal(meanDifference(gray(10, 20), gray(16, 20)), 3);
});

test("the difference that is shown is amplified, and limited to white", () => {
  const target = new Uint8ClampedArray(8);
  writeDifference(gray(10, 0), gray(15, 200), target);
  assert.deepEqual([...target], [15, 15, 15, 255, 255, 255, 255, 255]);
});

test("another orientation has to fit much better than the one as it is", () => {
  assert.equal(bestOrientation([10, 5, 50, 50, 50, 50, 50, 50]), 1);
  assert.equal(bestOrientation([10, 7, 50, 50, 50, 50, 50, 50]), 0);
  assert.equal(bestOrientation([0, 0, 0, 0, 0, 0, 0, 0]), 0);
});

test("an edge is sharper than a slope, and a flat picture is not sharp at all", () => {
  const picture = (pixel) => gray(...Array.from({ length: 64 }, (_, i) => pixel(i % 8)));
  const flat = laplacianVariance(picture(() => 90), 8, 8);
  const slope = laplacianVariance(picture((x) => 20 * x), 8, 8);
  const edge = laplacianVariance(picture((x) => (x < 4 ? 0 : 140)), 8, 8);
  assert.ok(Math.abs(flat) < 1e-3 && Math.abs(slope) < 1e-3 && edge > 1000);
});

test("sharpness that is nearly the same is not pointed out", () => {
  assert.ok(!sharpnessDiffers(100, 99) && sharpnessDiffers(100, 97) && !sharpnessDiffers(0, 0));
});

test("the table says which file has more, and what is unknown", () => {
  const rows = comparisonRows(FILE, { ...FILE, width: 80, bytes: 1000, size: "1 kB", camera: "Canon", facts: 3 });
  const by = Object.fromEntries(rows.map((row) => [row.label, row]));
  assert.ok(by.Pixels.more < 0 && by["File size"].more > 0 && by["Metadata fields"].more > 0);
  assert.deepEqual([by.Camera.left, by.Camera.right], ["Unknown", "Canon"]);
  assert.equal(by.Format.more, 0);
  assert.ok(!("Contents" in by) && !("Note" in by) && "Sharpness" in by);
  assert.equal(comparisonRows(FILE, { ...FILE, holds: "2 pages" }).find((row) => row.label === "Contents").left, "one picture");
});

test("a file is kept, removed or protected, and only a keeper is marked as one", () => {
  assert.deepEqual(fileState({ keep: true }, true), { word: "keep", className: "keeper" });
  assert.deepEqual(fileState({ keep: true }, false), { word: "keep", className: "other" });
  assert.deepEqual(fileState({ goes: true }, true), { word: "remove", className: "remove" });
  assert.deepEqual(fileState({ protected: true, goes: false }, true), { word: "protected", className: "other" });
  assert.deepEqual(fileState({}, true), { word: "keep", className: "other" });
});

test("a caption names the last two folders, on Windows too", () => {
  assert.equal(pictureCaption("kept", FILE), "kept: a.jpg in 2020/Lake");
  assert.equal(pictureCaption("compared", { ...FILE, folder: "C:\\Photos\\2020\\Lake" }), "compared: a.jpg in 2020/Lake");
});
