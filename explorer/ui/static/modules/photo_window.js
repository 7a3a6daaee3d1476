// The photos that are stepped through, of which there may be a million: only a window of them is held, and more is fetched
// as it is come near to. Entries are those of `photo_entry` in Python.

// Photos that are fetched at a time, and the least known on each side of the present one.
const WINDOW = 160;
const LEAST_AHEAD = 24;

// fetchWindow(parameters): fetches a part of the list, { total, start, photos, at, photo }, as the route of Python has it; throws
// if it cannot. onChange(): called when more is known.
export function createPhotoWindow({ fetchWindow, onChange }) {
  let entries = new Map();
  // at: the index of the present photo. located: whether indices and total are those of the whole list.
  let present = { at: 0, total: 0, located: false, outside: null };
  let generation = 0;
  let waiting = null;

  const entry = (index) => entries.get(index) ?? null;

  // Begin with the photos beside the one that is opened; where they are in the whole list is not known yet.
  function seed(photos, id) {
    generation++;
    waiting = null;
    entries = new Map(photos.map((photo, index) => [index, photo]));
    const at = Math.max(0, photos.findIndex((photo) => photo.id === id));
    present = { at, total: photos.length, located: false, outside: null };
  }

  // Find a photo in the whole list.
  async function locate(id) {
    const mine = ++generation;
    const found = await fetchWindow({ around: id, count: WINDOW });
    if (mine !== generation) return;
    const current = now();
    // While this was fetched, the user may have gone on among the photos that were known.
    if (current && current.id !== id && present.outside === null) {
      const moved = found.photos.findIndex((photo) => photo.id === current.id);
      if (moved < 0) return locate(current.id);
      found.at = found.start + moved;
    }
    const known = [...entries.values(), present.outside].find((each) => each?.id === id);
    entries = new Map();
    accept(found);
    const inList = found.at !== null && found.at !== undefined;
    // One that went while it was looked at is still known by name.
    const outside = inList ? null : (found.photo ?? { ...known, id, gone: true });
    present = { at: inList ? found.at : -1, total: found.total, located: true, outside };
    onChange();
    return extend();
  }

  function accept({ start, photos }) {
    photos.forEach((photo, offset) => entries.set(start + offset, photo));
  }

  // Fetch what comes soon on either side.
  async function extend() {
    if (!present.located || waiting !== null) return;
    const near = [-LEAST_AHEAD, LEAST_AHEAD, 0].map((step) => Math.min(present.total - 1, Math.max(0, present.at + step)));
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

  // The entry of the present photo; null if it still has to be fetched.
  function now() {
    return present.outside ?? entry(present.at);
  }

  // Go to an index, as far as the list reaches. Returns whether that is another photo.
  function go(index) {
    const target = Math.min(present.total - 1, Math.max(0, index));
    if (target < 0 || (target === present.at && present.outside === null)) return false;
    present = { ...present, at: target, outside: null };
    extend().catch(() => {});
    return true;
  }

  // From a photo outside of the list, one step leads back to where the list was left, or to its beginning.
  function step(by) {
    if (present.outside === null) return go(present.at + by);
    return go(present.at < 0 ? 0 : by > 0 ? present.at + 1 : present.at);
  }

  // Show a photo that need not be in the list, without leaving one's place in it.
  function visit(photo) {
    const known = [...entries].find(([, each]) => each.id === photo.id);
    present = known ? { ...present, at: known[0], outside: null } : { ...present, outside: photo };
  }

  return {
    seed, locate, now, entry, go, step, visit,
    get at() { return present.outside === null && present.at >= 0 ? present.at : null; },
    get near() { return Math.max(0, present.at); },
    get total() { return present.total; },
    get located() { return present.located; },
    get hasPrevious() { return present.outside !== null ? present.at >= 0 : present.at > 0; },
    get hasNext() { return present.outside !== null ? present.total > 0 : present.at + 1 < present.total; },
  };
}
