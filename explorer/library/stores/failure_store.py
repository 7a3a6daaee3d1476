"""Group the files that could not be read by reason, and mark them to be read again: rows of `file`
whose state is `failed`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.paths import join
from explorer.library.writer import Writer

# No file has this size, so the next scan treats such a row as a changed file.
_READ_AGAIN = -1
_NUMBER = re.compile(r"\d+([.,]\d+)*")


class FailureGroup(NamedTuple):
    """Files that failed for one reason."""

    label: str
    """The reason in words, with “…” for numbers in which `reasons` differ."""
    reasons: tuple[str, ...]
    """As stored in the catalog."""
    files: int
    """How many files failed for it."""
    waiting: int
    """How many of them are marked to be read again."""


def failure_groups(catalog: Catalog) -> list[FailureGroup]:
    """Why files could not be read, the most frequent reason first."""
    with catalog.reading() as db:
        rows = db.execute(
            "select coalesce(reason, ''), count(*), sum(size = ?) from file"
            " where state = 'failed' group by 1 order by 1",
            (_READ_AGAIN,),
        ).fetchall()
    found = dict[str, list[tuple[str, int, int]]]()
    for reason, files, waiting in rows:
        found.setdefault(_NUMBER.sub("…", reason), []).append((reason, files, waiting))
    made = [
        FailureGroup(
            some[0][0] if len(some) == 1 else label,
            tuple(reason for reason, _, _ in some),
            sum(n for _, n, _ in some),
            sum(w for *_, w in some),
        )
        for label, some in found.items()
    ]
    return sorted(made, key=lambda group: (-group.files, group.label))


def retry_failed_files(
    writer: Writer, reasons: Iterable[str] | None = None, file_id: int | None = None
) -> list[str]:
    """Mark files that could not be read to be read again by the next scan: all of them, those with
    one of these reasons, or a single one.

    Returns the absolute paths of their folders, sorted.
    """
    wanted, values = "state = 'failed'", list[object]()
    if file_id is not None:
        wanted, values = f"{wanted} and id = ?", [file_id]
    elif reasons is not None:
        values = list(reasons)
        wanted += f" and coalesce(reason, '') in ({','.join('?' * len(values))})"
    with writer.transaction():
        rows = writer.connection.execute(
            f"update file set size = ? where {wanted} returning root_id, folder",
            (_READ_AGAIN, *values),
        ).fetchall()
    roots = writer.catalog.root_paths()
    return sorted({join(roots[root_id], folder) for root_id, folder in rows})
