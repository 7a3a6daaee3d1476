"""The facets that photos can be grouped by (folder, date, camera, lens, format and place), as
arrays that are cached and kept up to date with the catalog.

Counting the photos of every folder, year and camera in a result is then a matter of milliseconds,
whatever the search. The tables are read once; after that, only photos that have changed are read
again.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Catalog, Ids
from explorer.library.queries.photo_columns import DATE_NUMBER
from explorer.library.queries.photo_masks import PhotoMask, ids_in
from explorer.library.stores.photo_text_store import CURRENT_LOCATION

Codes = npt.NDArray[np.int32]
NONE = 0
"""The code for no value."""


class FolderKey(NamedTuple):
    """A folder by the id of its watched folder and its catalog text relative to it."""

    root_id: int
    folder: str


class FolderNames:
    """Numbers of folders, from 0: each folder that ever held photos, and those above it, which have
    the smaller numbers. Grows only."""

    def __init__(self) -> None:
        self.keys = list[FolderKey]()
        self.parents = list[int]()
        """The number of the folder above; -1 for a watched folder."""
        self._numbers = dict[FolderKey, int]()

    def find(self, key: FolderKey) -> int | None:
        """The number of a folder; None if it is not known."""
        return self._numbers.get(key)

    def number(self, key: FolderKey) -> int:
        """The number of a folder, a new one if it is not known."""
        folder, unknown, number = key.folder, list[FolderKey](), self._numbers.get(key)
        # Without recursion: folders can be nested more deeply than calls.
        while number is None:
            unknown.append(FolderKey(key.root_id, folder))
            above = folder.rpartition("/")[0]
            number = self._numbers.get(FolderKey(key.root_id, above)) if folder else -1
            folder = above
        for each in reversed(unknown):
            parent, number = number, len(self.keys)
            self._numbers[each] = number
            self.keys.append(each)
            self.parents.append(parent)
        return number


class FacetTable(NamedTuple):
    """The facet columns. Those of photos are indexed by photo id, each (n,); ids from n on are
    unknown, and hidden photos have no folder. Read-only."""

    change: int
    """The catalog's change number."""
    dates: Ids
    """When a photo was taken, as `PhotoColumns.dates`."""
    own_date: PhotoMask
    """Whether the photo has a date of its own, not just that of the file."""
    cameras: Codes
    """Numbers in `texts`; NONE for unknown ones. Likewise `lenses` and `formats`."""
    lenses: Codes
    formats: Codes
    locations: Codes
    """Ids in the table `location`; NONE for no place."""
    file_photos: Ids
    """(m,), the photo of each pair of a photo and a folder that it is in; each pair occurs once."""
    file_folders: Codes
    """(m,), the folder of each pair, by its number in `folders`."""
    texts: Sequence[str]
    """By number; grows only."""
    folders: FolderNames
    """Grows only."""


