"""Compute what scores use of each photo's vector, reading all vectors once, a block at a time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from explorer.anomalies.drawing_classifier import NOT_DRAWN, drawing_log_odds
from explorer.anomalies.judgement import Floats
from explorer.anomalies.typicality import typical_photos
from explorer.library.catalog import Ids
from explorer.library.vectors import VectorIndex

# Photos whose vectors are read at once: together, those of a large library take hundreds of
# megabytes.
_BLOCK = 8192


class VectorFacts(NamedTuple):
    """Facts about the vectors of n photos."""

    ids: Ids
    """(n,), ascending."""
    drawn: Floats
    """Log-odds of being a drawing, (n,)."""
    shared: Floats
    """Inner product with the mean vector of everyday photos, (n,); 0 if that is unknown."""
    unlikeness: Floats
    """Distance from everyday photos, (n,), as `TypicalPhotos.unlikeness`; 0 if these are
    unknown."""


def vector_facts(index: VectorIndex, name: str, version: str) -> VectorFacts:
    """The facts of all photos in an index. name, version: of its encoder."""
    ids = np.sort(index.ids())
    drawn = np.full(len(ids), NOT_DRAWN, np.float32)
    shared, unlikeness = np.zeros(len(ids), np.float32), np.zeros(len(ids), np.float32)
    typical = typical_photos(name, version)
    for start in range(0, len(ids), _BLOCK):
        block = slice(start, start + _BLOCK)
        try:
            vectors = index.rows(ids[block])
        except KeyError:
            # Another thread has removed some since. The catalog has changed, so the next request
            # scores all photos again.
            continue
        drawn[block] = drawing_log_odds(name, version, vectors)
        if typical is not None:
            shared[block] = vectors @ typical.middle
            unlikeness[block] = typical.unlikeness(vectors)
    return VectorFacts(ids, drawn, shared, unlikeness)
