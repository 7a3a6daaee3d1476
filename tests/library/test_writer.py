"""The one connection that writes."""

from __future__ import annotations

import sqlite3

import pytest

from explorer.library.file_rows import FileStat
from explorer.library.file_store import files_below, put_present
from explorer.library.writer import Writer
from tests.factory import Shelf
from tests.library.rows import visible


class TestTransactions:
    def test_a_block_within_a_block_shares_its_number_and_its_fate(self, shelf: Shelf) -> None:
        with shelf.writer.transaction() as outer, shelf.writer.transaction() as inner:
            assert inner == outer
        with pytest.raises(KeyError), shelf.writer.transaction():
            with shelf.writer.transaction():
                shelf.put("a.jpg", "x")
            raise KeyError
        assert visible(shelf) == set() and not files_below(shelf.writer, shelf.root)

    def test_each_has_a_number_of_its_own_that_readers_see(self, shelf: Shelf) -> None:
        before = shelf.library.catalog.change()
        with shelf.writer.transaction() as first:
            pass
        with shelf.writer.transaction() as second:
            pass
        assert (first, second) == (
            before + 1,
            before + 2,
        ) and shelf.library.catalog.change() == second


class TestConnection:
    def test_another_program_that_holds_the_catalog_is_waited_for(self, shelf: Shelf) -> None:
        assert shelf.writer.connection.execute("pragma busy_timeout").fetchall()[0][0] == 120_000

    def test_a_writer_that_is_closed_writes_no_more(self, shelf: Shelf) -> None:
        writer = Writer(shelf.library.catalog)
        assert writer.catalog is shelf.library.catalog
        writer.close()
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            writer.connection.execute("delete from setting")


def test_a_failed_transaction_leaves_nothing(shelf: Shelf) -> None:
    change = shelf.library.catalog.change()
    with pytest.raises(ZeroDivisionError), shelf.writer.transaction():
        shelf.put("a.jpg", "x")
        1 / 0  # noqa: B018
    assert shelf.library.catalog.counts().photos == 0
    assert shelf.library.catalog.change() == change


def test_writer_is_reusable_after_an_error(shelf: Shelf) -> None:
    with pytest.raises(sqlite3.Error), shelf.writer.transaction():
        put_present(shelf.writer, shelf.root, FileStat("a.jpg", 1, 1, 0), 12345)
    assert shelf.put("b.jpg", "y") > 0
    assert isinstance(shelf.writer, Writer)
