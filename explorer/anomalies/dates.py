"""Dates that look wrong: the clock was never set, or the file or folder name says otherwise."""

from __future__ import annotations

import datetime as dt
import functools
import os
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple

from explorer.duplicates.keep_rules import BACKUP_FOLDER
from explorer.library.paths import printable
from explorer.photos.metadata.file_name_dates import parse_file_name_date, parse_unix_time_name
from explorer.photos.metadata.partial_dates import PartialDate, known_part, latest_moment

_RESET_DAYS = frozenset({"1980-01-01", "2000-01-01"})
"""Days on which camera clocks start after a reset, whatever the time."""
_YEAR = re.compile(r"(?<!\d)((?:19[5-9]|20[0-4])\d)(?![\d])")
"""The year in a folder's name: “2014”, “2014-07 Italy”, “2014_07_12”, “Summer 2014”."""
FILE_TIME_SCORE = 0.55
"""Score of a time of saving that contradicts a folder's name. Copying or sending a photo changes
that time, so this is no reason to look at it."""


@dataclass(frozen=True)
class DateTolerances:
    """How far a date may differ from a name. Set by reviewing what is flagged in real libraries;
    `python run.py bench anomalies --ordinary` lists it."""

    name_days: int = 2
    """Days between the camera's date and the file name's, to allow for time zones and parties past
    midnight."""
    folder_days: int = 45
    """Days outside the folder's year, because a folder may contain days around the turn of the
    year."""
    long_after_days: int = 365
    """Days after the file name's date from which the score is worse."""
    long_outside_days: int = 3 * 365
    """Days outside the folder's year from which the score is worse."""


TOLERANCES = DateTolerances()


def check_date(
    path: str,
    taken_at: str | None,
    source: str | None,
    impossible: str | None,
    precision: str | None = None,
) -> tuple[float, str] | None:
    """Score of a photo's date (0 certainly wrong, below 0.5 doubtful, 1 fine) and why, in a
    sentence; None if nothing speaks against it.

    taken_at, source, precision: the date shown, where it comes from, and which part is known.
    impossible: a date that the camera wrote and that cannot be right.
    """
    if impossible is not None:
        future = impossible > dt.datetime.now().isoformat()
        why = "is in the future" if future else "is what a clock shows if it was never set"
        return 0.05, f"The camera's date, {impossible[:10]}, {why}."
    if taken_at is None:
        return None
    shown = known_part(taken_at, precision)[:10]
    if source == "exif" and shown in _RESET_DAYS:
        return 0.15, f"The camera's date, {shown}, is the first day of its clock after a reset."
    to_the_minute = precision in (None, "minute", "second")
    if source == "exif" and taken_at[5:] == "01-01T00:00:00" and to_the_minute:
        return 0.3, f"Its date is {shown}, exactly midnight: a reset clock, or a guess."
    # For absolute paths this is `os.path.split`, in a fraction of the time.
    folder, _, name = path.rpartition(os.sep)
    named = parse_file_name_date(name) if source in ("exif", "gps") else None
    year = _folder_year(folder)
    if named is None and year is None:
        return None
    first = dt.datetime.fromisoformat(taken_at)
    taken = _Taken(first, latest_moment(taken_at, precision), shown)
    found = _against_name(named, taken), _against_folder(year, taken, _saved_by(name, source))
    return min(filter(None, found), default=None)


def _saved_by(name: str, source: str | None) -> str:
    """What a date tells about when the file was saved, rather than when the photo was taken: its
    file's time, or a Unix time as its name; '' if it is a date of the photo."""
    if source == "file":
        return "file"
    is_unix_time = source == "name" and parse_file_name_date(name) is None
    return "name" if is_unix_time and parse_unix_time_name(name) is not None else ""


class _Taken(NamedTuple):
    """When a photo was taken, as far as it is known."""

    first: dt.datetime
    """The earliest it can have been."""
    last: dt.datetime
    """The latest it can have been."""
    shown: str
    """The day, or the part of it that is known."""


def _against_name(named: PartialDate | None, taken: _Taken) -> tuple[float, str] | None:
    """Score and reason if the date contradicts the file's name. named: the date in the name."""
    if named is None:
        return None
    before = _days(dt.datetime.fromisoformat(named.text) - taken.last)
    after = _days(taken.first - latest_moment(named.text, named.precision))
    if max(before, after) <= TOLERANCES.name_days:
        return None
    # A later day in the name may be the day it was sent or exported. With an earlier day, some
    # clock was wrong.
    score = 0.6
    if after > 0:
        score = 0.2 if after > TOLERANCES.long_after_days else 0.35
    return score, f"The file name says {named.text[:10]}, the camera {taken.shown}."


def _days(difference: dt.timedelta) -> float:
    return difference / dt.timedelta(days=1)


@functools.lru_cache(maxsize=65536)
def _folder_year(folder: str) -> tuple[str, int] | None:
    """The innermost part of a path that is named after a year, printable, and the year. None if
    there is none, or it names several: “2012–2014” says nothing about one photo."""
    for part in reversed(PurePath(folder).parts):
        years = {int(year) for year in _YEAR.findall(part)}
        if years:
            return (printable(part), years.pop()) if len(years) == 1 else None
    return None


def _against_folder(
    named: tuple[str, int] | None, taken: _Taken, saved_by: str
) -> tuple[float, str] | None:
    """Score and reason if the date contradicts the folder's name. named: from `_folder_year`.
    saved_by: from `_saved_by`."""
    if named is None:
        return None
    part, year = named
    if BACKUP_FOLDER.match(part) and taken.first.year < year:
        # A backup is named after the year in which it was made: its photos are older.
        return None
    outside = max(
        (dt.datetime(year, 1, 1) - taken.last).days,
        (taken.first - dt.datetime(year, 12, 31, 23, 59)).days,
    )
    if outside <= TOLERANCES.folder_days:
        return None
    if saved_by:
        said = f"its {saved_by} {'dates from' if saved_by == 'file' else 'gives'} {taken.shown}"
        return FILE_TIME_SCORE, f"It is in “{part}” but has no date of its own; {said}."
    score = 0.25 if outside > TOLERANCES.long_outside_days else 0.35
    return score, f"It is in “{part}”, but its date is {taken.shown}."
