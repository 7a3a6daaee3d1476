"""Dates that cannot be trusted: the clock was never set, or the file's or the folder's name says
otherwise."""

from __future__ import annotations

import datetime as dt
import functools
import os
import re
from pathlib import PurePath
from typing import NamedTuple

from explorer.duplicates.keep_rules import BACKUP_FOLDER
from explorer.photos.metadata.file_name_dates import parse_file_name_date
from explorer.photos.metadata.partial_dates import known_part, latest_moment

# What cameras show whose clock was reset, whatever the hour.
_RESET_DAYS = frozenset({"1980-01-01", "2000-01-01"})
# A folder named after a year or a month: “2014”, “2014-07 Italy”, “2014_07_12”, “Summer 2014”.
_YEAR = re.compile(r"(?<!\d)((?:19[5-9]|20[0-4])\d)(?![\d])")
# Days by which a name may differ from the camera's clock: time zones, and parties past midnight.
_LEEWAY = 2
# A folder of one year may hold the days around its end.
_AROUND_NEW_YEAR = 45


# A file's own time changes whenever the file is copied: that it differs from a folder's name is no
# reason to look at a photo.
FILE_TIME_SCORE = 0.55


def check_date(
    path: str,
    taken_at: str | None,
    source: str | None,
    stated: str | None,
    precision: str | None = None,
) -> tuple[float, str] | None:
    """How doubtful a photo's date is (0 certainly wrong, below 0.5 doubtful, 1 fine) and why; None
    where nothing speaks against it.

    taken_at, source, precision: what is shown as its date, where that comes from, and how much of
    it is known. stated: a date the camera gave that cannot be.
    """
    if stated is not None:
        future = stated > dt.datetime.now().isoformat()
        why = (
            "which lies in the future"
            if future
            else "which is what a clock shows that was never set"
        )
        return 0.05, f"The camera dated it {stated[:10]}, {why}."
    if taken_at is None:
        return None
    taken = _Taken(
        dt.datetime.fromisoformat(taken_at),
        latest_moment(taken_at, precision),
        known_part(taken_at, precision)[:10],
    )
    if source == "exif" and taken.shown in _RESET_DAYS:
        return (
            0.15,
            f"The camera dated it {taken.shown}, the day its clock starts from after a reset.",
        )
    if (
        source == "exif"
        and taken_at[5:] == "01-01T00:00:00"
        and precision in (None, "minute", "second")
    ):
        return (
            0.3,
            f"It is dated {taken.shown} at midnight sharp: a clock that was reset, or a guess.",
        )
    found = [
        finding
        for finding in (_by_name(path, taken, source), _by_folder(path, taken, source))
        if finding
    ]
    return min(found, default=None)


class _Taken(NamedTuple):
    """first, last: between which a photo was taken. shown: the day, or what is known of it."""

    first: dt.datetime
    last: dt.datetime
    shown: str


def _by_name(path: str, taken: _Taken, source: str | None) -> tuple[float, str] | None:
    named = parse_file_name_date(os.path.basename(path)) if source in ("exif", "gps") else None
    if named is None:
        return None
    before = (dt.datetime.fromisoformat(named.text) - taken.last).total_seconds() / 86400
    after = (taken.first - latest_moment(named.text, named.precision)).total_seconds() / 86400
    if max(before, after) <= _LEEWAY:
        return None
    # Named after a later day: perhaps the day it was sent or exported. Named after an earlier one:
    # somebody's clock was wrong.
    score = (0.2 if after > 365 else 0.35) if after > 0 else 0.6
    return score, f"Its name says {named.text[:10]}, the camera {taken.shown}."


@functools.lru_cache(maxsize=65536)
def _year(folder: str) -> tuple[str, int] | None:
    """The nearest folder, of this one and those it lies in, that is named after a year, and the
    year."""
    for part in reversed(PurePath(folder).parts):
        years = {int(year) for year in _YEAR.findall(part)}
        if years:
            # “2012–2014” says nothing of one photo.
            return (part, years.pop()) if len(years) == 1 else None
    return None


def _by_folder(path: str, taken: _Taken, source: str | None) -> tuple[float, str] | None:
    named = _year(os.path.dirname(path))
    if named is None:
        return None
    part, year = named
    if BACKUP_FOLDER.match(part) and taken.first.year < year:
        # Named after the year in which it was made: what lies in it is older.
        return None
    off = max(
        (dt.datetime(year, 1, 1) - taken.last).days,
        (taken.first - dt.datetime(year, 12, 31, 23, 59)).days,
    )
    if off <= _AROUND_NEW_YEAR:
        return None
    if source == "file":
        return (
            FILE_TIME_SCORE,
            f"It lies in “{part}”, but carries no date of its own; its file is of {taken.shown}.",
        )
    return (0.25 if off > 3 * 365 else 0.35), f"It lies in “{part}”, but is dated {taken.shown}."
