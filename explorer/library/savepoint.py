"""Savepoints, with which a part of a transaction can fail without the rest."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from explorer.errors import PhotoError
from explorer.library.writer import Writer

# What Python or SQLite raises for values that no column can hold: numbers that are too large, text
# that is not Unicode, unknown types, rows that break a constraint. Not errors of the disk.
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
    """Within a transaction, roll back what the block wrote if it raises; what was written before it
    stays.

    Raises PhotoError, with a reason in plain words, for values that the catalog cannot hold, and
    whatever else the block raises.
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
                f"its values cannot be stored in the catalog ({type(error).__name__}: {error})"
            ) from error
        raise
    writer.connection.execute("release one")
