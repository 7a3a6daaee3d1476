"""Scores of a query's terms, compared with what they say."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.encoders.base import unit
from explorer.search.query import Vector
from explorer.search.ranking.query_terms import (
    CombinedTerm,
    QueryTerms,
    Scores,
    VectorTerm,
    mean_vector,
)
from tests.factory import vector_of

PHOTOS = unit(np.stack([vector_of(number) for number in range(20)]))


def cosines(vector: Vector) -> Scores:
    return PHOTOS @ vector


@given(st.lists(st.floats(0.1, 5.0), min_size=1, max_size=4))
def test_one_vector_ranks_as_the_weighted_sum_of_cosines_does(weights: list[float]) -> None:
    terms = [VectorTerm(vector_of(f"term {n}"), weight) for n, weight in enumerate(weights)]
    vector = mean_vector(terms)
    assert vector is not None
    together = sum(term.weight * cosines(term.vector) for term in terms)
    assert np.corrcoef(cosines(vector), together)[0, 1] > 0.9999
    assert np.isclose(np.linalg.norm(vector), 1.0, atol=1e-5)


def test_the_best_of_alternatives_and_the_worst_of_conjunctions_counts() -> None:
    one, two = VectorTerm(vector_of("one")), VectorTerm(vector_of("two"))
    any_of = QueryTerms((CombinedTerm((one, two), "any"),))
    all_of = QueryTerms((CombinedTerm((one, two), "all"),))
    both = np.stack([cosines(one.vector), cosines(two.vector)])
    assert np.allclose(any_of.added_scores(cosines), both.max(axis=0))
    assert np.allclose(all_of.added_scores(cosines), both.min(axis=0))
    assert any_of.single_vector is None


def test_alternatives_and_vectors_are_weighted() -> None:
    one, two, three = (VectorTerm(vector_of(name)) for name in ("one", "two", "three"))
    terms = QueryTerms((VectorTerm(three.vector, 3.0), CombinedTerm((one, two), "any", 1.0)))
    best = np.maximum(cosines(one.vector), cosines(two.vector))
    assert np.allclose(
        terms.added_scores(cosines), (3 * cosines(three.vector) + best) / 4, atol=1e-6
    )


def test_terms_with_something_subtracted_are_no_single_vector() -> None:
    one, two = VectorTerm(vector_of("one")), VectorTerm(vector_of("two"), 0.5)
    terms = QueryTerms((one,), (two,))
    assert terms.single_vector is None
    ((vector, weight),) = terms.subtracted_vectors()
    assert np.array_equal(vector, two.vector) and weight == 0.5
    assert np.allclose(terms.representative, one.vector)
