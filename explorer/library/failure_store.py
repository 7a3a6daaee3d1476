"""Files that could not be read: together by why, and marked to be read once more."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.paths import join
from explorer.library.writer import Writer

# No file has this size, so that the next scan takes one that the catalog says it of for changed.
_AGAIN = -1
_NUMBER = re.compile(r"\d+([.,]\d+)*")


class Group(NamedTuple):
    """Files that failed for one reason. label: in words; numbers in which its reasons differ are
    left out. reasons: as the catalog has them. files: how many. waiting: how many of them are to be
    read once more."""

    label: str
    reasons: tuple[str, ...]
    files: int
    waiting: int


def groups(catalog: Catalog) -> list[Group]:
    """Why files could not be read, the most frequent reason first."""
    with catalog.reading() as db:
        rows = db.execute(
            "select coalesce(reason, ''), count(*), sum(size = ?) from file where state = 'failed' group by 1 order by 1",
            (_AGAIN,),
        ).fetchall()
    found = dict[str, list[tuple[str, int, int]]]()
    for reason, files, waiting in rows:
        found.setdefault(_NUMBER.sub("…", reason), []).append((reason, files, waiting))
    made = [
        Group(
            some[0][0] if len(some) == 1 else label,
            tuple(reason for reason, _, _ in some),
            sum(n for _, n, _ in some),
            sum(w for *_, w in some),
        )
        for label, some in found.items()
    ]
    return sorted(made, key=lambda group: (-group.files, group.label))


def retry(
    writer: Writer, reasons: Iterable[str] | None = None, file_id: int | None = None
) -> list[str]:
    """Have files that could not be read be read again by the next scan: all, those with one of
    these reasons, or one.

    Gives the absolute folders that they lie in, each once.
    """
    wanted, values = "state = 'failed'", list[object]()
    if file_id is not None:
        wanted, values = f"{wanted} and id = ?", [file_id]
    elif reasons is not None:
        values = list(reasons)
        wanted += f" and coalesce(reason, '') in ({','.join('?' * len(values))})"
    with writer.transaction():
        rows = writer.connection.execute(
            f"update file set size = ? where {wanted} returning root_id, folder", (_AGAIN, *values)
        ).fetchall()
    roots = writer.catalog.root_paths()
    return sorted({join(roots[root_id], folder) for root_id, folder in rows})
