"""Positions of ids in sorted arrays."""

from __future__ import annotations

import numpy as np

from explorer.library.catalog import Ids

# Up to this many times as many ids as there are in the array, a table of all of them is made.
_SPARSE = 8


def positions_of(ids: Ids, sorted_ids: Ids) -> Ids:
    """The position of each id in a sorted array, -1 if it is not there. Keeps the shape of ids."""
    if not len(sorted_ids):
        return np.full(ids.shape, -1, np.int64)
    last = int(sorted_ids[-1])
    if ids.size > len(sorted_ids) and sorted_ids[0] >= 0 and last < _SPARSE * len(sorted_ids):
        # Reading positions from a table takes a fraction of the time of searching for each.
        table = np.full(last + 2, -1, np.int64)
        table[sorted_ids] = np.arange(len(sorted_ids))
        # Index -1 is that of the last entry, too, which stands for no id.
        return np.asarray(table[np.clip(ids, -1, last + 1)], np.int64)
    found = np.searchsorted(sorted_ids, ids).clip(max=len(sorted_ids) - 1)
    return np.where(sorted_ids[found] == ids, found, -1).astype(np.int64)
