import assert from "node:assert/strict";
import { test } from "node:test";
import { matchingPlaces } from "../../explorer/ui/static/modules/place_filter.js";

const place = (name, ...inside) => ({ name, inside });
const places = [
  place("France", place("Île-de-France", place("Paris"), place("Versailles"))),
  place("United States", place("Texas", place("Paris"), place("Austin"))),
];
const names = (found) => found.map((each) => [each.name, ...(each.inside.length ? [names(each.inside)] : [])]);

test("without a text, all places are shown", () => {
  assert.equal(matchingPlaces(places, " ".trim()), places);
});

test("a place is shown with what it lies in", () => {
  assert.deepEqual(names(matchingPlaces(places, "paris")), [
    ["France", [["Île-de-France", [["Paris"]]]]],
    ["United States", [["Texas", [["Paris"]]]]],
  ]);
});

test("a region is shown with everything in it, and accents and capitals do not matter", () => {
  assert.deepEqual(names(matchingPlaces(places, "ILE")), [["France", [["Île-de-France", [["Paris"], ["Versailles"]]]]]]);
});

test("an unknown name shows nothing", () => {
  assert.deepEqual(matchingPlaces(places, "atlantis"), []);
});
