"""Which photos a person wants to see, apart from what is on them."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from explorer.errors import UsageError
from explorer.library.paths import inside, to_text
from explorer.photos.metadata.partial_dates import latest_moment

# Of the forms that ISO 8601 has for a day; those for a week or a month alone name no day.
_DAY = re.compile(r"\d{4}(-\d\d-\d\d|\d{4}|-W\d\d-\d|W\d\d\d)", re.ASCII)


def parse_day(text: str) -> dt.date:
    """A day as a person writes it: `2016-05-04`, `20160504`, `2016-W18-3`. Raises UsageError for
    anything else."""
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
    """Whether a photo may have been taken between two days (`YYYY-MM-DD`, included; None: any). One
    of which only the month or the year is known may have been taken on any day of it; one without a
    date on none."""
    if not since and not until:
        return True
    if not taken_at:
        return False
    return (not until or taken_at[:10] <= until) and (
        not since or latest_moment(taken_at, precision).date().isoformat() >= since
    )


@dataclass(frozen=True)
class Filters:
    """since, until: days as `parse_day` takes them, kept as `YYYY-MM-DD`; both included (see
    `taken_within`). folder: absolute, with all below it. Raises UsageError for what is no day."""

    since: str | None = None
    until: str | None = None
    folder: str | None = None

    def __post_init__(self) -> None:
        for name in ("since", "until"):
            if (day := getattr(self, name)) is not None:
                object.__setattr__(self, name, parse_day(day).isoformat())

    def __bool__(self) -> bool:
        return any((self.since, self.until, self.folder))


def sql_condition(filters: Filters | None, roots: Mapping[int, str]) -> tuple[str, list[object]]:
    """The SQL condition on `photo` (as p) for visible photos that match, and its values. roots: the
    watched folders' paths, by id."""
    clauses, values = ["p.present > 0"], list[object]()
    if filters and filters.since:
        # A month or a year alone is kept as its first day, and fits if its last one does. The first
        # condition is for the index.
        clauses.append(
            "p.taken_at >= ? and (p.taken_at >= ? or p.taken_precision = 'year' or (p.taken_precision = 'month' and p.taken_at >= ?))"
        )
        values += [f"{filters.since[:4]}-01-01", filters.since, f"{filters.since[:7]}-01"]
    if filters and filters.until:
        # As texts, all times of a day come before its hour 24, fractions of its last second among
        # them.
        clauses.append("p.taken_at < ?")
        values.append(f"{filters.until}T24")
    if filters and filters.folder:
        below = list[str]()
        for root_id, path in roots.items():
            if inside(path, filters.folder):
                below.append("f.root_id = ?")
                values.append(root_id)
            elif inside(filters.folder, path):
                relative = to_text(os.path.relpath(filters.folder, path).replace(os.sep, "/"))
                # '0' follows '/'. A range, as LIKE would take A for a, and knows characters that
                # stand for others.
                below.append(
                    "(f.root_id = ? and (f.folder = ? or (f.folder > ? and f.folder < ?)))"
                )
                values += [root_id, relative, relative + "/", relative + "0"]
        found = f"f.state = 'present' and ({' or '.join(below) or '0'})"
        clauses.append(f"p.id in (select f.photo_id from file f where {found})")
    return " and ".join(clauses), values
