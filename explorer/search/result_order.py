"""The order of results: by match, by date, the best of each day, or by month."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Dates = npt.NDArray[np.int64]
"""Capture times as numbers, `YYYYMMDDhhmmss` (`library/photo_dates.py`); unknown parts are 0, and a
photo without a date has 0."""

Sorting = Literal["best", "newest", "oldest", "day"]
"""day: the best match of each day, the latest day first."""

_DAY, _MONTH = 10**6, 10**8


def sort_results(ids: Ids, dates: Dates, sorting: Sorting, *, by_month: bool) -> Ids:
    """The results in another order.

    ids: best match first, (n,). dates: of each, (n,). by_month: keep the photos of each month
    together; months are newest first, except where the sorting is `oldest`. Photos without a date
    are last. Equal photos stay in the order of their match. `day` keeps only the best photo of each
    day, and drops photos without a known day.
    """
    rank = np.arange(len(ids))
    if sorting == "day":
        days = dates // _DAY
        _, first = np.unique(days, return_index=True)
        first = first[days[first] % 100 > 0]
        return ids[first[np.argsort(-days[first], kind="stable")]]
    undated = dates == 0
    if sorting == "oldest":
        return ids[np.lexsort((rank, dates, undated))]
    if sorting == "newest":
        return ids[np.lexsort((rank, -dates))]
    return ids[np.lexsort((rank, -(dates // _MONTH)))] if by_month else ids


def reverse_dated(ids: Ids, dated: int) -> Ids:
    """Reverse photos sorted by date, newest first. dated: how many have a date; the others stay
    last."""
    return np.concatenate([ids[:dated][::-1], ids[dated:]])
