"""Connections to the catalog's SQLite file: settings, and the short transactions of processes other
than the worker."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from explorer.errors import LibraryError
from explorer.library.durable_io import explain

# SQLite's own limit on the bound values of one statement is 32,766; lists are cut well below it.
MAX_BOUND_VALUES = 10_000


def connect(path: Path, wait: float = 30.0, *, read_only: bool = False) -> sqlite3.Connection:
    """Open the catalog in write-ahead mode with foreign keys enforced.

    wait: seconds to wait for another connection that is writing. read_only: make SQLite refuse
    every change. Raises LibraryError.
    """
    try:
        connection = sqlite3.connect(
            path, timeout=wait, check_same_thread=False, isolation_level=None
        )
        connection.row_factory = sqlite3.Row
        for pragma in (
            "journal_mode = wal",
            "synchronous = normal",
            # On macOS, have the drive write its cache, too; other systems ignore these.
            "fullfsync = on",
            "checkpoint_fullfsync = on",
            "foreign_keys = on",
            "temp_store = memory",
            f"query_only = {int(read_only)}",
        ):
            connection.execute(f"pragma {pragma}")
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise explain(error, path.parent) or LibraryError(
            f"The library's catalog {path} cannot be opened: {error}."
        ) from error
    return connection


@contextmanager
def write_transaction(path: Path) -> Iterator[sqlite3.Connection]:
    """One short transaction on a connection of its own, committed at the end of the block.

    For what the app and the command line write themselves (settings, commands, decisions) while the
    worker's `Writer` may be open. Rolled back if the block raises. Raises LibraryError if the
    catalog cannot be written.
    """
    try:
        with closing(connect(path)) as db:
            # Closing it without a commit rolls back.
            db.execute("begin immediate")
            yield db
            db.execute("commit")
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise explain(error, path.parent) or error from error
