"""The one connection that writes."""

from __future__ import annotations

import sqlite3

import pytest

from explorer.library.file_rows import FileStat
from explorer.library.stores.file_store import files_below, put_present
from explorer.library.writer import Writer
from tests.factory import LibraryBuilder
from tests.library.rows import visible


class TestTransactions:
    def test_a_nested_transaction_shares_number_and_outcome(self, builder: LibraryBuilder) -> None:
        with builder.writer.transaction() as outer, builder.writer.transaction() as inner:
            assert inner == outer
        with pytest.raises(KeyError), builder.writer.transaction():
            with builder.writer.transaction():
                builder.put("a.jpg", "x")
            raise KeyError
        assert visible(builder) == set() and not files_below(builder.writer, builder.root)

    def test_each_transaction_has_its_own_number_visible_to_readers(
        self, builder: LibraryBuilder
    ) -> None:
        before = builder.library.catalog.change()
        with builder.writer.transaction() as first:
            pass
        with builder.writer.transaction() as second:
            pass
        assert (first, second) == (
            before + 1,
            before + 2,
        ) and builder.library.catalog.change() == second


class TestConnection:
    def test_a_writer_waits_for_a_program_that_locks_the_catalog(
        self, builder: LibraryBuilder
    ) -> None:
        assert builder.writer.connection.execute("pragma busy_timeout").fetchall()[0][0] == 120_000

    def test_a_closed_writer_refuses_writes(self, builder: LibraryBuilder) -> None:
        writer = Writer(builder.library.catalog)
        assert writer.catalog is builder.library.catalog
        writer.close()
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            writer.connection.execute("delete from setting")


def test_a_failed_transaction_leaves_nothing(builder: LibraryBuilder) -> None:
    change = builder.library.catalog.change()
    with pytest.raises(ZeroDivisionError), builder.writer.transaction():
        builder.put("a.jpg", "x")
        1 / 0  # noqa: B018
    assert builder.library.catalog.counts().photos == 0
    assert builder.library.catalog.change() == change


def test_an_error_after_sqlite_has_rolled_back_is_not_hidden(builder: LibraryBuilder) -> None:
    """As SQLite does by itself on a full disk."""
    with pytest.raises(ZeroDivisionError), builder.writer.transaction():
        builder.writer.connection.execute("rollback")
        1 / 0  # noqa: B018
    assert builder.put("b.jpg", "y") > 0


def test_writer_is_reusable_after_an_error(builder: LibraryBuilder) -> None:
    with pytest.raises(sqlite3.Error), builder.writer.transaction():
        put_present(builder.writer, builder.root, FileStat("a.jpg", 1, 1, 0), 12345)
    assert builder.put("b.jpg", "y") > 0
    assert isinstance(builder.writer, Writer)
