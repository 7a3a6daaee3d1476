"""Positions of ids in sorted arrays."""

from __future__ import annotations

import numpy as np

from explorer.library.catalog import Ids


def positions_of(ids: Ids, sorted_ids: Ids) -> Ids:
    """The position of each id in a sorted array, -1 if it is not there. Keeps the shape of ids."""
    if not len(sorted_ids):
        return np.full(ids.shape, -1, np.int64)
    found = np.searchsorted(sorted_ids, ids).clip(max=len(sorted_ids) - 1)
    return np.where(sorted_ids[found] == ids, found, -1).astype(np.int64)
