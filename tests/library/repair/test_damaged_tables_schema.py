"""The schema of a damaged catalog, and pages that belong to none of its tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from explorer.library.migrations import VERSION
from explorer.library.repair.damaged_tables import DamagedCatalog
from explorer.library.repair.sqlite_pages import Pages


def catalog(path: Path, *statements: str) -> DamagedCatalog:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)
    return DamagedCatalog(Pages(path))


def test_columns_are_those_of_the_statement_in_the_file(tmp_path: Path) -> None:
    source = catalog(
        tmp_path / "a.db",
        "create table one (a integer not null, b text)",
        "create view two as select a from one",
        "create index three on one (a)",
        # Its rows are in tables of their own; it has no page.
        "create virtual table four using fts5 (a)",
    )
    columns = source.columns("one", [])
    assert [(each.name, each.kind, each.required) for each in columns] == [
        ("a", "integer", True),
        ("b", "text", False),
    ]
    roots = {name for name in source.roots if "_" not in name}
    assert roots == {"one", "three"} and "four_data" in source.roots
    assert {name for name in source.statements if "_" not in name} == {"one"}
    for odd in (
        "create table one (",
        "drop table one",
        "create table other (a)",
        "create table one (a\0)",
    ):
        source.statements["one"] = odd
        assert source.columns("one", columns) == columns
    source.statements["one"] = "CREATE TABLE one (c)"
    assert [each.name for each in source.columns("one", columns)] == ["c"]
    assert source.columns("unknown", columns) == columns
    assert list(source.cells("unknown", index=False)) == []


def test_the_release_is_read_from_the_header(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    assert catalog(path, "create table one (a)", f"pragma user_version = {VERSION}").roots
    path.write_bytes(path.read_bytes()[:1000])
    # What cannot be read is not taken for that of a later release.
    assert DamagedCatalog(Pages(path)).roots == {}


def test_a_torn_schema_is_completed_without_tables_that_were_dropped(tmp_path: Path) -> None:
    path, kept = tmp_path / "a.db", [f"kept_{number}" for number in range(60)]
    dropped = [f"dropped_{number}" for number in range(60)]
    words = " check (a <> '" + 60 * "x" + "')"
    catalog(
        path,
        "pragma secure_delete = off",
        *(f"create table {name} (a{words})" for name in kept + dropped),
        *(f"drop table {name}" for name in dropped),
    )
    leaves, free = list(Pages(path).leaves(1)), Pages(path).free()
    data = bytearray(path.read_bytes())
    size = int.from_bytes(data[16:18], "big")
    stale = [data[(n - 1) * size : n * size] for n in free if Pages(path).is_leaf(n)]
    assert len(leaves) > 1 and any(b"dropped_" in page for page in stale)
    # The kind of one of its pages.
    data[(leaves[-1] - 1) * size] = 0
    path.write_bytes(data)
    source = DamagedCatalog(Pages(path))
    assert source.pages.torn and set(source.roots) < set(kept)


def test_pages_that_no_table_has_are_offered_to_all_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    catalog(
        path,
        "pragma secure_delete = off",
        "create table one (a)",
        "create table two (a primary key, b) without rowid",
        "create table gone (a)",
        "insert into one values ('of one')",
        "insert into two values ('of two', 1)",
        "insert into gone values ('orphan')",
        "create table freed (a)",
        # More than one page: the first that is freed lists the others.
        "insert into freed select 'freed ' || value || hex(zeroblob(500)) from"
        " json_each('[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]')",
        "drop table freed",
        "pragma writable_schema = on",
        "delete from sqlite_master where name = 'gone'",
    )
    source = DamagedCatalog(Pages(path))
    assert any(source.pages.is_leaf(number) for number in source.pages.free())
    for name in source.roots:
        source.reach(name)
    assert [[cell.values for cell in page] for page in source.orphan_pages()] == [[("orphan",)]]
    # A table that was read need not be reached again.
    source = DamagedCatalog(Pages(path))
    assert [cell.values for cell in source.cells("one", index=False)] == [("of one",)]
    assert len(list(source.orphan_pages())) == 1 and not source.pages.torn
