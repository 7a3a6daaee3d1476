"""Capture times of many photos at once, as numbers: columns `taken_at` and `taken_precision`."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from explorer.library.catalog import Catalog, Ids
from explorer.library.connection import MAX_BOUND_VALUES

# Digits of `YYYYMMDDhhmmss` that are known; the others are 0.
_KNOWN_DIGITS = {"year": 4, "month": 6, "day": 8, "minute": 12}
_DIGITS = 14


def date_numbers(catalog: Catalog, ids: Ids) -> Ids:
    """When these photos were taken, as numbers `YYYYMMDDhhmmss`, (n,). Unknown parts are 0, and so
    is the number of a photo without a date."""
    found = dict[int, int]()
    with catalog.reading() as db:
        for start in range(0, len(ids), MAX_BOUND_VALUES):
            some = ids[start : start + MAX_BOUND_VALUES].tolist()
            rows = db.execute(
                "select id, taken_at, taken_precision from photo where taken_at is not null and id"
                f" in ({','.join('?' * len(some))})",
                some,
            )
            found.update((row[0], _number(row[1], row[2])) for row in rows)
    return np.fromiter((found.get(i, 0) for i in ids.tolist()), np.int64, len(ids))


def _number(taken_at: str, precision: str | None) -> int:
    digits = "".join(filter(str.isdigit, taken_at[:19]))
    return int(digits[: _KNOWN_DIGITS.get(precision or "", _DIGITS)].ljust(_DIGITS, "0"))


def count_dated(catalog: Catalog, newest_first: Ids) -> int:
    """How many of these photos have a date. newest_first: as `Catalog.matching` orders them, those
    without a date last."""

    def undated(index: int) -> bool:
        with catalog.reading() as db:
            row = db.execute(
                "select taken_at is null from photo where id = ?", (int(newest_first[index]),)
            ).fetchone()
        return row is None or bool(row[0])

    return bisect_left(range(len(newest_first)), True, key=undated)
