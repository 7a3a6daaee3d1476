"""Findings that the user does not want to see again: table `dismissed`.

A dismissal refers to a content by its hash, so it applies wherever the file is, and after the
library is rebuilt; for a file that cannot be read it refers to its path. The app and the command
line write it themselves, in one short transaction.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from typing import NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.connection import write_transaction
from explorer.library.paths import to_text


class Dismissal(NamedTuple):
    """What hides one finding."""

    subject: str
    """A content hash (hex), or the `path_subject` of a file."""
    kind: str
    """The kind of the finding."""


def path_subject(path: str) -> str:
    """The subject of a dismissal for a file that cannot be read."""
    return "path:" + to_text(path)


def dismiss(catalog: Catalog, findings: Iterable[Dismissal]) -> None:
    """Stop showing these findings."""
    now = time.time()
    with write_transaction(catalog.path) as db:
        db.executemany(
            "insert or ignore into dismissed values (?, ?, ?)",
            ((*finding, now) for finding in findings),
        )


def undismiss(catalog: Catalog, findings: Iterable[Dismissal]) -> None:
    """Show these findings again."""
    with write_transaction(catalog.path) as db:
        db.executemany("delete from dismissed where subject = ? and kind = ?", findings)


def dismissed(catalog: Catalog) -> frozenset[Dismissal]:
    """Every finding that is dismissed."""
    with catalog.reading() as db:
        return frozenset(
            Dismissal(*row) for row in db.execute("select subject, kind from dismissed")
        )


def copy_dismissals(db: sqlite3.Connection, before: bytes, after: bytes) -> None:
    """Dismiss the same findings for a content as for the one that it has replaced in a file. Must
    be called in a write transaction."""
    db.execute(
        "insert or ignore into dismissed select ?, kind, dismissed_at from dismissed where subject"
        " = ?",
        (after.hex(), before.hex()),
    )
