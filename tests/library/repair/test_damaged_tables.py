"""Rows of a damaged catalog: which are taken, which are made from an index, and what is missing."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from explorer.library.migrations import migrate
from explorer.library.repair.column_values import columns_of
from explorer.library.repair.damaged_tables import DamagedCatalog, RecoveredTable
from explorer.library.repair.sqlite_pages import Cell, Pages
from tests.factory import digest_of

FACTS: dict[str, dict[str, Any]] = {
    "photo": {
        "hash": digest_of(1), "bytes": 9, "format": "JPEG", "width": 3, "height": 2, "frames": 1,
        "added_at": 1.5, "change": 5, "present": 1, "favourite": 0,
    },
    "file": {
        "root_id": 1, "path": "a.jpg", "folder": "", "size": 9, "mtime_ns": 1, "inode": 0,
        "state": "present", "photo_id": 1, "seen_at": 2.5, "ctime_ns": 0,
    },
    "root": {
        "path": "/photos", "state": "online", "added_at": 1.5, "exclude": "[]", "mounts": "[]",
    },
    "setting": {"key": "mine", "value": "kept"},
    "decided": {"decision_id": 4, "hash": digest_of(1)},
    "decision": {"kind": "apart", "files": 2, "decided_at": 1.5},
    "encoder": {"name": "tiny", "version": "1", "dim": 8},
    "clock": {"change": 7},
}  # fmt: skip


@pytest.fixture
def target() -> Iterator[sqlite3.Connection]:
    """A new catalog, empty."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrate(db)
        db.execute("pragma foreign_keys = off")
        yield db


class Torn(DamagedCatalog):
    """A catalog of which these cells can be read, by the name of a table or an index."""

    def __init__(self, cells: dict[str, list[Cell]], *, torn: bool = False) -> None:
        self.roots = dict.fromkeys(cells, 2)
        self.statements, self._cells, self._torn = {}, cells, torn
        self.pages = Pages.__new__(Pages)
        self.pages.torn = {99}

    def cells(self, name: str, *, index: bool) -> Iterator[Cell]:
        if self._torn and name in self._cells:
            self.pages.torn.add(7)
        yield from self._cells.get(name, ())


def cell(db: sqlite3.Connection, table: str, rowid: int, **facts: Any) -> Cell:
    """A row as a page has it: where a column is the rowid itself, the page has null."""
    known = FACTS[table] | facts
    return Cell(rowid, tuple(known.get(column.name) for column in columns_of(db, table)))


def table_of(
    db: sqlite3.Connection, name: str, *rows: Cell, **indexes: list[Cell]
) -> RecoveredTable:
    source = Torn({name: list(rows), **indexes})
    table = RecoveredTable(name, db, source)
    # The pages that are torn elsewhere say nothing about this table, and are remembered.
    assert source.pages.torn == {99}
    table.read_indexes(db, source)
    return table


# --- rows


def test_a_table_whose_pages_could_be_read_is_whole(target: sqlite3.Connection) -> None:
    rows = [cell(target, "photo", 3), cell(target, "photo", 4, hash=digest_of(2), change=6)]
    table = table_of(target, "photo", *rows)
    assert table.whole and table.lost() == 0 and list(table.rows) == [3, 4]
    assert table.rows[4]["hash"] == digest_of(2) and table.rows[4]["id"] == 4
    source = Torn({"photo": rows}, torn=True)
    torn = RecoveredTable("photo", target, source)
    assert source.pages.torn == {7, 99}
    assert torn.rows == table.rows and not torn.whole and torn.lost() is None
    assert RecoveredTable("photo", target, Torn({})).lost() is None


@pytest.mark.parametrize(("table", "column"), [("photo", "change"), ("file", "seen_at")])
@pytest.mark.parametrize("reverse", [False, True])
def test_of_two_rows_with_one_id_the_later_is_taken(
    target: sqlite3.Connection, table: str, column: str, reverse: bool
) -> None:
    """A page that was freed may hold an older one."""
    rows = [cell(target, table, 3, **{column: value}) for value in (5.5, 6.5)]
    if table == "photo":
        rows = [cell(target, table, 3, **{column: value}) for value in (5, 6)]
    found = table_of(target, table, *(reversed(rows) if reverse else rows))
    assert [row[column] for row in found.rows.values()] == [6 if table == "photo" else 6.5]
    assert not found.whole and found.lost() is None


