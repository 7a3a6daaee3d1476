"""The shape and the capture time of every visible photo, as arrays that are cached and kept up to
date with the catalog.

Laying out a list of a million photos needs both for all of them; reading them row by row for each
list would take seconds.
"""

from __future__ import annotations

import sqlite3
import threading
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Catalog, Ids

# `2016-05-04T10:11:12.5` as 20160504101112, with zeros for unknown parts.
_DIGITS = "replace(replace(replace(substr(p.taken_at, 1, 19), '-', ''), 'T', ''), ':', '')"
_KNOWN = "case p.taken_precision when 'year' then 4 when 'month' then 6 when 'day' then 8"
DATE_NUMBER = (
    f"cast(substr(substr({_DIGITS}, 1, {_KNOWN} when 'minute' then 12 else 14 end)"
    " || '00000000000000', 1, 14) as integer)"
)
"""SQL of the date of a photo (as p) as a number, as `PhotoColumns.dates` returns it."""


_Column = TypeVar("_Column", bound=npt.NDArray[Any])


class _Columns(NamedTuple):
    """By photo id, each (n,): ids from n on are unknown."""

    change: int
    ratios: npt.NDArray[np.float32]
    dates: Ids


class PhotoColumns:
    """Columns of one library's photos. Thread-safe."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._columns: _Columns | None = None

    def ratios(self, ids: Ids) -> npt.NDArray[np.float32]:
        """Width divided by height of these photos, (n,); 1 for unknown ones."""
        return _rows_of(self._current().ratios, ids, 1)

    def dates(self, ids: Ids) -> Ids:
        """When these photos were taken, as numbers `YYYYMMDDhhmmss`, (n,). Unknown parts are 0, and
        so is the number of a photo without a date."""
        return _rows_of(self._current().dates, ids, 0)

    def dated(self) -> tuple[Ids, Ids]:
        """The ids of all visible photos with a date, ascending, and their dates, (n,) each."""
        dates = self._current().dates
        ids = np.flatnonzero(dates)
        return ids, dates[ids]

    def _current(self) -> _Columns:
        with self._lock, self._catalog.reading() as db:
            db.execute("begin")
            try:
                change = int(db.execute("select change from clock").fetchone()[0])
                known = self._columns
                if known is None or known.change > change:
                    # The catalog may have been restored from an older copy.
                    none = np.zeros(0, np.int64)
                    known = _updated(db, _Columns(-1, none.astype(np.float32), none), change)
                elif known.change < change:
                    known = _updated(db, known, change)
                self._columns = known
                return known
            finally:
                db.execute("rollback")


def _rows_of(column: _Column, ids: Ids, default: int) -> _Column:
    """The values of these ids; the default for unknown ones."""
    values: Any = np.full(len(ids), default, column.dtype)
    known = (ids >= 0) & (ids < len(column))
    values[known] = column[ids[known]]
    return values  # type: ignore[no-any-return]


def _updated(db: sqlite3.Connection, known: _Columns, change: int) -> _Columns:
    """The columns with the rows that have changed since."""
    cursor = db.cursor()
    cursor.row_factory = None
    rows = cursor.execute(
        "select p.id, p.width * 1.0 / p.height, case when p.present > 0 and p.taken_at is not null"
        f" then {DATE_NUMBER} else 0 end from photo p where p.change > ? and p.height > 0",
        (known.change,),
    ).fetchall()
    gone = [
        row[0]
        for row in cursor.execute("select photo_id from purged where change > ?", (known.change,))
    ]
    if not rows and not gone:
        return known._replace(change=change)
    ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    length = max(len(known.dates), int(ids.max(initial=-1)) + 1)
    # Copies, because other threads may still read the old ones.
    ratios, dates = np.ones(length, np.float32), np.zeros(length, np.int64)
    ratios[: len(known.ratios)], dates[: len(known.dates)] = known.ratios, known.dates
    ratios[ids] = np.fromiter((row[1] for row in rows), np.float32, len(rows))
    dates[ids] = np.fromiter((row[2] for row in rows), np.int64, len(rows))
    dates[[i for i in gone if i < length]] = 0
    return _Columns(change, ratios, dates)
