// The sources of a gallery's photos: all of them sent with the page, or a list of any length that is read in windows.

import { givenSections, listSections } from "./list_sections.js";

// The number of photos in one window, and the most windows that are kept.
const WINDOW = 120;
const MAX_WINDOWS = 60;
// The most photos in one request for those that remain.
const MAX_REQUESTED = 500;
// Aspect ratios are sent as one byte each, on a logarithmic scale: 0 is 0.4, 255 is 4.
const FIRST_RATIO = 0.4;
const RATIO_RANGE = Math.log(10);

// The ratios in a layout from the server.
export function decodedRatios(text) {
  const bytes = atob(text);
  const table = Float32Array.from({ length: 256 }, (_, step) => FIRST_RATIO * Math.exp((step / 255) * RATIO_RANGE));
  const ratios = new Float32Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) ratios[at] = table[bytes.charCodeAt(at)];
  return ratios;
}

// Photos that came with the page.
export function givenSource(photos) {
  const positions = new Map(photos.map((photo, at) => [photo.id, at]));
  return {
    key: JSON.stringify(photos.map((photo) => [photo.id, photo.src, photo.badge, photo.caption, photo.wholeCaption, photo.note, photo.mark, photo.favourite])),
    total: photos.length,
    ratios: Float32Array.from(photos, (photo) => photo.ratio),
    sections: givenSections(photos.length),
    dated: false,
    photo: (index) => photos[index],
    need: () => {},
    positionOf: async (id) => positions.get(id) ?? null,
    ids: async (from, to) => photos.slice(from, to).map((photo) => photo.id),
    at: async (indices) => indices.map((index) => photos[index]),
    load: async () => {},
    adopt: () => {},
    whole: true,
    mayHave: (id) => positions.has(id),
    remaining: async (ids) => ids.filter((id) => positions.has(id)),
  };
}

// A list on the server. list: { key, url, total, layout, photos }, with the layout and the photos of its beginning.
// arrived(): called when photos have arrived. failed(): called when some could not be fetched; `need` requests them again. gone(): called
// when the server no longer knows the list.
export function listSource(list, { arrived, failed, gone }) {
  const windows = new Map();
  const waiting = new Set();
  const beginning = list.photos;
  let layout = null;
  let lost = false;

  async function get(path) {
    const response = await fetch(list.url + path);
    if (response.status === 410) {
      lost = true;
      gone();
    }
    if (!response.ok) throw new Error(`The list of photos could not be read: status ${response.status}`);
    return response.json();
  }

  function photo(index) {
    return index < beginning.length ? beginning[index] : windows.get(Math.floor(index / WINDOW))?.[index % WINDOW];
  }

  async function fetchWindow(number) {
    if (waiting.has(number) || windows.has(number)) return;
    waiting.add(number);
    try {
      const photos = await get(`tiles?from=${number * WINDOW}&count=${WINDOW}`);
      windows.set(number, photos);
      if (windows.size > MAX_WINDOWS) windows.delete(windows.keys().next().value);
      arrived();
    } catch {
      // If the server is gone, the page itself reports that.
      if (!lost) failed();
    } finally {
      waiting.delete(number);
    }
  }

  const source = {
    key: list.key,
    total: list.total,
    dated: list.layout.heading !== "none",
    whole: list.layout.count >= list.total,
    photo,
    // Request the photos of a range, those in the middle first.
    need: (from, to) => {
      const first = Math.floor(from / WINDOW);
      const last = Math.floor(Math.max(from, to - 1) / WINDOW);
      const numbers = Array.from({ length: last - first + 1 }, (_, at) => first + at);
      const middle = (first + last) / 2;
      numbers.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
      for (const number of numbers) {
        const end = Math.min((number + 1) * WINDOW, list.total);
        if (end > beginning.length) fetchWindow(number);
      }
    },
    positionOf: async (id) => {
      const at = beginning.findIndex((each) => each?.id === id);
      if (at >= 0) return at;
      return source.whole && list.total <= beginning.length ? null : (await get(`around?photo=${id}&count=0`)).index;
    },
    ids: (from, to) => get(`ids?from=${from}&count=${to - from}`),
    at: async (indices) => (indices.length ? get(`tiles?at=${indices.join(",")}`) : []),
    // Whether a photo may be in the list, as far as is known here.
    mayHave: () => true,
    // Those of the given photos that are in the list.
    remaining: async (ids) => {
      const found = [];
      for (let at = 0; at < ids.length; at += MAX_REQUESTED) found.push(...(await get(`known?photo=${ids.slice(at, at + MAX_REQUESTED).join(",")}`)));
      return found;
    },
    // Read the layout of the whole list; `adopt` replaces that of the beginning with it.
    load: async () => {
      if (!source.whole) layout ??= await get("layout");
    },
    adopt: () => {
      if (layout) use(layout);
      source.whole ||= layout !== null;
    },
  };

  function use(known) {
    source.ratios = decodedRatios(known.ratios);
    source.sections = listSections(known);
  }

  use(list.layout);
  return source;
}
