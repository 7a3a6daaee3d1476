"""Rows read from a database file's pages are those that SQLite reads."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.library.repair.sqlite_pages import Cell, Pages
from tests.thoroughness import times

VALUES = st.one_of(
    st.none(), st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([0, 1, 127, 128, -128, 2**15, 2**23, 2**31, 2**47]),
    st.floats(allow_nan=False), st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.binary(max_size=40),
    st.integers(0, 20_000).map(lambda size: b"\xa5" * size),
)  # fmt: skip


def table(pages: Pages, name: str, *, index: bool = False) -> list[Cell]:
    roots = dict[str, int]()
    for number in pages.leaves(1):
        for cell in pages.cells(number):
            if isinstance(cell.values[3], int):
                roots[str(cell.values[1])] = cell.values[3]
    return [
        cell for number in pages.leaves(roots[name], index=index) for cell in pages.cells(number)
    ]


def made(path: Path, rows: list[tuple[object, object]], page: int = 4096) -> None:
    with sqlite3.connect(path) as db:
        db.execute(f"pragma page_size = {page}")
        db.execute("create table t (id integer primary key, a, b)")
        db.execute("create index i on t (a)")
        db.execute("create table w (a integer, b, primary key (a)) without rowid")
        db.executemany("insert into t (a, b) values (?, ?)", rows)
        db.executemany("insert into w values (?, ?)", enumerate(row[1] for row in rows))
    db.close()


@settings(max_examples=times(40, 200), deadline=None)
@given(
    rows=st.lists(st.tuples(VALUES, VALUES), max_size=25),
    page=st.sampled_from([512, 1024, 4096, 65536]),
)
def test_pages_written_by_sqlite_are_read(
    rows: list[tuple[object, object]], page: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("pages") / "a.db"
    made(path, rows, page)
    pages = Pages(path)
    expected = [(number + 1, (None, *row)) for number, row in enumerate(rows)]
    # SQLite keeps no sign of a zero, and whole floats as integers where a column has no type;
    # values are equal all the same.
    assert [(cell.rowid, cell.values) for cell in table(pages, "t")] == expected
    assert sorted(cell.values for cell in table(pages, "w", index=True)) == [
        (i, row[1]) for i, row in enumerate(rows)
    ]
    assert sorted(int(str(cell.values[1])) for cell in table(pages, "i", index=True)) == [
        number + 1 for number in range(len(rows))
    ]
    assert pages.torn == set() and pages.size == page


def test_rows_of_every_length_are_read(tmp_path: Path) -> None:
    """How much of a row is on its page depends on its length to the byte."""
    path = tmp_path / "a.db"
    texts = [bytes([number % 255 + 1]) * number for number in range(1100)]
    made(path, [(text, text) for text in texts], 512)
    pages = Pages(path)
    assert [cell.values[1:] for cell in table(pages, "t")] == [(text, text) for text in texts]
    assert sorted(cell.values for cell in table(pages, "w", index=True)) == list(enumerate(texts))
    entries = {cell.values for cell in table(pages, "i", index=True)}
    assert entries == {(text, number + 1) for number, text in enumerate(texts)}
    assert not pages.torn


def test_rowids_may_be_of_any_size(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    made(path, [])
    ids = sorted(
        {sign * (1 << bits) - off for bits in range(63) for sign in (1, -1) for off in (0, 1)}
    )
    ids += [-(1 << 63), (1 << 63) - 1]
    with sqlite3.connect(path) as db:
        db.executemany("insert into t values (?, 1, ?)", [(each, str(each)) for each in ids])
    db.close()
    found = [(cell.rowid, cell.values[2]) for cell in table(Pages(path), "t")]
    assert found == [(each, str(each)) for each in sorted(ids)]


def test_bytes_that_an_extension_reserves_on_each_page_hold_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as db:
        db.execute("pragma page_size = 1024")
        db.execute("pragma user_version = 1")
    db.close()
    data = bytearray(path.read_bytes())
    # A page without cells ends where the reserved bytes begin.
    data[20], data[105:107] = 24, (1000).to_bytes(2, "big")
    path.write_bytes(data)
    rows = [(bytes([number % 255 + 1]) * number, number) for number in range(2200)]
    with sqlite3.connect(path) as db:
        db.execute("create table t (id integer primary key, a, b)")
        db.executemany("insert into t (a, b) values (?, ?)", rows)
    db.close()
    assert path.read_bytes()[20] == 24
    pages = Pages(path)
    assert [cell.values[1:] for cell in table(pages, "t")] == rows and not pages.torn


MANY = [(f"row {number} " + "x" * 60, number) for number in range(3000)]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trees of three levels."""
    path = tmp_path_factory.mktemp("large") / "a.db"
    made(path, MANY, 512)  # type: ignore[arg-type]
    return path


