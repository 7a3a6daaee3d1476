"""Photos taken on one day of the calendar in earlier years."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np

from explorer.library.catalog import Catalog
from explorer.library.queries.photo_columns import PhotoColumns
from explorer.library.rows import PhotoRow

_DAY = 10**6


class PastDay(NamedTuple):
    """The photos of one day, in order of time."""

    day: dt.date
    photos: list[PhotoRow]


def on_this_day(catalog: Catalog, columns: PhotoColumns, today: dt.date) -> list[PastDay]:
    """The same day in earlier years, the latest first, as far as there are photos of it.

    Only dates that come from a photo or its name count: a file's own date may be the day on which
    it was copied.
    """
    ids, dates = columns.dated()
    days = dates // _DAY
    same = (days % 10_000 == today.month * 100 + today.day) & (days // 10_000 < today.year)
    order = np.argsort(dates[same], kind="stable")
    rows, found = catalog.photos(ids[same][order].tolist()), dict[int, list[PhotoRow]]()
    for day, photo_id in zip(days[same][order].tolist(), ids[same][order].tolist(), strict=True):
        row = rows.get(photo_id)
        if row is not None and row["taken_source"] != "file":
            found.setdefault(day, []).append(row)
    return [
        PastDay(dt.date(day // 10_000, day // 100 % 100, day % 100), photos)
        for day, photos in sorted(found.items(), reverse=True)
    ]
