"""Which photos a person wants to see, apart from what is on them."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass

from explorer.errors import UsageError
from explorer.library.paths import inside, to_text
from explorer.library.rows import RootRow


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


def where(filters: Filters | None, roots: list[RootRow]) -> tuple[str, list[object]]:
    """The SQL condition on `photo` (as p) for visible photos that match, and its values."""
    clauses, values = ["p.present > 0"], list[object]()
    if filters and filters.since:
        clauses.append("p.taken_at >= ?")
        values.append(filters.since)
    if filters and filters.until:
        clauses.append("p.taken_at < ?")
        values.append((dt.date.fromisoformat(filters.until) + dt.timedelta(days=1)).isoformat())
    if filters and filters.folder:
        below = list[str]()
        for root in roots:
            if inside(root["path"], filters.folder):
                below.append("f.root_id = ?")
                values.append(root["id"])
            elif inside(filters.folder, root["path"]):
                relative = to_text(os.path.relpath(filters.folder, root["path"]).replace(os.sep, "/"))
                # '0' follows '/'. A range, as LIKE would take A for a, and knows characters that stand for others.
                below.append("(f.root_id = ? and (f.folder = ? or (f.folder > ? and f.folder < ?)))")
                values += [root["id"], relative, relative + "/", relative + "0"]
        found = f"f.state = 'present' and ({' or '.join(below) or '0'})"
        clauses.append(f"exists (select 1 from file f where f.photo_id = p.id and {found})")  # noqa: S608
    return " and ".join(clauses), values
