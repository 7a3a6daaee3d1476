"""Findings that a person has seen and does not want to see again.

A dismissal is about a content, by its hash, so that it holds wherever the file lies and after the
library is made anew; for a file that cannot be read it is about its path. The server and the
command line write it themselves, in one short transaction.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.connection import write_transaction
from explorer.library.paths import to_text


class Dismissal(NamedTuple):
    """subject: a content's hash (hex), or what `of_path` makes of a path. kind: of the finding."""

    subject: str
    kind: str


def of_path(path: str) -> str:
    """The subject for a file that has no content we can read."""
    return "path:" + to_text(path)


def dismiss(catalog: Catalog, findings: Iterable[Dismissal]) -> None:
    """Stop showing these findings."""
    now = time.time()
    with write_transaction(catalog.path) as db:
        db.executemany(
            "insert or ignore into dismissed values (?, ?, ?)",
            ((*finding, now) for finding in findings),
        )


def restore(catalog: Catalog, findings: Iterable[Dismissal]) -> None:
    """Show these findings again."""
    with write_transaction(catalog.path) as db:
        db.executemany("delete from dismissed where subject = ? and kind = ?", findings)


def dismissed(catalog: Catalog) -> frozenset[Dismissal]:
    """Every finding that is dismissed."""
    with catalog.reading() as db:
        return frozenset(
            Dismissal(*row) for row in db.execute("select subject, kind from dismissed")
        )