def test_trees_of_many_pages_are_read(large: Path) -> None:
    pages = Pages(large)
    assert [cell.values[1:] for cell in table(pages, "t")] == MANY
    assert len(table(pages, "i", index=True)) == len(table(pages, "w", index=True)) == 3000
    assert not pages.torn


def test_an_invalid_page_loses_only_its_own_rows(large: Path, tmp_path: Path) -> None:
    pages = Pages(large)
    (number,) = [
        n
        for n in range(1, pages.count + 1)
        if pages.is_leaf(n)
        and any(cell.values[-1] == 1500 for cell in pages.cells(n) if len(cell.values) == 3)
    ]
    own = {cell.rowid for cell in pages.cells(number)}
    data = bytearray(large.read_bytes())
    for how in (bytes(512), b"\xff" * 512, bytes([13, 0, 0, 255, 255]) + bytes(507)):
        data[(number - 1) * 512 : number * 512] = how
        (tmp_path / "b.db").write_bytes(data)
        torn = Pages(tmp_path / "b.db")
        assert {cell.rowid for cell in table(torn, "t")} == {*range(1, 3001)} - own
        assert torn.torn == {number}


def test_a_cyclic_tree_terminates(large: Path, tmp_path: Path) -> None:
    data = bytearray(large.read_bytes())
    pages = Pages(large)
    interior = [n for n in range(2, pages.count + 1) if data[(n - 1) * 512] == 5]
    for number in interior:
        # Every rightmost child is the tree's first inner page.
        data[(number - 1) * 512 + 8 : (number - 1) * 512 + 12] = interior[0].to_bytes(4, "big")
    (tmp_path / "b.db").write_bytes(data)
    torn = Pages(tmp_path / "b.db")
    found = [cell.rowid for cell in table(torn, "t")]
    assert len(found) == len(set(found)) > 100 and torn.torn


def test_a_broken_overflow_chain_loses_only_its_row(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    made(path, [(1, b"a" * 9000), (2, b"b" * 9000), (3, b"c")])
    whole = Pages(path)
    assert [len(cell.values[2]) for cell in table(whole, "t")] == [9000, 9000, 1]  # type: ignore[arg-type]
    data = bytearray(path.read_bytes())
    chain = [
        n
        for n in range(2, whole.count + 1)
        if data[(n - 1) * 4096 + 4 : (n - 1) * 4096 + 2000] == b"a" * 1996
    ][:2]
    for number, link in ((chain[0], 0), (chain[0], 99_999), (chain[1], chain[0])):
        changed = bytearray(data)
        changed[(number - 1) * 4096 : (number - 1) * 4096 + 4] = link.to_bytes(4, "big")
        path.write_bytes(changed)
        torn = Pages(path)
        assert [cell.rowid for cell in table(torn, "t")] == [2, 3] and torn.torn


def test_freed_pages_are_recognized(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    made(path, MANY)  # type: ignore[arg-type]
    with sqlite3.connect(path) as db:
        db.execute("delete from t")
        (free,) = db.execute("pragma freelist_count").fetchone()
    db.close()
    pages = Pages(path)
    assert len(pages.free()) == free > 20 and 0 not in pages.torn
    data = bytearray(path.read_bytes())
    data[32:36] = b"\xff" * 4
    path.write_bytes(data)
    torn = Pages(path)
    assert torn.free() == set() and 0 in torn.torn


def test_invalid_text_is_returned_as_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    made(path, [("findme", 1)])
    path.write_bytes(path.read_bytes().replace(b"findme", b"f\xff\xfeme\xff"))
    assert table(Pages(path), "t")[0].values[1] == b"f\xff\xfeme\xff"


def test_without_a_header_the_usual_size_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    made(path, [("a", 1)])
    path.write_bytes(b"\xa5" * 100 + path.read_bytes()[100:])
    assert Pages(path).size == 4096 and table(Pages(path), "t")[0].values == (None, "a", 1)
    (tmp_path / "empty.db").write_bytes(b"")
    empty = Pages(tmp_path / "empty.db")
    assert empty.count == 0 and list(empty.leaves(1)) == []
