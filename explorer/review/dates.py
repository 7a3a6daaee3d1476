"""Dates that cannot be trusted: the clock was never set, or the file's or the folder's name says otherwise."""

from __future__ import annotations

import datetime as dt
import functools
import os
import re
from pathlib import PurePath

from explorer.photos.metadata import name_date

# What cameras show whose clock was reset, whatever the hour.
_RESET_DAYS = frozenset({"1980-01-01", "2000-01-01"})
# A folder named after a year or a month: “2014”, “2014-07 Italy”, “2014_07_12”, “Summer 2014”.
_YEAR = re.compile(r"(?<!\d)((?:19[5-9]|20[0-4])\d)(?![\d])")
# Days by which a name may differ from the camera's clock: time zones, and parties past midnight.
_LEEWAY = 2
# A folder of one year may hold the days around its end.
_AROUND_NEW_YEAR = 45


def doubt(path: str, taken_at: str | None, source: str | None, stated: str | None) -> tuple[float, str] | None:
    """How doubtful a photo's date is (0 certainly wrong, below 0.5 doubtful, 1 fine) and why; None where nothing speaks against it.

    taken_at, source: what is shown as its date and where that comes from. stated: a date the camera gave that cannot be.
    """
    if stated is not None:
        future = stated[:4] > str(dt.date.today().year) or stated > dt.datetime.now().isoformat()
        why = "which lies in the future" if future else "which is what a clock shows that was never set"
        return 0.05, f"The camera dated it {stated[:10]}, {why}."
    if taken_at is None:
        return None
    moment = dt.datetime.fromisoformat(taken_at)
    if source == "exif" and taken_at[:10] in _RESET_DAYS:
        return 0.15, f"The camera dated it {taken_at[:10]}, the day its clock starts from after a reset."
    if source == "exif" and taken_at[5:] == "01-01T00:00:00":
        return 0.3, f"It is dated {taken_at[:10]} at midnight sharp: a clock that was reset, or a guess."
    found = [finding for finding in (_by_name(path, moment, source), _by_folder(path, moment, source)) if finding]
    return min(found, default=None)


def _by_name(path: str, moment: dt.datetime, source: str | None) -> tuple[float, str] | None:
    named = name_date(os.path.basename(path)) if source in ("exif", "gps") else None  # noqa: PTH119
    if named is None:
        return None
    days = (dt.datetime.fromisoformat(named) - moment).total_seconds() / 86400
    if abs(days) <= _LEEWAY:
        return None
    # Named after a later day: perhaps the day it was sent or exported. Named after an earlier one: somebody's clock was wrong.
    score = (0.2 if days < -365 else 0.35) if days < 0 else 0.6
    return score, f"Its name says {named[:10]}, the camera {moment:%Y-%m-%d}."


@functools.lru_cache(maxsize=65536)
def _year(folder: str) -> tuple[str, int] | None:
    """The nearest folder, of this one and those it lies in, that is named after a year, and the year."""
    for part in reversed(PurePath(folder).parts):
        years = {int(year) for year in _YEAR.findall(part)}
        if years:
            # “2012–2014” says nothing of one photo.
            return (part, years.pop()) if len(years) == 1 else None
    return None


def _by_folder(path: str, moment: dt.datetime, source: str | None) -> tuple[float, str] | None:
    named = _year(os.path.dirname(path))  # noqa: PTH120
    if named is not None:
        part, year = named
        first, last = dt.datetime(year, 1, 1), dt.datetime(year, 12, 31, 23, 59)
        off = max((first - moment).days, (moment - last).days)
        if off <= _AROUND_NEW_YEAR:
            return None
        if source == "file":
            return 0.45, f"It lies in “{part}”, but carries no date of its own; its file is of {moment:%Y-%m-%d}."
        return (0.25 if off > 3 * 365 else 0.35), f"It lies in “{part}”, but is dated {moment:%Y-%m-%d}."
    return None
