"""Numbers of a damaged catalog that may never go back: ids, and the count of changes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.library.filled_catalog import PAGE, PHOTOS, overwrite, root_of, rows_of, salvaged
from tests.library.repair.test_salvage import sql


def counters(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as db:
        return dict(db.execute("select name, seq from sqlite_sequence"))


def test_ids_of_deleted_rows_are_never_given_again(path: Path) -> None:
    before = counters(path)
    sql(
        path,
        "update sqlite_sequence set seq = 700 where name = 'photo'",
        # No step of the history is left, nor any that was ever made.
        "insert into sqlite_sequence values ('edit', 9), ('album', 1)",
        "delete from sqlite_sequence where name = 'decision'",
    )
    salvaged(path)
    # A lost counter is that of the rows that are left.
    assert counters(path) == before | {"photo": 700, "edit": 9, "album": 1}
    assert before["decision"] > 1


@pytest.mark.parametrize("purged", [650, 750])
def test_the_greater_of_counter_and_purged_ids_counts(path: Path, purged: int) -> None:
    sql(
        path,
        "update sqlite_sequence set seq = 700 where name = 'photo'",
        f"insert into purged values ({purged}, 1)",
    )
    salvaged(path)
    assert counters(path)["photo"] == max(700, purged)


def test_impossible_counters_are_not_believed(path: Path) -> None:
    before = counters(path)
    sql(
        path,
        "insert into sqlite_sequence values ('edit', 281474976710656), ('nothing', 5), (7, 5),"
        " ('album', 'many'), ('concept_photo', null)",
        "update sqlite_sequence set seq = 3 where name = 'photo'",
    )
    salvaged(path)
    assert counters(path) == before
    sql(path, "insert into sqlite_sequence values ('edit', 281474976710655)")
    path.with_name("catalog.damaged-1.db").unlink()
    salvaged(path)
    assert counters(path) == before | {"edit": (1 << 48) - 1}


@pytest.mark.parametrize(
    "statement",
    [
        "update photo set change = 900000 where id = 5",
        "insert into purged values (5000, 900000)",
        "insert into stage values ('comparing', '1', 900000)",
    ],
)
def test_no_change_is_later_than_the_clock(path: Path, statement: str) -> None:
    sql(path, statement)
    _, found = salvaged(path)
    assert found["clock"] == {(1, 900_000)}


def test_a_lost_clock_goes_on_far_beyond_every_change(path: Path) -> None:
    sql(path, "insert into purged values (5000, 900000)")
    overwrite(path, root_of(path, "clock"), b"\xff" * PAGE)
    _, found = salvaged(path)
    assert found["clock"] == {(1, 900_000 + (1 << 32))}


# --- encoders


def test_dimensions_of_encoders_are_those_of_their_vectors(made: Path, path: Path) -> None:
    vector = np.zeros(32, np.float16).tobytes()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("insert into encoder values (2, 'large', '1', 32), (3, 'unused', '1', 16)")
        db.executemany(
            "insert into embedding values (2, ?, ?)",
            [(number, vector) for number in range(1, PHOTOS + 1)],
        )
    before = rows_of(path)
    overwrite(path, root_of(path, "encoder"), b"\xff" * PAGE)
    saved, found = salvaged(path)
    # Nothing can be searched by one that has no vectors.
    assert found["encoder"] == {(1, "tiny", "1", 8), (2, "large", "1", 32)}
    assert found["embedding"] == before["embedding"] and saved.lost == []
