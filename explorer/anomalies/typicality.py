"""How everyday photos lie among an encoder's vectors: learned for the starter (`data/README.md`);
of others nothing is known.

A small library cannot tell by itself what is odd: of sixty photos, each is rather far from the
rest. What is far from all that people usually take is odd even there. And a library of one subject
has that subject in its middle, which must not be taken for the part that all pictures share.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
_FOLDER = Path(__file__).parent / "data"
# The nearest centres whose likeness counts, and vectors compared with them at once.
NEAREST, _TOGETHER = 4, 8192


class TypicalPhotos(NamedTuple):
    """middle: mean vector of everyday photos, (dim,). centres: of the groups that they fall into,
    (number, dim), unit length. usual, spread: how unlike the nearest centres everyday photos are,
    their median and how far above it the 84th percentile is."""

    middle: Floats
    centres: Floats
    usual: float
    spread: float

    def unlikeness(self, vectors: Floats) -> Floats:
        """How unlike everyday photos each is, in their own spreads: 0 is usual. vectors: (n, dim),
        unit length."""
        return np.asarray((distance(vectors, self.centres) - self.usual) / self.spread, np.float32)


def distance(vectors: Floats, centres: Floats) -> Floats:
    """1 - mean cosine to the nearest centres. vectors: (n, dim), centres: (number, dim), unit
    length."""
    found = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), _TOGETHER):
        likeness = vectors[start : start + _TOGETHER] @ centres.T
        found[start : start + _TOGETHER] = 1 - np.partition(likeness, -NEAREST, axis=1)[
            :, -NEAREST:
        ].mean(axis=1)
    return found


@functools.cache
def typical_photos(name: str, version: str) -> TypicalPhotos | None:
    """What was learned for the vectors of that encoder; None where nothing was, or for other
    weights of it."""
    path = _FOLDER / f"typical-{name}.npz"
    if not name.isalnum() or not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as stored:
        if str(stored["version"]) != version:
            return None
        centres = stored["centres"].astype(np.float32)
        centres /= np.linalg.norm(centres, axis=1, keepdims=True)
        return TypicalPhotos(
            stored["middle"].astype(np.float32),
            centres,
            float(stored["usual"]),
            float(stored["spread"]),
        )
