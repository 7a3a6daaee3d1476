"""Sort orders of all visible photos, cached and kept up to date with the catalog.

Sorting a million photos takes seconds. So an order is computed once, and then only changed photos
are removed and inserted at their new positions.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Catalog, Ids
from explorer.library.queries.photo_masks import PhotoMask, ids_in, mask_of

OrderKey = Literal["taken", "added", "modified", "name", "size"]
"""taken: the date taken; photos without one come last when the newest are first. added: when the
photo was first indexed. modified: when the oldest of its files was last changed. name: the names of
its files, ignoring case and accents. size: bytes."""

# Each key's SQL, on `photo` as p, and the type of its array. Dates sort as text.
_KEYS: Mapping[OrderKey, tuple[str, Any]] = {
    "taken": ("cast(coalesce(p.taken_at, '') as blob)", "S32"),
    "added": ("p.added_at", np.float64),
    "modified": (
        "coalesce((select min(f.mtime_ns) from file f where f.photo_id = p.id and f.state ="
        " 'present'), 0)",
        np.int64,
    ),
    "name": ("coalesce((select t.name from photo_text t where t.photo_id = p.id), '')", object),
    "size": ("p.bytes", np.int64),
}


class _Sorted(NamedTuple):
    """Photos by key and id, both ascending."""

    change: int
    ids: Ids
    keys: npt.NDArray[Any]


class PhotoOrder:
    """The orders of one library's photos. Thread-safe."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._orders = dict[OrderKey, _Sorted]()

    def sorted(
        self,
        by: OrderKey = "taken",
        among: Ids | PhotoMask | None = None,
        *,
        descending: bool = True,
    ) -> Ids:
        """The ids of all visible photos, or of those among some, in an order; by default the newest
        first, as `Catalog.matching` returns them. Equal photos are sorted by id, in the same
        direction.

        among: their ids, or a mask.
        """
        ids = self._current(by).ids
        if among is not None:
            ids = ids[ids_in(mask_of(among), ids)]
        return ids[::-1] if descending else ids

    def times(self, by: Literal["added", "modified"], ids: Ids) -> npt.NDArray[np.float64]:
        """The times by which an order sorts these photos, in Unix seconds, (n,); 0 for unknown
        photos."""
        known = self._current(by)
        times = known.keys.astype(np.float64) / (1e9 if by == "modified" else 1)
        order = np.argsort(known.ids)
        at = np.searchsorted(known.ids, ids, sorter=order)
        found = order[np.minimum(at, len(order) - 1)] if len(order) else at
        matches = known.ids[found] == ids if len(order) else np.zeros(len(ids), np.bool_)
        return np.where(matches, times[found], 0.0) if len(order) else np.zeros(len(ids))

    def _current(self, by: OrderKey) -> _Sorted:
        with self._lock, self._catalog.reading() as db:
            db.execute("begin")
            try:
                change = int(db.execute("select change from clock").fetchone()[0])
                known = self._orders.get(by)
                if known is None or known.change > change:
                    # The catalog may have been restored from an older copy.
                    known = _Sorted(change, *_read(db, by, "1", ()))
                elif known.change < change:
                    known = _updated(db, by, known, change)
                self._orders[by] = known
                return known
            finally:
                db.execute("rollback")


def _read(
    db: sqlite3.Connection, by: OrderKey, condition: str, values: tuple[object, ...]
) -> tuple[Ids, npt.NDArray[Any]]:
    """Ids and keys of the visible photos that meet a condition, sorted."""
    sql, kind = _KEYS[by]
    # Spelled as in its index, by which SQLite reads photos in order of their dates.
    order = "p.taken_at" if by == "taken" else "key"
    rows = db.cursor()
    rows.row_factory = None
    found = rows.execute(
        f"select p.id, {sql} key from photo p where p.present > 0 and {condition}"
        f" order by {order}, p.id",
        values,
    ).fetchall()
    keys = np.empty(len(found), kind)
    keys[:] = [key for _, key in found]
    return np.fromiter((i for i, _ in found), np.int64, len(found)), keys


def _updated(db: sqlite3.Connection, by: OrderKey, known: _Sorted, change: int) -> _Sorted:
    """An order with the photos that have changed in their new places."""
    changed = db.execute(
        "select id from photo where change > ?1 union all"
        " select photo_id from purged where change > ?1",
        (known.change,),
    ).fetchall()
    if not changed:
        return known._replace(change=change)
    stale = mask_of(np.fromiter((row[0] for row in changed), np.int64, len(changed)))
    stays = ~ids_in(stale, known.ids)
    ids, keys = known.ids[stays], known.keys[stays]
    new_ids, new_keys = _read(db, by, "p.change > ?", (known.change,))
    first = np.searchsorted(keys, new_keys, "left")
    last = np.searchsorted(keys, new_keys, "right")
    places = [
        start + int(np.searchsorted(ids[start:end], new))
        for start, end, new in zip(first.tolist(), last.tolist(), new_ids.tolist(), strict=True)
    ]
    return _Sorted(change, np.insert(ids, places, new_ids), np.insert(keys, places, new_keys))