def test_of_two_rows_that_none_is_later_the_first_is_taken(target: sqlite3.Connection) -> None:
    for table, column, values in (("photo", "width", (7, 8)), ("setting", "value", ("one", "two"))):
        rows = [cell(target, table, 3, **{column: value}) for value in values]
        found = table_of(target, table, *rows)
        assert [row[column] for row in found.rows.values()] == [values[0]] and not found.whole


def test_rows_of_a_table_without_rowids_are_told_apart_by_their_keys(
    target: sqlite3.Connection,
) -> None:
    cells = [Cell(None, (encoder, photo, 0.5, 0.25)) for encoder, photo in ((1, 1), (1, 2), (2, 1))]
    table = table_of(target, "place", *cells)
    assert table.is_index and table.whole and len(table.rows) == 3
    assert not table_of(target, "place", *cells, Cell(None, (1, 2, 0.1, 0.1))).whole
    assert not table_of(target, "photo").is_index


def test_rows_of_an_earlier_release_lack_the_last_columns(target: sqlite3.Connection) -> None:
    short = cell(target, "root", 1)._replace(values=cell(target, "root", 1).values[:6])
    table = table_of(target, "root", short)
    assert table.whole and table.rows[1] == {
        "id": 1, "path": "/photos", "state": "online", "watching": None, "added_at": 1.5,
        "scanned_at": None,
    }  # fmt: skip
    (too_long,) = [cell(target, "root", 2)]
    for values in ((), (*too_long.values, 1)):
        table = table_of(target, "root", short, Cell(2, values))
        assert list(table.rows) == [1] and not table.whole


def test_an_impossible_value_costs_the_row_only_where_it_is_required(
    target: sqlite3.Connection,
) -> None:
    (row,) = table_of(target, "root", cell(target, "root", 1, watching=5, mounts=3)).rows.values()
    # One may be null, the other has a default.
    assert "watching" not in row and "mounts" not in row and row["path"] == "/photos"
    table = table_of(target, "root", cell(target, "root", 1, path=7))
    assert not table.rows and not table.whole


def test_a_page_belongs_to_a_table_if_all_its_rows_are_rows_of_that_table(
    target: sqlite3.Connection,
) -> None:
    table = table_of(target, "decision")
    good = cell(target, "decision", 1)
    assert table.is_exactly([good]) and table.is_exactly([good, good])
    assert not table.is_exactly([])
    for bad in (
        good._replace(rowid=None),
        good._replace(values=good.values[:-1]),
        good._replace(values=(*good.values, None)),
        good._replace(values=(1, *good.values[1:])),
        cell(target, "decision", 1, kind=7),
        cell(target, "decision", 1, kind=None),
    ):
        assert not table.is_exactly([bad]) and not table.is_exactly([good, bad])


# --- indexes


def test_rows_are_missed_by_their_index(target: sqlite3.Connection) -> None:
    rows = [cell(target, "photo", 3)]
    entries = [Cell(None, (digest_of(1), 3))]
    # Those of a page that was overwritten are no reason to stop.
    odd = [Cell(None, ()), Cell(None, (digest_of(2),)), Cell(None, (digest_of(2), "5"))]
    table = table_of(target, "photo", *rows, sqlite_autoindex_photo_1=odd + entries)
    assert table.whole and table.lost() == 0 and list(table.rows) == [3]
    more = [*odd, *entries, Cell(None, (digest_of(2), 4)), Cell(None, (digest_of(3), 5))]
    assert table_of(target, "photo", *rows, sqlite_autoindex_photo_1=more).lost() == 2
    # Also by one that is not unique, and says nothing about what else a row holds.
    table = table_of(target, "photo", *rows, photo_change=[Cell(None, (8, 3)), Cell(None, (8, 4))])
    assert table.lost() == 1 and list(table.rows) == [3] and table.whole


