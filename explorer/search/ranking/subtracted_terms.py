"""Merge the subtracted terms of a query into the added ones."""

from __future__ import annotations

from explorer.library.vectors import VectorIndex
from explorer.search.query import Vector
from explorer.search.ranking.query_terms import QueryTerms, VectorTerm
from explorer.search.ranking.subtraction import (
    Negative,
    candidates_wanted,
    examples_wanted,
    subtract,
)


def merge_subtracted(terms: QueryTerms, index: VectorIndex, sample: Vector) -> QueryTerms:
    """One term that only adds, for terms of which some are subtracted.

    index: the vectors of the library. sample: some of them, float32 of shape (n, dim).
    """
    size = len(index)

    def best(vector: Vector, number: int) -> Vector:
        return index.rows(index.search(vector, number)[1]) if number else sample[:0]

    negatives = [
        Negative(vector, best(vector, examples_wanted(size)), weight)
        for vector, weight in terms.subtracted_vectors()
    ]
    positive = terms.representative if terms.added else None
    candidates = sample[:0] if positive is None else best(positive, candidates_wanted(size))
    return QueryTerms((VectorTerm(subtract(positive, negatives, candidates, sample)),))
