"""Which photos a person wants to see, apart from what is on them."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass

from explorer.errors import UsageError
from explorer.library.paths import inside, to_text


@dataclass(frozen=True)
class Filters:
    """since, until: `YYYY-MM-DD`, both days included; photos without a date match neither. folder: absolute, with all below it."""

    since: str | None = None
    until: str | None = None
    folder: str | None = None

    def __post_init__(self) -> None:
        for day in (self.since, self.until):
            try:
                if day is not None:
                    dt.date.fromisoformat(day)
            except ValueError:
                raise UsageError(f"“{day}” is not a date: write it as year-month-day, such as 2024-07-31.") from None

    def __bool__(self) -> bool:
        return any((self.since, self.until, self.folder))


def where(filters: Filters | None, roots: Mapping[int, str]) -> tuple[str, list[object]]:
    """The SQL condition on `photo` (as p) for visible photos that match, and its values. roots: the watched folders' paths, by id."""
    clauses, values = ["p.present > 0"], list[object]()
    if filters and filters.since:
        clauses.append("p.taken_at >= ?")
        values.append(filters.since)
    if filters and filters.until:
        clauses.append("p.taken_at < ?")
        values.append((dt.date.fromisoformat(filters.until) + dt.timedelta(days=1)).isoformat())
    if filters and filters.folder:
        below = list[str]()
        for root_id, path in roots.items():
            if inside(path, filters.folder):
                below.append("f.root_id = ?")
                values.append(root_id)
            elif inside(filters.folder, path):
                relative = to_text(os.path.relpath(filters.folder, path).replace(os.sep, "/"))
                # '0' follows '/'. A range, as LIKE would take A for a, and knows characters that stand for others.
                below.append("(f.root_id = ? and (f.folder = ? or (f.folder > ? and f.folder < ?)))")
                values += [root_id, relative, relative + "/", relative + "0"]
        found = f"f.state = 'present' and ({' or '.join(below) or '0'})"
        clauses.append(f"p.id in (select f.photo_id from file f where {found})")  # noqa: S608
    return " and ".join(clauses), values
