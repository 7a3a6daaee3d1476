"""Merges the ranking of photos by meaning with that by words.

By reciprocal rank fusion (Cormack, Clarke & Büttcher 2009): a photo scores the sum of
1 / (k + rank) over the rankings that it is in. Photos with equal scores share the mean of their
ranks. That keeps a folder called “beach” with a thousand photos from pushing aside what a phrase
means: each of them has rank 500, which is worth next to nothing, while the only photo with a word
has rank 1.

A photo with one of ten words is no match by words. So its share in that ranking is weighted by how
much of the phrase it has, to the third power. Without a weight (a power of 0) R@10 falls by a third
where photos are named by words (`benchmarks/names.py`); with the square, R@1 still falls.
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
    """(n,), descending. Only their order has a meaning."""


def fuse(meaning: Ids, words: Ids, coverage: Scores, named: Ids | None = None) -> FusedRanking:
    """Merge two rankings.

    meaning: ids of n photos, best first, each once. words: ids of m photos with any of the words,
    each once, of shape (m,), and coverage: how much of the phrase each has, of the same shape, 0 to
    1. named: ids of photos that come first whatever else ranks them, in this order. Photos that are
    in any of the rankings are in the result.
    """
    named = np.empty(0, np.int64) if named is None else named
    ids = np.concatenate([meaning, words, named])
    shares = np.concatenate(
        [
            1 / (K + 1 + np.arange(len(meaning))),
            coverage**_COVERAGE_POWER / (K + mean_ranks(coverage)),
            # More than all rankings together can give.
            1.0 + np.arange(len(named), 0, -1),
        ]
    )
    # Of photos with equal scores, the one that came first in these lists is first.
    distinct, first, place = np.unique(ids, return_index=True, return_inverse=True)
    scores = np.bincount(place, shares, len(distinct)).astype(np.float64)
    order = np.lexsort((first, -scores))
    return FusedRanking(distinct[order], scores[order])


def mean_ranks(scores: Scores) -> Scores:
    """The rank of each score, 1 for the highest; equal scores share the mean of their ranks."""
    values, place, number = np.unique(-scores, return_inverse=True, return_counts=True)
    last = np.cumsum(number)
    mean = last - (number - 1) / 2 if len(values) else np.empty(0)
    return np.asarray(mean[place], np.float64)
