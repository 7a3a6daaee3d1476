from __future__ import annotations

import sqlite3

import pytest

from explorer.library.migrations import migrate
from explorer.library.repair.column_values import Column, columns_of, fits
from explorer.library.repair.sqlite_pages import Value


def column(name: str, kind: str, *, required: bool = False, key: bool = False) -> Column:
    return Column(name, kind, required, None, key)


def test_the_columns_of_a_table_and_which_one_is_its_rowid() -> None:
    with sqlite3.connect(":memory:") as db:
        db.execute(
            "create table one (id INTEGER primary key, name text not null default 'x', size real)"
        )
        db.execute("create table two (a integer not null, b integer, primary key (a, b))")
        db.execute("create table three (name text primary key)")
        assert columns_of(db, "one") == [
            Column("id", "integer", True, None, True),
            Column("name", "text", True, "'x'", False),
            Column("size", "real", False, None, False),
        ]
        # Neither a key of several columns nor one of text is the rowid; both must be given.
        assert [(each.required, each.key) for each in columns_of(db, "two")] == [
            (True, False),
            (True, False),
        ]
        assert [(each.required, each.key) for each in columns_of(db, "three")] == [(True, False)]
        assert columns_of(db, "absent") == []
    db.close()


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("integer", [0, -5, 1 << 60], [1.5, "1", b"1"]),
        ("real", [0, 2.5, -1e300], ["2.5", b"2", float("inf"), float("nan")]),
        ("text", ["", "é"], [1, b"a", "a\0b"]),
        ("blob", [b"", b"\0"], [1, "a", 1.5]),
        ("any", [1, "a", b"a", 1.5], ["a\0", float("-inf")]),
    ],
)
def test_valid_values_have_the_type_and_range_of_their_column(
    kind: str, good: list[Value], bad: list[Value]
) -> None:
    assert [fits("t", column("c", kind), value) for value in good] == [True] * len(good)
    assert [fits("t", column("c", kind), value) for value in bad] == [False] * len(bad)


def test_null_is_for_columns_that_may_lack_a_value_and_for_the_rowid() -> None:
    assert fits("t", column("c", "text"), None)
    assert not fits("t", column("c", "text", required=True), None)
    # SQLite keeps the rowid outside the row, and a null in its place.
    assert fits("t", column("id", "integer", required=True, key=True), None)


@pytest.mark.parametrize(
    ("place", "kind", "good", "bad"),
    [
        ("root.path", "text", ["/photos", "D:\\"], [""]),
        (
            "root.exclude",
            "text",
            ["[]", '["a", "b"]'],
            ["", "[1]", '["a", 1]', "{}", '"a"', "[" * 100_000, "nothing"],
        ),
        ("root.mounts", "text", ["[]", '["a"]'], ["", "[null]", "{}"]),
        ("file.path", "text", ["a.jpg", "sub/a.jpg", "a/"], ["", "/etc/passwd"]),
        (
            "file.fault",
            "text",
            ["damaged", "foreign", "unsupported", "environment"],
            ["", "whatever", "Damaged"],
        ),
        ("photo.hash", "blob", [bytes(16)], [b"", bytes(15), bytes(17)]),
        ("photo.phash", "blob", [bytes(32)], [b"", bytes(31), bytes(16)]),
        ("photo.width", "integer", [1, 60_000], [0, -1]),
        ("photo.height", "integer", [1], [0, -1]),
        ("photo.frames", "integer", [1], [0]),
        ("decided.hash", "blob", [bytes(16)], [b"", bytes(15)]),
        ("pixels.hash", "blob", [bytes(16)], [b"", bytes(32)]),
        (
            "pair.relation",
            "text",
            ["{}", '{"kind": "copy"}'],
            ["", "[]", "1", "{" * 9, '{"a":' * 100_000],
        ),
        ("encoder.dim", "integer", [1, 512], [0, -512]),
        ("embedding.vector", "blob", [bytes(2), bytes(1024)], [b"", b"\0", bytes(1023)]),
    ],
)
def test_some_columns_hold_only_certain_values(
    place: str, kind: str, good: list[Value], bad: list[Value]
) -> None:
    table, name = place.split(".")
    assert [fits(table, column(name, kind), value) for value in good] == [True] * len(good)
    assert [fits(table, column(name, kind), value) for value in bad] == [False] * len(bad)
    # Only there: a column of that name elsewhere is another.
    assert all(fits("elsewhere", column(name, kind), value) for value in bad)


def test_every_rule_names_a_column_of_the_schema() -> None:
    from explorer.library.repair import column_values

    db = sqlite3.connect(":memory:", isolation_level=None)
    migrate(db)
    kinds = {
        (table, each.name): each.kind
        for table, _ in column_values._CHECKS
        for each in columns_of(db, table)
    }
    db.close()
    assert column_values._CHECKS.keys() <= kinds.keys() and set(kinds.values()) <= set(
        column_values._TYPES
    )
