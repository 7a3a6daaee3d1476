"""Subtract a phrase or a photo from a query: “car -red”.

The plain difference of two unit vectors has two faults. It removes the same share of the negative
regardless of what the two have in common: `horse` and `grass` occur together in photos, so
subtracting grass also lowers the horses, while anything hardly present in the vector of the
negative's name remains. Also, the name of a thing describes it less well than photos of it do.

Here the negative is first extended by what its best photos in this library have in common
(pseudo-relevance feedback: Rocchio 1971). Then, over the best photos of the positive, the score of
the negative is regressed on that of the positive, and only the residual, how much more of the
negative a photo has than others that match the positive as well, is subtracted. Both are scaled to
the same standard deviation there, so that neither dominates the other. All of this is linear in a
photo's vector: the result is a vector, and one search of the index with it ranks the whole library.

`benchmarks/negatives.py` compares it with the plain difference and with projecting the negative
out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from explorer.encoders.base import Vectors, unit
from explorer.search.query import Vector


@dataclass(frozen=True)
class SubtractionSettings:
    """Chosen with `python run.py bench negatives` on Flickr8k's first 4,500 photos."""

    candidates: int = 800
    """Number of the positive's best photos over which the negative is regressed."""
    candidates_share: float = 0.4
    """Maximum share of the library, so that they match better than most photos."""
    examples: int = 100
    """Number of the negative's best photos that describe it in addition to its name."""
    examples_share: float = 0.05
    """Maximum share of the library that describes the negative."""
    examples_weight: float = 1.0
    """Weight of these photos relative to the name, when both are scaled alike."""
    strength: float = 1.0
    """Number of standard deviations of the residual that weigh as much as one of the positive's
    score."""


SETTINGS = SubtractionSettings()

# Spread below which a score tells nothing about a set of photos.
_FLAT = 1e-6
# Quantile that lies one standard deviation above the median of a normal distribution.
_UPPER = 0.8413


class Negative(NamedTuple):
    """What is to be subtracted."""

    vector: Vector
    """Its unit vector, of shape (dim,)."""
    best: Vectors
    """The vectors of the photos of the library that match it best, of shape (n, dim), best first;
    see `examples_wanted`. May be empty, as for a photo that is subtracted."""
    weight: float = 1.0
    """Amount to subtract: 1 is as much as is added; larger is stricter."""


def candidates_wanted(photos: int) -> int:
    """Number of the positive's best photos to regress over, in a library of this size."""
    return min(SETTINGS.candidates, int(np.ceil(photos * SETTINGS.candidates_share)))


def examples_wanted(photos: int) -> int:
    """Number of a negative's best photos that should describe it in a library of this size."""
    return min(SETTINGS.examples, int(photos * SETTINGS.examples_share))


def subtract(
    positive: Vector | None, negatives: Sequence[Negative], candidates: Vectors, sample: Vectors
) -> Vector:
    """The unit vector, float32 of shape (dim,), of a positive without the negatives.

    positive: unit vector of shape (dim,); None ranks by the negatives alone. candidates: the
    vectors of its best photos, of shape (n, dim); see `candidates_wanted`. sample: a sample of the
    library's vectors, of shape (m, dim). With fewer than three candidates the plain difference is
    returned.
    """
    if positive is None:
        opposite = [-each.weight * unit(_described(each, sample)) for each in negatives]
        return np.asarray(unit(np.sum(opposite, axis=0)), np.float32)
    out = positive.astype(np.float64)
    for negative in negatives:
        described = _described(negative, sample)
        weight, slope = _weight(positive, described, candidates)
        out += negative.weight * weight * (slope * positive - described)
    return np.asarray(unit(out), np.float32)


def _described(negative: Negative, sample: Vectors) -> Vector:
    """The vector of the negative's name and of its best photos together, each divided by how widely
    the library's scores for it spread."""
    if len(negative.best) == 0 or len(sample) < 3:
        return negative.vector
    name, photos = negative.vector, negative.best.mean(axis=0) - sample.mean(axis=0)
    name_spread, photo_spread = (_spread(sample @ vector) for vector in (name, photos))
    if min(name_spread, photo_spread) < _FLAT:
        return name
    return np.asarray(
        name / name_spread + SETTINGS.examples_weight * photos / photo_spread, np.float32
    )


def _spread(scores: Vector) -> float:
    """The standard deviation of scores, estimated above the median so that a few very low ones are
    ignored."""
    middle, upper = np.quantile(scores, [0.5, _UPPER])
    return float(upper - middle)


def _weight(positive: Vector, negative: Vector, candidates: Vectors) -> tuple[float, float]:
    """(weight of the negative's residual, slope of the negative's score over the positive's) among
    candidates."""
    scores, others = candidates @ positive, candidates @ negative
    spread = float(scores.std()) if len(candidates) >= 3 else 0.0
    if spread < _FLAT:
        return 1 / max(float(np.linalg.norm(negative)), _FLAT), 0.0
    slope = float(np.cov(scores, others, bias=True)[0, 1]) / spread**2
    residual = float((others - slope * scores).std())
    return (SETTINGS.strength * spread / residual, slope) if residual > _FLAT else (0.0, 0.0)
