"""Migrate a catalog to this release's schema, by the numbered steps in `migration_steps`.

`PRAGMA user_version` repeats how many steps have been applied to a catalog, so that a command that
finds it current need not import sqlite-utils.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.abc import MetaPathFinder
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
    with _without_pandas():
        import sqlite_utils
        from sqlite_utils.migrations import Migrations

    steps = Migrations("photo-explorer")
    for name, sql in STEPS:
        _add(steps, name, sql)
    steps.apply(sqlite_utils.Database(connection))
    connection.execute(f"pragma user_version = {VERSION}")
    connection.commit()


class _PandasBlocker(MetaPathFinder):
    """Makes imports of pandas fail in the thread that created it."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas" and threading.get_ident() == self._thread:
            raise ModuleNotFoundError("sqlite-utils does without pandas", name=name)


@contextmanager
def _without_pandas() -> Iterator[None]:
    """Keep sqlite-utils from importing pandas, which takes most of a second and 60 MB, and which it
    uses only for data frames."""
    blocker = _PandasBlocker()
    sys.meta_path.insert(0, blocker)
    try:
        yield
    finally:
        sys.meta_path.remove(blocker)


def _add(steps: Migrations, name: str, sql: str) -> None:
    @steps(name=name)
    def step(db: sqlite_utils.Database) -> None:
        for statement in sql.split(";\n"):
            db.execute(statement)
