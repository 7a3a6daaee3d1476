"""Filters of photos by date and folder, and their SQL condition."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from explorer.errors import UsageError
from explorer.library.paths import inside, to_text
from explorer.photos.metadata.partial_dates import latest_moment

# The ISO 8601 forms of a day; those of a week or a month alone are refused.
_DAY = re.compile(r"\d{4}(-\d\d-\d\d|\d{4}|-W\d\d-\d|W\d\d\d)", re.ASCII)


def parse_day(text: str) -> dt.date:
    """Parse a day: `2016-05-04`, `20160504` or `2016-W18-3`. Raises UsageError for anything
    else."""
    try:
        if not _DAY.fullmatch(text.strip()):
            raise ValueError("no day")
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"“{text}” is not a date: write it as year-month-day, such as 2024-07-31."
        ) from None


def taken_within(
    taken_at: str | None, precision: str | None, since: str | None, until: str | None
) -> bool:
    """Whether a photo may have been taken between two days (`YYYY-MM-DD`, inclusive; None: no
    bound).

    A date with only a known month or year matches any day of it; a photo without a date matches
    only if there are no bounds.
    """
    if not since and not until:
        return True
    if not taken_at:
        return False
    return (not until or taken_at[:10] <= until) and (
        not since or latest_moment(taken_at, precision).date().isoformat() >= since
    )


@dataclass(frozen=True)
class Filters:
    """Which photos to show. Raises UsageError for an invalid date."""

    since: str | None = None
    """First day, in any form that `parse_day` accepts; stored as `YYYY-MM-DD`."""
    until: str | None = None
    """Last day, inclusive; likewise."""
    folder: str | None = None
    """Absolute path."""
    subfolders: bool = True
    """Whether the photos in subfolders of the folder are included."""

    def __post_init__(self) -> None:
        for name in ("since", "until"):
            if (day := getattr(self, name)) is not None:
                object.__setattr__(self, name, parse_day(day).isoformat())

    def __bool__(self) -> bool:
        return any((self.since, self.until, self.folder))


def sql_condition(filters: Filters | None, roots: Mapping[int, str]) -> tuple[str, list[object]]:
    """The SQL condition on `photo` (as p) for visible photos that match, and its bound values.
    roots: paths of the watched folders, by id."""
    clauses, values = ["p.present > 0"], list[object]()
    if filters and filters.since:
        # A month or year alone is stored as its first day, and matches if its last day does. The
        # first condition makes use of the index.
        clauses.append(
            "p.taken_at >= ? and (p.taken_at >= ? or p.taken_precision = 'year'"
            " or (p.taken_precision = 'month' and p.taken_at >= ?))"
        )
        values += [f"{filters.since[:4]}-01-01", filters.since, f"{filters.since[:7]}-01"]
    if filters and filters.until:
        # As text, every time of a day sorts before its hour 24, fractions of the last second too.
        clauses.append("p.taken_at < ?")
        values.append(f"{filters.until}T24")
    if filters and filters.folder:
        below = list[str]()
        for root_id, path in roots.items():
            if inside(path, filters.folder) and filters.subfolders:
                below.append("f.root_id = ?")
                values.append(root_id)
            elif inside(filters.folder, path):
                relative = to_text(os.path.relpath(filters.folder, path).replace(os.sep, "/"))
                if not filters.subfolders:
                    below.append("(f.root_id = ? and f.folder = ?)")
                    values += [root_id, "" if relative == "." else relative]
                    continue
                # '0' follows '/'. A range, because LIKE ignores case and has wildcards.
                below.append(
                    "(f.root_id = ? and (f.folder = ? or (f.folder > ? and f.folder < ?)))"
                )
                values += [root_id, relative, relative + "/", relative + "0"]
        found = f"f.state = 'present' and ({' or '.join(below) or '0'})"
        clauses.append(f"p.id in (select f.photo_id from file f where {found})")
    return " and ".join(clauses), values
