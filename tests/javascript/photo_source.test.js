import assert from "node:assert/strict";
import { test } from "node:test";

import { photoLabel } from "../../explorer/ui/static/modules/date_labels.js";
import { decodedRatios, givenSource, listSource } from "../../explorer/ui/static/modules/photo_source.js";

const photo = (id) => ({ id, ratio: 1, src: `/photo/${id}` });

// A server with a list of `total` photos, of which `sent` come with the page; keeps what was asked for.
function served(total, sent, status = 200) {
  const asked = [];
  const range = (from, count) => Array.from({ length: Math.max(0, Math.min(count, total - from)) }, (_, at) => photo(from + at));
  const layout = (count) => ({
    count, good: count, heading: "day", others: "", starts: [0], days: [20200101], ratios: btoa("\x80".repeat(count)),
  });
  globalThis.fetch = async (url) => {
    asked.push(url);
    const { pathname, searchParams } = new URL(url, "http://localhost");
    const number = (name) => Number(searchParams.get(name));
    const answers = {
      "/list/layout": () => layout(total),
      "/list/tiles": () => range(number("from"), number("count")),
      "/list/ids": () => range(number("from"), number("count")).map(({ id }) => id),
      "/list/known": () => searchParams.get("photo").split(",").map(Number).filter((id) => id < total),
      "/list/around": () => ({ index: number("photo") < total ? number("photo") : null }),
    };
    return { ok: status === 200, status, json: async () => answers[pathname]() };
  };
  return { asked, list: { key: "k", url: "/list/", total, layout: layout(sent), photos: range(0, sent) } };
}

function open(total, sent, status) {
  const { asked, list } = served(total, sent, status);
  const calls = { arrived: 0, failed: 0, gone: 0 };
  const count = (what) => () => (calls[what] += 1);
  const source = listSource(list, { arrived: count("arrived"), failed: count("failed"), gone: count("gone") });
  return { asked, calls, source };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("ratios are decoded to within a hundredth", () => {
  const ratios = decodedRatios(btoa(String.fromCharCode(0, 102, 255)));
  [0.4, 1.005, 4].forEach((expected, at) => assert.ok(Math.abs(ratios[at] / expected - 1) < 0.01));
});

test("photos that come with the page need no request", async () => {
  const source = givenSource([photo(7), photo(9)]);
  assert.deepEqual([source.total, source.photo(1).id, await source.positionOf(9), await source.positionOf(1)], [2, 9, 1, null]);
  assert.deepEqual(await source.ids(0, 2), [7, 9]);
});

test("the beginning of a list is there at once, and the layout of the whole on request", async () => {
  const { asked, source } = open(500, 60);
  assert.deepEqual([source.ratios.length, source.photo(59).id, source.photo(60)], [60, 59, undefined]);
  await source.load();
  // The gallery replaces its layout when it is ready to.
  assert.deepEqual([source.ratios.length, source.whole], [60, false]);
  source.adopt();
  assert.deepEqual([source.ratios.length, source.whole], [500, true]);
  assert.deepEqual(source.sections.map(({ start, stop }) => [start, stop]), [[0, 500]]);
  assert.deepEqual(asked, ["/list/layout"]);
  await source.load();
  assert.equal(asked.length, 1);
});

test("windows together are the whole list, each asked for once", async () => {
  const { asked, calls, source } = open(500, 60);
  for (let from = 0; from < 500; from += 37) source.need(from, from + 40);
  source.need(0, 500);
  await settled();
  assert.deepEqual(Array.from({ length: 500 }, (_, at) => source.photo(at).id), Array.from({ length: 500 }, (_, at) => at));
  assert.equal(new Set(asked).size, asked.length);
  assert.equal(calls.arrived, asked.length);
});

test("a short list asks for nothing", async () => {
  const { asked, source } = open(60, 60);
  source.need(0, 60);
  await source.load();
  assert.equal(await source.positionOf(3), 3);
  assert.equal(await source.positionOf(300), null);
  assert.deepEqual(asked, []);
});

test("a list that the server no longer knows is reported", async () => {
  const { calls, source } = open(500, 60, 410);
  await assert.rejects(source.load());
  source.need(100, 200);
  await settled();
  assert.ok(calls.gone >= 1);
  assert.equal(calls.failed, 0);
  assert.equal(source.photo(150), undefined);
});

test("a window that could not be fetched is reported, and fetched when it is needed again", async () => {
  const { calls, source } = open(500, 60);
  const served = globalThis.fetch;
  globalThis.fetch = async () => ({ ok: false, status: 503 });
  source.need(130, 200);
  await settled();
  assert.deepEqual([calls.failed, calls.gone, source.photo(150)], [1, 0, undefined]);
  globalThis.fetch = served;
  source.need(130, 200);
  await settled();
  assert.equal(source.photo(150).id, 150);
});

test("selected photos that have left the list are told, however many are selected", async () => {
  const { asked, source } = open(1200, 60);
  const ids = Array.from({ length: 1300 }, (_, at) => at);
  assert.deepEqual(await source.remaining(ids), ids.slice(0, 1200));
  assert.equal(asked.length, 3);
  assert.deepEqual(await givenSource([photo(7)]).remaining([7, 8]), [7]);
});

test("a photo's name says no more of its date than is known", () => {
  const taken = "2020-07-01T00:00:00";
  assert.equal(photoLabel({ name: "a.jpg", taken: null }), "a.jpg");
  assert.equal(photoLabel({ name: "a.jpg", taken, precision: "month" }), "a.jpg, July 2020");
  assert.equal(photoLabel({ name: "a.jpg", taken, precision: "year" }), "a.jpg, 2020");
  assert.match(photoLabel({ name: "a.jpg", taken, precision: "second" }), /^a\.jpg, July 1, 2020$/);
  assert.match(photoLabel({ name: "a.jpg", taken, source: "file" }), /own date\)$/);
});
