"""Merge the ranking of photos by meaning with the ranking by words.

The method is reciprocal rank fusion (Cormack, Clarke & Büttcher 2009): a photo scores the sum of
1 / (k + rank) over the rankings that it is in. Photos with equal scores share the mean of their
ranks. That keeps a folder named “beach” with a thousand photos from outweighing the meaning of a
phrase: each of them has rank 500, which is worth next to nothing, while the only photo with a word
has rank 1.

A photo with one of ten words is not a match by words, so its contribution is weighted by the cube
of the share of the phrase that it has. Without a weight (a power of 0), R@10 falls by a third where
photos are named by words (`benchmarks/names.py`); with the square, R@1 still falls.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Ids

K = 60
"""The constant of the method, as its authors chose it: how much the first ranks stand out."""
_COVERAGE_POWER = 3

Scores = npt.NDArray[np.float64]


class FusedRanking(NamedTuple):
    """n photos, best first."""

    ids: Ids
    """(n,)."""
    scores: Scores
    """(n,), descending. Only their order is meaningful."""


def fuse(meaning: Ids, words: Ids, coverage: Scores, named: Ids | None = None) -> FusedRanking:
    """Merge two rankings.

    meaning: ids of n photos, best first, each once. words: ids of m photos with any of the words,
    each once, of shape (m,), and coverage: the share of the phrase that each has, of the same
    shape, 0 to 1. named: ids of photos that come first in any case, in this order. Photos that are
    in any of the rankings are in the result.
    """
    named = np.empty(0, np.int64) if named is None else named
    ids = np.concatenate([meaning, words, named])
    shares = np.concatenate(
        [
            1 / (K + 1 + np.arange(len(meaning))),
            coverage**_COVERAGE_POWER / (K + mean_ranks(coverage)),
            # More than all rankings together can contribute.
            1.0 + np.arange(len(named), 0, -1),
        ]
    )
    # Photos with equal scores keep their order in these lists.
    distinct, first, place = np.unique(ids, return_index=True, return_inverse=True)
    scores = np.bincount(place, shares, len(distinct)).astype(np.float64)
    order = np.lexsort((first, -scores))
    return FusedRanking(distinct[order], scores[order])


def mean_ranks(scores: Scores) -> Scores:
    """The rank of each score, 1 for the highest; equal scores share the mean of their ranks."""
    _, place, number = np.unique(-scores, return_inverse=True, return_counts=True)
    mean = np.cumsum(number) - (number - 1) / 2
    return np.asarray(mean[place], np.float64)
