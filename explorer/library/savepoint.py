"""A part of a transaction that can fail alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from explorer.errors import PhotoError
from explorer.library.writer import Writer

# What Python or SQLite raises for a value that no column can hold: numbers without bounds, text
# that is no Unicode, things of no type it knows, rows that break a constraint. A full or broken
# disk is another matter.
_UNFIT = (
    OverflowError,
    ValueError,
    TypeError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    sqlite3.IntegrityError,
)


@contextmanager
def savepoint(writer: Writer) -> Iterator[None]:
    """Within a transaction: where the block raises, what it wrote is taken back, and what was
    written before it stays.

    Raises PhotoError, with a reason in plain words, where a value is not one that the catalog can
    hold; and whatever else the block raises.
    """
    writer.connection.execute("savepoint one")
    try:
        yield
    except BaseException as error:
        # On a full disk SQLite may have rolled everything back already.
        if writer.connection.in_transaction:
            writer.connection.execute("rollback to one")
            writer.connection.execute("release one")
        if isinstance(error, _UNFIT):
            raise PhotoError(
                f"what was read of it cannot be kept in the catalog ({type(error).__name__}: {error})"
            ) from error
        raise
    writer.connection.execute("release one")
