"""One vector for a handful of example photos: a linear classifier that ranks a library by how much
each photo is like the examples and unlike the counter-examples, and says which ones match.

Linear discriminant analysis (Fisher 1936) with the library as the other class: the direction from
the library's mean to that of the examples, divided by the library's covariance. Few examples say
little about which differences matter, so the covariance is shrunk toward a multiple of the
identity (Friedman 1989), the more the fewer examples there are: for three the result is nearly the
difference of the means. Counter-examples move the library's side of that line toward them, by a
weight that grows with their number.

For the cut-off, a score is measured in spreads of the library's scores below their median, and
compared with the scores of examples that were left out of the fit (leave-one-out), because other
photos will score no better. Logistic regression (Platt 1999) turns both into a relevance. All
figures are from `benchmarks/concepts.py`; docs/concepts.md has the comparison with other methods.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.encoders.base import Vectors, unit
from explorer.search.relevance.relevance import RelevanceJudgement
from explorer.search.relevance.relevance_signals import spread


@dataclass(frozen=True)
class ConceptSettings:
    """Chosen with `python run.py bench concepts` on 2,000 photos of Flickr8k; the weights of the
    cut-off on 4,500 others."""

    shrinkage: float = 150.0
    """Variance that is added to each direction for a single example, as a multiple of the library's
    mean variance; for n examples, it is divided by n."""
    counter_weight: float = 0.3
    """Weight of very many counter-examples; the library's mean has the rest."""
    counter_half: float = 3.0
    """Number of counter-examples that have half of this weight."""
    score: float = 0.776
    """Weight of a photo's score, in spreads, in the log-odds that it matches."""
    typical: float = -0.416
    """Weight of the mean score of the examples that were left out."""
    bias: float = -2.727
    alone: float = 3.08
    """The score assumed instead if there is only one example."""


SETTINGS = ConceptSettings()

# The maximum number of examples that are left out, one by one.
_MAX_LEFT_OUT = 24
_FLAT = 1e-6


@dataclass(frozen=True, eq=False)
class ConceptVector:
    """A concept as one encoder sees it in one library."""

    vector: Vectors
    """Unit vector, float32 of shape (dim,)."""
    judgement: RelevanceJudgement
    """Turns a photo's inner product with the vector into its relevance."""


class ConceptBackground:
    """The library that concepts are distinguished from: its mean and covariance."""

    def __init__(self, sample: Vectors) -> None:
        """sample: vectors that stand for the library, float32 of shape (n, dim), n ≥ 1."""
        self.sample = sample
        self.mean: Vectors = sample.mean(axis=0)
        centered = (sample - self.mean).astype(np.float64)
        values, self._axes = np.linalg.eigh(centered.T @ centered / len(sample))
        self._variances = np.maximum(values, 0.0)
        self._usual = max(float(self._variances.mean()), _FLAT)

    def direction(self, positive: Vectors, negative: Vectors) -> Vectors:
        """The unit vector that tells examples from the library and from counter-examples. Arguments
        as for `fit_concept`."""
        difference = positive.mean(axis=0) - self.mean
        if len(negative):
            weight = SETTINGS.counter_weight / (1 + SETTINGS.counter_half / len(negative))
            difference = difference - weight * (negative.mean(axis=0) - self.mean)
        added = SETTINGS.shrinkage / len(positive) * self._usual
        scaled = self._axes @ ((difference @ self._axes) / (self._variances + added))
        if not np.linalg.norm(scaled) > 0:
            # A library of nothing but copies of the example.
            scaled = positive.mean(axis=0)
        return np.asarray(unit(scaled), np.float32)


def fit_concept(
    positive: Vectors, negative: Vectors, background: ConceptBackground
) -> ConceptVector:
    """The classifier of a concept.

    positive: vectors of the examples, float32 of shape (n, dim), n ≥ 1. negative: of the
    counter-examples, of shape (m, dim).
    """
    vector = background.direction(positive, negative)
    scores = spread(background.sample @ vector)
    odds = SETTINGS.typical * typical_score(positive, negative, background)
    slope = SETTINGS.score / max(scores.below, _FLAT)
    bias = SETTINGS.bias + odds - slope * scores.median
    return ConceptVector(vector, RelevanceJudgement(1.0, slope, bias))


def typical_score(positive: Vectors, negative: Vectors, background: ConceptBackground) -> float:
    """The mean score of an example that was left out of the fit, in spreads of the library's scores
    below their median. Arguments as for `fit_concept`."""
    if len(positive) < 2:
        return SETTINGS.alone
    found = list[float]()
    for number in np.linspace(0, len(positive) - 1, min(len(positive), _MAX_LEFT_OUT)):
        rest = np.delete(positive, round(number), axis=0)
        vector = background.direction(rest, negative)
        scores = spread(background.sample @ vector)
        own = float(positive[round(number)] @ vector)
        found.append((own - scores.median) / max(scores.below, _FLAT))
    return float(np.mean(found))
