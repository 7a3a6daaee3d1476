from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from explorer.errors import PhotoError
from explorer.library.library import Library
from explorer.library.savepoint import savepoint
from explorer.library.writer import Writer


def _settings(library: Library) -> dict[str, str]:
    with library.catalog.reading() as db:
        return dict(db.execute("select key, value from setting where key like 'x%'").fetchall())


@pytest.mark.parametrize(
    ("key", "value"),
    [("xb", 1 << 70), ("xb", "\ud800"), ("xb", object()), ("xb", None), ("xa", "twice")],
    ids=["big", "half", "type", "null", "twice"],
)
def test_a_value_that_cannot_be_stored_affects_nothing_else(
    tmp_path: Path, key: str, value: object
) -> None:
    library = Library.open(tmp_path)
    writer = Writer(library.catalog)
    try:
        with writer.transaction():
            writer.connection.execute("insert into setting values ('xa', '1')")
            with (
                pytest.raises(PhotoError, match="cannot be stored in the catalog"),
                savepoint(writer),
            ):
                writer.connection.execute("insert into setting values ('xc', '3')")
                writer.connection.execute("insert into setting values (?, ?)", (key, value))
            with savepoint(writer):
                writer.connection.execute("insert into setting values ('xd', '4')")
        assert _settings(library) == {"xa": "1", "xd": "4"}
    finally:
        writer.close()
        library.close()


@pytest.mark.parametrize(
    "error", [sqlite3.OperationalError("disk I/O error"), KeyboardInterrupt(), OSError(28, "full")]
)
def test_other_errors_are_propagated(tmp_path: Path, error: BaseException) -> None:
    library = Library.open(tmp_path)
    writer = Writer(library.catalog)

    def fail() -> None:
        raise error

    try:
        with pytest.raises(type(error)), writer.transaction(), savepoint(writer):
            fail()
        assert not writer.connection.in_transaction
        with pytest.raises(PhotoError), savepoint(writer):
            # Where SQLite has rolled back by itself, there is no savepoint left to go back to.
            writer.connection.execute("rollback")
            raise ValueError
    finally:
        writer.close()
        library.close()