class FacetColumns:
    """The facets of one library's photos. Thread-safe."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._table: FacetTable | None = None

    def table(self) -> FacetTable:
        """The columns as of now."""
        with self._lock, self._catalog.reading() as db:
            db.execute("begin")
            try:
                change = int(db.execute("select change from clock").fetchone()[0])
                known = self._table
                if known is None or known.change > change:
                    # The catalog may have been restored from an older copy.
                    known = _updated(db, _empty(), change)
                elif known.change < change:
                    known = _updated(db, known, change)
                self._table = known
                return known
            finally:
                db.execute("rollback")


def _empty() -> FacetTable:
    ids, codes = np.zeros(0, np.int64), np.zeros(0, np.int32)
    return FacetTable(
        -1, ids, np.zeros(0, np.bool_), codes, codes, codes, codes, ids, codes, [""], FolderNames()
    )


def _updated(db: sqlite3.Connection, known: FacetTable, change: int) -> FacetTable:
    """The columns with the rows that have changed since."""
    cursor = db.cursor()
    cursor.row_factory = None
    since = known.change
    rows = cursor.execute(
        f"select p.id, case when p.taken_at is null then 0 else {DATE_NUMBER} end,"
        " p.taken_at is not null and p.taken_source is not 'file',"
        " coalesce(p.camera, ''), coalesce(p.lens, ''), p.format, p.present > 0"
        " from photo p where p.change > ?",
        (since,),
    ).fetchall()
    gone = cursor.execute("select photo_id from purged where change > ?", (since,)).fetchall()
    if not rows and not gone:
        return known._replace(change=change)
    ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    length = max(len(known.dates), int(ids.max(initial=-1)) + 1)
    texts = _Texts(known.texts)
    places = cursor.execute(
        "select p.id, l.location_id from photo p join photo_location l on"
        f" {CURRENT_LOCATION} where p.change > ? and l.location_id is not null",
        (since,),
    ).fetchall()
    locations = _set(known.locations, length, ids, np.zeros(len(ids), np.int32))
    located = np.array(places, np.int64).reshape(-1, 2)
    locations[located[:, 0]] = located[:, 1]
    changed = np.zeros(length, np.bool_)
    changed[ids] = True
    changed[[row[0] for row in gone if row[0] < length]] = True
    shown = np.zeros(length, np.bool_)
    shown[ids] = [row[6] for row in rows]
    pairs = _pairs(cursor, known, changed, shown)
    return FacetTable(
        change,
        _set(known.dates, length, ids, [row[1] for row in rows]),
        _set(known.own_date, length, ids, [row[2] for row in rows]),
        _set(known.cameras, length, ids, texts.numbers(row[3] for row in rows)),
        _set(known.lenses, length, ids, texts.numbers(row[4] for row in rows)),
        _set(known.formats, length, ids, texts.numbers(row[5] for row in rows)),
        locations,
        *pairs,
        texts.texts,
        known.folders,
    )


def _pairs(
    cursor: sqlite3.Cursor, known: FacetTable, changed: PhotoMask, shown: PhotoMask
) -> tuple[Ids, Codes]:
    """Which photos are in which folders. changed, shown: masks of the photos to read again, and of
    the visible ones among them."""
    condition, values = "", tuple[object, ...]()
    if known.change >= 0:
        # Not at first: reading the files in the order of their index is faster then.
        condition = " and f.photo_id in (select p.id from photo p where p.change > ?)"
        values = (known.change,)
    found = cursor.execute(
        "select f.photo_id, f.root_id, f.folder from file f where f.state = 'present' and"
        f" f.photo_id is not null{condition}",
        values,
    ).fetchall()
    number = known.folders.number
    photos = np.fromiter((row[0] for row in found), np.int64, len(found))
    wanted = ids_in(shown, photos)
    pairs = {
        (row[0], number(FolderKey(row[1], row[2])))
        for row, is_wanted in zip(found, wanted.tolist(), strict=True)
        if is_wanted
    }
    new = np.array(sorted(pairs), np.int64).reshape(-1, 2)
    stays = ~changed[known.file_photos]
    return (
        np.concatenate([known.file_photos[stays], new[:, 0]]),
        np.concatenate([known.file_folders[stays], new[:, 1].astype(np.int32)]),
    )


def _set(column: npt.NDArray[Any], length: int, ids: Ids, values: Any) -> npt.NDArray[Any]:
    """A copy of a column, as other threads may still read it, with some values replaced."""
    new = np.zeros(length, column.dtype)
    new[: len(column)] = column
    new[ids] = values
    return new


class _Texts:
    """Numbers of texts; `""` has the number NONE."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = list(texts)
        self._numbers = {text: number for number, text in enumerate(self.texts)}

    def numbers(self, texts: Iterable[str]) -> list[int]:
        """The number of each text, a new one for an unknown text."""
        found = list[int]()
        for text in texts:
            number = self._numbers.get(text)
            if number is None:
                number = self._numbers[text] = len(self.texts)
                self.texts.append(text)
            found.append(number)
        return found
