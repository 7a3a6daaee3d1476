"""Questions that `verify` asks the catalog about itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.paths import from_text, join


class PresentFile(NamedTuple):
    """A file that the catalog takes to be on disk. path: absolute."""

    root: str
    path: str
    size: int
    mtime_ns: int


def damage(catalog: Catalog) -> list[str]:
    """What SQLite finds wrong with its own file, and references that lead nowhere; empty when all is well."""
    with catalog.reading() as db:
        try:
            found = [row[0] for row in db.execute("pragma integrity_check") if row[0] != "ok"]
            return found + [f"a row of {row[0]} refers to no row of {row[2]}" for row in db.execute("pragma foreign_key_check")]
        except sqlite3.DatabaseError as error:
            return [str(error)]


def miscounted(catalog: Catalog) -> list[int]:
    """Photos whose number of present files is not what the file rows say, or that no file refers to unnoticed."""
    with catalog.reading() as db:
        rows = db.execute(
            "select p.id from photo p left join file f on f.photo_id = p.id group by p.id"
            " having p.present <> sum(f.state is 'present') or (count(f.id) = 0) <> (p.orphaned_at is not null)"
        )
        return [row[0] for row in rows]


def hashes(catalog: Catalog) -> dict[str, int]:
    """The content hash (hex) of every photo, hidden ones too, and its id."""
    with catalog.reading() as db:
        return {row[0].hex(): row[1] for row in db.execute("select hash, id from photo")}


def present_files(catalog: Catalog) -> Iterator[PresentFile]:
    """Every file that should be on disk; those that are away are not among them."""
    with catalog.reading() as db:
        rows = db.execute(
            "select r.path, f.path, f.size, f.mtime_ns from file f join root r on r.id = f.root_id"
            " where f.state = 'present' and f.gone_at is null"
        )
        for root, path, size, mtime_ns in rows:
            yield PresentFile(from_text(root), join(root, path), size, mtime_ns)
