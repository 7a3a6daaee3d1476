"""The headings of a list of photos: runs of photos of one day or one month."""

from __future__ import annotations

import datetime as dt
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Ids

Heading = Literal["day", "month", "none"]
"""What the photos below one heading have in common."""

_DAY, _MONTH = 10**6, 10**8
# Offsets from UTC change at multiples of this many seconds.
_QUARTER = 900


class Sections(NamedTuple):
    """The sections of a list, in its order."""

    starts: Ids
    """Position of the first photo of each, ascending, (n,); the first is 0."""
    days: Ids
    """The day of each as a number `YYYYMMDD`, with zeros for unknown parts, (n,); 0 for photos
    without a date."""


def sections_of(dates: Ids, heading: Heading) -> Sections:
    """The sections of a list. dates: of its photos in their order, `YYYYMMDDhhmmss`, (n,)."""
    if heading == "none" or not len(dates):
        return Sections(np.zeros(min(1, len(dates)), np.int64), np.zeros(min(1, len(dates)), int))
    days = dates // _DAY if heading == "day" else dates // _MONTH * 100
    starts = np.flatnonzero(np.concatenate([[True], days[1:] != days[:-1]]))
    return Sections(starts, days[starts])


def local_dates(seconds: npt.NDArray[np.float64]) -> Ids:
    """Unix times as local dates, numbers `YYYYMMDD000000`, (n,); 0 stays 0."""
    quarters, inverse = np.unique(seconds // _QUARTER, return_inverse=True)
    days = np.fromiter((_local_day(each) for each in quarters.tolist()), np.int64, len(quarters))
    return np.where(seconds == 0, 0, days[inverse] * _DAY)


def _local_day(quarter: float) -> int:
    try:
        day = dt.datetime.fromtimestamp(quarter * _QUARTER).astimezone()
    except (OverflowError, OSError, ValueError):
        # A file system can hold times that no calendar has.
        return 0
    return day.year * 10_000 + day.month * 100 + day.day
