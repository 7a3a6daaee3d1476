// The photos that the viewer steps through, of which there may be a million. Only a window of them is held, and more are
// fetched as the user approaches its ends. Entries are those of `photo_entry` in Python.

// The number of photos that are fetched at a time, and the fewest that are known on each side of the current one.
const WINDOW = 160;
const MIN_AHEAD = 24;

// fetchWindow(parameters): fetches a part of the list, { total, start, photos, at, photo }, from the route in Python; throws if it
// cannot. onChange(): called when more is known. onFailed(): called when the photo to show cannot be fetched.
export function createPhotoWindow({ fetchWindow, onChange, onFailed = () => {} }) {
  let entries = new Map();
  // at: the index of the current photo. located: whether indices and total are those of the whole list. outside: a photo that is shown
  // although it is not in the list, which continues at `at`. gap: whether the shown photo has left the list, so that the next one is
  // the photo at `at` itself rather than the one after it.
  let present = { at: 0, total: 0, located: false, outside: null, gap: false };
  // Where to go once the list is located: to its "first" or "last" photo, or nowhere (null).
  let wanted = null;
  let generation = 0;
  let waiting = null;
  // The photo that is being looked up; stale: whether the list has changed in the meantime.
  let sought = null;
  let stale = false;

  const entry = (index) => entries.get(index) ?? null;

  // Begin with the photos around the one that is opened; their position in the whole list is not known yet.
  function seed(photos, id) {
    generation++;
    waiting = sought = wanted = null;
    stale = false;
    entries = new Map(photos.map((photo, index) => [index, photo]));
    const at = Math.max(0, photos.findIndex((photo) => photo.id === id));
    present = { at, total: photos.length, located: false, outside: null, gap: false };
  }

  // Find a photo in the whole list, and show it.
  async function locate(id) {
    const mine = ++generation;
    sought = id;
    const found = await fetchWindow({ around: id, count: WINDOW });
    if (mine !== generation) return;
    const current = now();
    // While this was fetched, the user may have stepped on among the known photos.
    if (current && current.id !== id && present.outside === null) {
      const moved = found.photos.findIndex((photo) => photo.id === current.id);
      if (moved < 0) return locate(current.id);
      found.at = found.start + moved;
    }
    // Or they may have visited a photo that need not be in the list.
    const visited = current && current.id !== id ? present.outside : null;
    if (isIn(found)) return settle(found, { at: found.at, outside: visited, gap: false });
    if (visited) return findAgain();
    const known = [...entries.values(), present.outside].find((each) => each?.id === id);
    // A photo that was removed while it was viewed is still known by name.
    const outside = found.photo ?? { ...known, id, gone: true };
    const place = await placeWithout(id, mine);
    if (mine !== generation) return;
    // Here too, the user may have stepped on.
    if (now() && now().id !== id) return findAgain();
    if (place) return settle(place.found, { at: place.at, outside, gap: place.gap });
    const index = present.located && present.at >= 0 ? Math.min(present.at, found.total) : null;
    return settle(found, index === null ? { at: -1, outside, gap: false } : { at: index, outside, gap: true });
  }

  // The list has changed: find the place in it again. The photo that is shown stays, whether or not it is in the list.
  async function relocate() {
    if (sought === null) return findAgain();
    // Let a running look-up finish: while photos are being indexed, the list may change faster than the server responds.
    stale = true;
  }

  async function findAgain() {
    const shown = present.outside;
    if (shown === null || present.gap || present.at < 0) {
      const id = now()?.id ?? sought;
      return id === null ? undefined : locate(id);
    }
    // A photo that was only visited does not move one's place.
    const mine = ++generation;
    sought = shown.id;
    const place = await placeWithout(shown.id, mine);
    if (mine !== generation) return;
    if (present.outside !== shown) return findAgain();
    if (place) return settle(place.found, { at: place.at, outside: shown, gap: place.gap });
    return locate(shown.id);
  }

  const isIn = ({ at }) => at !== null && at !== undefined;

  // Where the list continues without a photo: at the first of its former neighbors that is still in the list. Null if none is.
  async function placeWithout(id, mine) {
    for (const [index, gap, shift] of [[present.at, present.gap, 0], [present.at + 1, true, 0], [present.at - 1, true, 1]]) {
      const beside = entry(index);
      if (!beside || beside.id === id || beside.gone) continue;
      const found = await fetchWindow({ around: beside.id, count: WINDOW });
      if (mine !== generation) return null;
      if (isIn(found)) return { found, at: found.at + shift, gap };
    }
    return null;
  }

  function settle(found, place) {
    sought = null;
    entries = new Map();
    accept(found);
    present = { ...place, total: found.total, located: true };
    if (stale) {
      onChange();
      stale = false;
      return findAgain();
    }
    if (wanted !== null) reach(wanted);
    onChange();
    return extend();
  }

  // After a failure, the next look-up starts again.
  async function freed(lookUp) {
    try {
      await lookUp;
    } catch (error) {
      sought = null;
      throw error;
    }
  }

  function accept({ start, photos }) {
    photos.forEach((photo, offset) => entries.set(start + offset, photo));
  }

  // Fetch the photos that come soon on either side.
  async function extend() {
    if (!present.located || waiting !== null) return;
    const near = [-MIN_AHEAD, MIN_AHEAD, 0].map((step) => Math.min(present.total - 1, Math.max(0, present.at + step)));
    const missing = near.find((index) => present.total > 0 && !entries.has(index));
    if (missing === undefined) return;
    const mine = generation;
    waiting = missing;
    try {
      const found = await fetchWindow({ start: Math.max(0, missing - WINDOW / 2), count: WINDOW });
      if (mine !== generation) return;
      if (!found.photos.length) return;
      accept(found);
    } finally {
      if (mine === generation) waiting = null;
    }
    onChange();
    return extend();
  }

  // The entry of the current photo; null if it still has to be fetched.
  function now() {
    return present.outside ?? entry(present.at);
  }

  // Go to an index, clamped to the list. Returns whether that is another photo.
  function go(index) {
    wanted = null;
    const target = Math.min(present.total - 1, Math.max(0, index));
    if (target < 0 || (target === present.at && present.outside === null)) return false;
    present = { ...present, at: target, outside: null, gap: false };
    extend().catch(() => now() || onFailed());
    return true;
  }

  // Go to the "first" or the "last" photo. Which one that is, is known only once the list is located: until then, it is remembered.
  // Returns whether that is another photo, or may be.
  function reach(end) {
    if (present.located) return go(end === "last" ? present.total - 1 : 0);
    wanted = end;
    return true;
  }

  // From a photo outside the list, one step leads back to where the list was left, or to its beginning; from a photo that has left
  // the list, to the one that was after or before it.
  function step(by) {
    if (present.outside === null) return go(present.at + by);
    if (present.gap) {
      const target = by > 0 ? present.at : present.at - 1;
      return target >= 0 && target < present.total && go(target);
    }
    return go(present.at < 0 ? 0 : by > 0 ? present.at + 1 : present.at);
  }

  // Show a photo that need not be in the list, without leaving one's place in it.
  function visit(photo) {
    wanted = null;
    const known = [...entries].find(([, each]) => each.id === photo.id);
    present = known ? { ...present, at: known[0], outside: null, gap: false } : { ...present, outside: photo };
  }

  return {
    seed, locate: (id) => freed(locate(id)), relocate: () => freed(relocate()), now, entry, go, reach, step, visit,
    get at() { return present.outside === null && present.at >= 0 ? present.at : null; },
    get near() { return Math.max(0, present.at); },
    get total() { return present.total; },
    get located() { return present.located; },
    // Whether another photo is shown once the list is located.
    get bound() { return wanted !== null; },
    get hasPrevious() { return present.outside !== null && !present.gap ? present.at >= 0 : present.at > 0; },
    get hasNext() {
      if (present.outside === null) return present.at + 1 < present.total;
      return present.gap ? present.at < present.total : present.total > 0;
    },
  };
}