def test_a_photo_that_contradicts_its_index_is_dropped(target: sqlite3.Connection) -> None:
    rows = [cell(target, "photo", 3), cell(target, "photo", 4, hash=digest_of(2))]
    entries = [Cell(None, (digest_of(1), 3)), Cell(None, (digest_of(9), 4))]
    table = table_of(target, "photo", *rows, sqlite_autoindex_photo_1=entries)
    assert list(table.rows) == [3] and not table.whole and table.lost() == 1


def test_no_row_of_the_persons_own_is_dropped_for_what_an_index_says(
    target: sqlite3.Connection,
) -> None:
    for name, entry in (
        ("setting", Cell(None, ("another", 1))),
        ("file", Cell(None, (1, "another.jpg", 1))),
        ("encoder", Cell(None, ("another", "1", 1))),
    ):
        table = table_of(
            target, name, cell(target, name, 1), **{f"sqlite_autoindex_{name}_1": [entry]}
        )
        assert len(table.rows) == 1 and table.lost() == 0
        assert set(FACTS[name].items()) <= set(table.rows[1].items())
        lost = table_of(target, name, **{f"sqlite_autoindex_{name}_1": [entry]})
        assert lost.lost() == (0 if name == "encoder" else 1)


def test_an_encoder_is_known_by_its_index_up_to_its_dimension(target: sqlite3.Connection) -> None:
    table = table_of(target, "encoder", sqlite_autoindex_encoder_1=[Cell(None, ("tiny", "1", 6))])
    assert table.rows == {6: {"id": 6, "name": "tiny", "version": "1"}}


def test_a_lost_row_is_made_from_an_index_that_has_all_of_it(target: sqlite3.Connection) -> None:
    began = time.time()
    table = table_of(target, "root", sqlite_autoindex_root_1=[Cell(None, ("/photos", 6))])
    (row,) = table.rows.values()
    assert row.pop("added_at") >= began  # type: ignore[operator]
    assert row == {"id": 6, "path": "/photos"} and table.lost() == 0
    decided = [Cell(None, (digest_of(1), 4, 2)), Cell(None, (b"short", 4, 3))]
    table = table_of(target, "decided", sqlite_autoindex_decided_1=decided)
    # Not from an entry that cannot be right.
    assert table.rows == {2: {"hash": digest_of(1), "decision_id": 4}} and table.lost() == 1


def test_a_row_and_an_index_that_contradict_each_other_are_both_kept(
    target: sqlite3.Connection,
) -> None:
    """Either may be right, and a folder too many is better than one too few."""
    table = table_of(
        target,
        "root",
        cell(target, "root", 1),
        sqlite_autoindex_root_1=[Cell(None, ("/pictures", 1))],
    )
    assert table.insert(target) == 2
    rows = target.execute("select id, path from root order by id").fetchall()
    assert rows == [(1, "/photos"), (2, "/pictures")]


# --- into the new catalog


def test_of_conflicting_rows_the_later_is_inserted(target: sqlite3.Connection) -> None:
    for first, then in ((3.0, 4.0), (4.0, 3.0)):
        target.execute("delete from file")
        table = table_of(
            target,
            "file",
            cell(target, "file", 1, size=int(first), seen_at=first),
            cell(target, "file", 2, size=int(then), seen_at=then),
            cell(target, "file", 3, path="b.jpg", seen_at=0.0),
        )
        assert table.insert(target) == 2
        assert target.execute("select size from file where path = 'a.jpg'").fetchall() == [(4,)]


def test_a_row_that_the_schema_refuses_does_not_stop_the_others(target: sqlite3.Connection) -> None:
    rows = [
        cell(target, "decision", 1),
        cell(target, "decision", 2, kind="sometimes"),
        cell(target, "decision", 3),
    ]
    assert table_of(target, "decision", *rows).insert(target) == 2
    assert target.execute("select id from decision").fetchall() == [(1,), (3,)]
    # A new catalog has a clock already.
    assert table_of(target, "clock", cell(target, "clock", 1)).insert(target) == 1
    assert target.execute("select change from clock").fetchall() == [(7,)]
