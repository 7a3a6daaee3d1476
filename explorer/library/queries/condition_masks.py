"""The sets of visible photos that meet conditions, cached as masks and kept up to date with the
catalog.

A condition is evaluated once for all photos. After that, only photos that have changed are
evaluated again, so that a filter stays fast during indexing.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from explorer.library.catalog import Catalog, Ids
from explorer.library.queries.photo_conditions import PhotoCondition, add_functions
from explorer.library.queries.photo_masks import PhotoMask, mask_of

ALL_PHOTOS = PhotoCondition("1")
# Bytes of masks that are kept: 256 of them for a library of a million photos.
_CAPACITY = 256 << 20


class _Kept(NamedTuple):
    state: Hashable
    """What the mask was built from: the change number of a condition, and whatever a `kept` mask
    depends on."""
    mask: PhotoMask


class ConditionMasks:
    """Masks of one library's photos. The most recently used ones are kept, up to a number of bytes.
    Thread-safe; masks are shared and read-only."""

    def __init__(self, catalog: Catalog, capacity: int = _CAPACITY) -> None:
        self._catalog, self._capacity = catalog, capacity
        self._lock = threading.RLock()
        self._masks = OrderedDict[Hashable, _Kept]()

    def visible(self) -> PhotoMask:
        """All visible photos."""
        return self.meeting(ALL_PHOTOS)

    def meeting(
        self, condition: PhotoCondition, lookup: Callable[[], Ids] | None = None
    ) -> PhotoMask:
        """The visible photos that meet a condition.

        lookup: finds the ids of the same photos faster than by trying each one.
        """
        with self._lock, self._snapshot() as (db, change):
            kept = self._masks.get(condition)
            if kept is None or not isinstance(kept.state, int) or kept.state > change:
                # The catalog may have been restored from an older copy.
                mask = mask_of(lookup() if lookup else _matching(db, condition))
            elif kept.state < change:
                mask = _updated(db, condition, kept.mask, kept.state)
            else:
                mask = kept.mask
            return self._keep(condition, _Kept(change, mask))

    def kept(self, name: str, state: Hashable, make: Callable[[], PhotoMask]) -> PhotoMask:
        """A mask that is rebuilt only when its state, which covers everything it depends on,
        differs."""
        with self._lock:
            kept = self._masks.get(name)
            if kept is None or kept.state != state:
                kept = _Kept(state, make())
            return self._keep(name, kept)

    def _keep(self, key: Hashable, kept: _Kept) -> PhotoMask:
        kept.mask.setflags(write=False)
        self._masks[key] = kept
        self._masks.move_to_end(key)
        size = sum(each.mask.nbytes for each in self._masks.values())
        while size > self._capacity and len(self._masks) > 1:
            size -= self._masks.popitem(last=False)[1].mask.nbytes
        return kept.mask

    @contextmanager
    def _snapshot(self) -> Iterator[tuple[sqlite3.Connection, int]]:
        """A connection that sees one state of the catalog, and its change number."""
        with self._catalog.reading() as db:
            add_functions(db)
            db.execute("begin")
            try:
                yield db, int(db.execute("select change from clock").fetchone()[0])
            finally:
                db.execute("rollback")


def _matching(db: sqlite3.Connection, condition: PhotoCondition) -> Ids:
    rows = db.cursor()
    rows.row_factory = None
    rows.execute(
        f"select p.id from photo p where p.present > 0 and ({condition.sql})", condition.values
    )
    return np.fromiter((photo_id for (photo_id,) in rows), np.int64)


def _updated(
    db: sqlite3.Connection, condition: PhotoCondition, known: PhotoMask, since: int
) -> PhotoMask:
    """A mask of change number `since` with the photos that have changed evaluated again."""
    changed = dict[int, bool](
        db.execute(
            f"select p.id, p.present > 0 and coalesce({condition.sql}, 0) from photo p"
            " where p.change > ?",
            (*condition.values, since),
        ).fetchall()
    )
    changed |= dict.fromkeys(
        (row[0] for row in db.execute("select photo_id from purged where change > ?", (since,))),
        False,
    )
    if not changed:
        return known
    ids = np.fromiter(changed, np.int64, len(changed))
    mask = np.zeros(max(len(known), int(ids.max()) + 1), np.bool_)
    mask[: len(known)] = known
    mask[ids] = np.fromiter(changed.values(), np.bool_, len(changed))
    return mask
