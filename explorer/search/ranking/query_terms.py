"""The terms of a query as vectors, and the scores that they give photos.

Terms that are simply added become one vector: by linearity its cosine ranks photos as the weighted
sum of the terms' cosines does. Alternatives keep a vector each, of which the best counts (any) or
the worst (all). Subtracted terms are kept separate, because subtracting vectors does not work
(`subtraction.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from explorer.encoders.base import unit
from explorer.search.query import Vector
from explorer.search.relevance.relevance import RelevanceJudgement

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class VectorTerm:
    """One vector. weight: above 0."""

    vector: Vector
    """float32 of shape (dim,), of length 1."""
    weight: float = 1.0
    phrase: str = ""
    """The phrase it encodes; empty for photos and concepts."""
    judgement: RelevanceJudgement | None = None
    """That of a concept: how relevant a score for this vector is."""
    top_score: float = 1.0
    """The highest score that a photo can have; below 1 for an instance query."""


@dataclass(frozen=True, eq=False)
class CombinedTerm:
    """Terms of which the best (`any`) or the worst (`all`) counts. weight: above 0."""

    terms: tuple[ScoringTerm, ...]
    combination: Literal["any", "all"]
    weight: float = 1.0


ScoringTerm = VectorTerm | CombinedTerm


@dataclass(frozen=True, eq=False)
class QueryTerms:
    """What ranks the photos of a query."""

    added: tuple[ScoringTerm, ...] = ()
    subtracted: tuple[ScoringTerm, ...] = ()

    @property
    def single_vector(self) -> Vector | None:
        """The unit vector that alone ranks the photos; None if there is no such vector."""
        return mean_vector(self.added) if not self.subtracted else None

    @property
    def representative(self) -> Vector:
        """The normalized sum of all vectors that are added, float32 of shape (dim,)."""
        rows = [weight * vector for term in self.added for vector, weight in _vectors(term)]
        return np.asarray(unit(np.sum(rows, axis=0)), np.float32)

    def subtracted_vectors(self) -> list[tuple[Vector, float]]:
        """The vectors that are subtracted, with their weights."""
        return [each for term in self.subtracted for each in _vectors(term)]

    def added_scores(self, cosines: Callable[[Vector], Scores]) -> Scores:
        """The score of each photo for the added terms, from -1 to 1. cosines: a vector's cosine
        with each photo."""
        plain = [term for term in self.added if isinstance(term, VectorTerm)]
        combined = [term for term in self.added if isinstance(term, CombinedTerm)]
        parts = list[Scores]()
        if plain:
            vector = mean_vector(plain)
            assert vector is not None  # noqa: S101  there are vectors only
            parts.append(sum(term.weight for term in plain) * cosines(vector))
        parts += [term.weight * term_scores(term, cosines) for term in combined]
        total = sum(term.weight for term in self.added)
        return np.asarray(np.sum(parts, axis=0) / total, np.float32)


def mean_vector(terms: Sequence[ScoringTerm]) -> Vector | None:
    """The normalized weighted sum of the terms' vectors, float32 of shape (dim,); None if a term
    has several vectors, or there are no terms."""
    rows = [term.weight * term.vector for term in terms if isinstance(term, VectorTerm)]
    if not rows or len(rows) < len(terms):
        return None
    return np.asarray(unit(np.sum(rows, axis=0)), np.float32)


def term_scores(term: ScoringTerm, cosines: Callable[[Vector], Scores]) -> Scores:
    """The score of each photo for one term, from -1 to 1, without its weight."""
    if isinstance(term, VectorTerm):
        return cosines(term.vector)
    combine = np.maximum if term.combination == "any" else np.minimum
    return np.asarray(
        combine.reduce([term_scores(each, cosines) for each in term.terms]), np.float32
    )


def _vectors(term: ScoringTerm) -> list[tuple[Vector, float]]:
    """The vectors in a term, with the weight of the term."""
    if isinstance(term, VectorTerm):
        return [(term.vector, term.weight)]
    return [(vector, term.weight) for each in term.terms for vector, _ in _vectors(each)]
