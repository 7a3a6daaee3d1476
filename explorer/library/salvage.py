"""Saving what can be read of a damaged catalog into a new one. The damaged file is kept beside it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from explorer.errors import LibraryError
from explorer.library.catalog import connect
from explorer.library.migrations import migrate


def salvage(path: Path) -> tuple[Path, int]:
    """Put a catalog made of all rows that can be read in the place of a damaged one; gives where that is kept, and the number of rows.

    Folders, settings and whatever the person decided are in it as far as they could be read; photos that are missing are indexed anew.
    For the process that holds the library's lock, with the catalog open nowhere. Raises LibraryError where it cannot be written.
    """
    new, kept = path.with_suffix(".saved"), _free_name(path)
    try:
        new.unlink(missing_ok=True)
        target = connect(new)
        try:
            migrate(target)
            saved = _copy(path, target)
            target.execute("pragma wal_checkpoint(truncate)")
            # In one file, so that it can be moved.
            target.execute("pragma journal_mode = delete")
        finally:
            target.close()
        for suffix in ("-wal", "-shm"):
            # Belongs to the damaged file, and goes with it.
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + suffix).rename(kept.with_name(kept.name + suffix))
        path.rename(kept)
        new.rename(path)
    except OSError as error:
        raise LibraryError(f"The catalog {path} cannot be put in order: {error.strerror or error}.") from error
    return kept, saved


def _free_name(path: Path) -> Path:
    number = 1
    while (name := path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")).exists():
        number += 1
    return name


def _copy(path: Path, target: sqlite3.Connection) -> int:
    tables = [row[0] for row in target.execute("select name from sqlite_master where type = 'table' and name not like '%sqlite%'")]
    target.execute("pragma foreign_keys = off")
    target.execute("begin")
    saved = 0
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source:
        for table in tables:
            known = {row[1] for row in target.execute(f'pragma table_info("{table}")')}
            for names, row in _rows(source, table):
                fits = [(name, value) for name, value in zip(names, row, strict=True) if name in known]
                columns, marks = ", ".join(f'"{name}"' for name, _ in fits), ", ".join("?" * len(fits))
                with contextlib.suppress(sqlite3.Error):
                    # What a table has from the start, such as its clock, is replaced.
                    values = [value for _, value in fits]
                    target.execute(f'insert or replace into "{table}" ({columns}) values ({marks})', values)  # noqa: S608
                    saved += 1
    target.execute("commit")
    return saved


def _rows(source: sqlite3.Connection, table: str) -> Iterator[tuple[list[str], tuple[object, ...]]]:
    """The rows of a table from the front and from the back, each time up to where it is damaged."""
    seen = set[int]()
    for order in ("asc", "desc"):
        with contextlib.suppress(sqlite3.Error):
            cursor = source.execute(f'select rowid, * from "{table}" order by rowid {order}')  # noqa: S608
            names = [column[0] for column in cursor.description][1:]
            for rowid, *row in cursor:
                if rowid in seen:
                    return
                seen.add(rowid)
                yield names, tuple(row)
