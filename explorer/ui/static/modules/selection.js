// The selected photos of a list. A list can be so long that all of its photos are selected without their ids being
// known; the ids of the photos that are not selected are then kept.

export function createSelection() {
  let all = false;
  let ids = new Set();

  const has = (id) => ids.has(id) !== all;
  return {
    has,
    // Change whether a photo is selected.
    toggle: (id) => (ids.has(id) ? ids.delete(id) : ids.add(id)),
    add: (id) => (all ? ids.delete(id) : ids.add(id)),
    remove: (id) => (all ? ids.add(id) : ids.delete(id)),
    addAll: () => ([all, ids] = [true, new Set()]),
    clear: () => ([all, ids] = [false, new Set()]),
    // The number of selected photos. total: the number of photos in the list.
    size: (total) => (all ? total - ids.size : ids.size),
    // Forget photos that are gone. remains(id): whether a photo is still there.
    keep: (remains) => (ids = new Set([...ids].filter(remains))),
    // The selection as data for Python.
    value: () => ({ all, ids: [...ids] }),
  };
}
