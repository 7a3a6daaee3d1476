"""The order of results: by match, by a date, by name or size, the best of each day, or by month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Ids
from explorer.library.queries.photo_order import OrderKey

Dates = npt.NDArray[np.int64]
"""Times as numbers, `YYYYMMDDhhmmss` (`library/queries/photo_columns.py`); unknown parts are 0, and
a photo without a date has 0."""

Sorting = Literal["best", "newest", "oldest", "day", "added", "modified", "name", "size"]
"""day: the best match of each day, the latest day first. added, modified: the latest first. size:
the largest first."""

CATALOG_ORDERS: Mapping[Sorting, tuple[OrderKey, bool]] = {
    "added": ("added", True),
    "modified": ("modified", True),
    "name": ("name", False),
    "size": ("size", True),
}
"""The sortings that are orders of the catalog, and whether they descend."""

_DAY, _MONTH = 10**6, 10**8


def sort_results(ids: Ids, dates: Dates, sorting: Sorting, *, by_month: bool) -> Ids:
    """The results in another order.

    ids: best match first, or in their catalog order, (n,). dates: of each, (n,). by_month: keep the
    photos of each month together; months are newest first, except where the sorting is `oldest`.
    Photos without a date are last. Equal photos stay in the given order. `day` keeps only the best
    photo of each day, and drops photos without a known day.
    """
    if sorting == "day":
        days = dates // _DAY
        _, first = np.unique(days, return_index=True)
        first = first[days[first] % 100 > 0]
        return ids[first[np.argsort(-days[first], kind="stable")]]
    if sorting == "oldest":
        last = np.iinfo(np.int64).max
        return ids[np.argsort(np.where(dates == 0, last, dates), kind="stable")]
    if sorting == "newest":
        return ids[np.argsort(-dates, kind="stable")]
    return ids[np.argsort(-(dates // _MONTH), kind="stable")] if by_month else ids
