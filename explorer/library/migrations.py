"""Migrates a catalog to this release's schema, by the numbered steps in `migration_steps`.

`PRAGMA user_version` repeats how many steps a catalog has had, so that a command that finds it
current need not import sqlite-utils.
"""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from explorer.errors import LibraryNewer
from explorer.library.migration_steps import STEPS

if TYPE_CHECKING:
    import sqlite_utils
    from sqlite_utils.migrations import Migrations

VERSION = len(STEPS)
# No release is this many steps ahead.
_MAX_STEPS_AHEAD = 10_000


def migrate(
    connection: sqlite3.Connection, lock: AbstractContextManager[object] | None = None
) -> None:
    """Migrate a catalog, new or old, to this release's schema. Raises LibraryNewer if a later
    release has written it.

    lock: held while the schema is changed. Each step and its record are one transaction: after an
    interruption, the rest follows at the next start.
    """
    if _had(connection) == VERSION:
        return
    with lock or nullcontext():
        if _had(connection) != VERSION:
            _apply(connection)


def too_new(version: int) -> bool:
    """Whether a schema of that number is a later release's. Far larger numbers are the result of
    damage."""
    return VERSION < version <= VERSION + _MAX_STEPS_AHEAD


def _had(connection: sqlite3.Connection) -> int:
    (had,) = connection.execute("pragma user_version").fetchone()
    if too_new(had):
        raise LibraryNewer(
            "This library was written by a newer Photo Explorer: update the program, or choose"
            " another --library folder."
        )
    return int(had)


def _apply(connection: sqlite3.Connection) -> None:
    import sqlite_utils
    from sqlite_utils.migrations import Migrations

    steps = Migrations("photo-explorer")
    for name, sql in STEPS:
        _add(steps, name, sql)
    steps.apply(sqlite_utils.Database(connection))
    connection.execute(f"pragma user_version = {VERSION}")
    connection.commit()


def _add(steps: Migrations, name: str, sql: str) -> None:
    @steps(name=name)
    def step(db: sqlite_utils.Database) -> None:
        for statement in sql.split(";\n"):
            if statement.strip():
                db.execute(statement)
