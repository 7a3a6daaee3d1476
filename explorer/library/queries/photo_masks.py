"""Sets of photos as masks: arrays that tell for each id whether it is in the set."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
PhotoMask = npt.NDArray[np.bool_]
"""Whether each photo is in a set, by its id, of shape (n,). Photos with ids from n on are not in
it."""


def mask_of(among: Ids | PhotoMask) -> PhotoMask:
    """The mask of a set of photos given by ids or as a mask."""
    if among.dtype == np.bool_:
        return np.asarray(among, np.bool_)
    ids = np.asarray(among, np.int64)
    mask = np.zeros(int(ids.max(initial=-1)) + 1, np.bool_)
    mask[ids[ids >= 0]] = True
    return mask


def ids_in(mask: PhotoMask, ids: Ids) -> PhotoMask:
    """Whether each of these ids is in a set, of the shape of `ids`."""
    known = (ids >= 0) & (ids < len(mask))
    known[known] = mask[ids[known]]
    return known
