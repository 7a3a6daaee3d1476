"""Which of many phrases a photo matches best.

A photo of a dog matches “dog” better than “house”, “car” and whatever else people search for. So a
query that the best photos match better than all other phrases is answerable, though its scores may
be low; and the share of photos that match it best says how frequent the thing is. The same idea
makes zero-shot classification work (Radford et al. 2021), with the background phrases as classes.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from explorer.encoders.base import Vectors

# A background phrase means the same as the query if their cosine is at least this share of the way
# from the usual cosine of two phrases to 1. It is no rival then.
_SYNONYM = 0.75
# The number of best photos that count.
_BEST = 10
# How fast the preference falls with the rank. Chosen on Flickr8k, see docs/relevance.md.
_DECAY = 4.0


class RivalPhrases:
    """The background phrases, and how well a library's photos match them."""

    def __init__(self, phrases: Vectors, sample: Vectors) -> None:
        """phrases: unit vectors of shape (p, dim). sample: those of photos that stand for the
        library, of shape (n, dim)."""
        self.phrases, self._sample = phrases, sample

    @functools.cached_property
    def _usual(self) -> float:
        """The median cosine of two phrases."""
        return float(
            np.median((self.phrases @ self.phrases.T)[np.triu_indices(len(self.phrases), 1)])
        )

    @functools.cached_property
    def _sample_scores(self) -> Vectors:
        return np.asarray(self._sample @ self.phrases.T, np.float32)

    def preference(self, query: Vectors, top: Vectors) -> float:
        """How much the best photos prefer a query to its rivals: 1 if each of the ten best matches
        it better than every other phrase, near 0 if they match many others better.

        query: unit vector of shape (dim,). top: the vectors of its best photos, of shape (n, dim),
        n ≥ 1, best first.
        """
        rivals = self.phrases[self._rivals(query)]
        best = top[:_BEST]
        better = (best @ rivals.T > (best @ query)[:, None]).sum(axis=1)
        return float(np.exp(-_DECAY * np.log1p(better).mean()))

    def won(self, query: Vectors) -> int:
        """How many photos of the sample match a query better than every other phrase."""
        rivals = self._sample_scores[:, self._rivals(query)]
        if not rivals.shape[1]:
            return 0
        return int((self._sample @ query > rivals.max(axis=1)).sum())

    def most_won(self) -> list[tuple[int, int]]:
        """The phrases that are the best match of some photos of the sample: (number of the phrase,
        number of photos), the most photos first."""
        if not len(self.phrases) or not len(self._sample):
            return []
        counts = np.bincount(self._sample_scores.argmax(axis=1), minlength=len(self.phrases))
        order = np.argsort(-counts, kind="stable")
        return [(int(i), int(counts[i])) for i in order if counts[i]]

    def _rivals(self, query: Vectors) -> npt.NDArray[np.bool_]:
        if len(self.phrases) < 2:
            return np.zeros(len(self.phrases), np.bool_)
        limit = self._usual + _SYNONYM * (1 - self._usual)
        return np.asarray(self.phrases @ query < limit, np.bool_)
