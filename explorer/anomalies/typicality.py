"""The distribution of everyday photos among an encoder's vectors. Learned for the `starter` encoder
(`data/README.md`); nothing is known for others.

A small library alone does not show which photos are outliers: each of sixty photos is rather far
from the rest. A photo far from everything that people usually photograph is an outlier even there.
Also, in a library of one subject, that subject is part of the mean vector, which must not be
mistaken for what all pictures share.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
_FOLDER = Path(__file__).parent / "data"
NEAREST = 4
"""The number of nearest centers whose similarity counts."""
_BATCH = 8192
"""The number of vectors compared with the centers at once."""


class TypicalPhotos(NamedTuple):
    """Clusters of everyday photos."""

    middle: Floats
    """Mean vector of everyday photos, (dim,)."""
    centers: Floats
    """Centers of their clusters, (number, dim), unit length."""
    usual: float
    """Median distance of everyday photos to the nearest centers."""
    spread: float
    """By how much the 84th percentile of that distance exceeds the median."""

    def unlikeness(self, vectors: Floats) -> Floats:
        """Distance from everyday photos, (n,), in robust standard deviations: 0 is usual.
        vectors: (n, dim), unit length."""
        return np.asarray((distance(vectors, self.centers) - self.usual) / self.spread, np.float32)


def distance(vectors: Floats, centers: Floats) -> Floats:
    """1 - mean cosine to the nearest centers, (n,). vectors: (n, dim), centers: (number, dim), unit
    length."""
    found = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), _BATCH):
        likeness = vectors[start : start + _BATCH] @ centers.T
        found[start : start + _BATCH] = 1 - np.partition(likeness, -NEAREST, axis=1)[
            :, -NEAREST:
        ].mean(axis=1)
    return found


@functools.cache
def typical_photos(name: str, version: str) -> TypicalPhotos | None:
    """The clusters learned for an encoder's vectors; None if there are none, or they are for
    another version."""
    path = _FOLDER / f"typical-{name}.npz"
    if not name.isalnum() or not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as stored:
        if str(stored["version"]) != version:
            return None
        centers = stored["centres"].astype(np.float32)
        centers /= np.linalg.norm(centers, axis=1, keepdims=True)
        return TypicalPhotos(
            stored["middle"].astype(np.float32),
            centers,
            float(stored["usual"]),
            float(stored["spread"]),
        )
