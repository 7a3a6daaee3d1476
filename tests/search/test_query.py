"""What a query asks for."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.search.language.query_tree import (
    AlternativeTerms,
    FileTerm,
    PhraseTerm,
    QueryTree,
    WordsTest,
)
from explorer.search.query import ExamplePhoto, Query, SearchHit, SearchResult, file_paths


@pytest.mark.parametrize(
    ("query", "asks"),
    [
        (Query(), False),
        (Query.of_phrase("  "), False),
        (Query.of_phrase("a"), True),
        (Query(photo_ids=(1,)), True),
        (Query(examples=(ExamplePhoto((1.0,)),)), True),
    ],
)
def test_an_empty_query_is_false(query: Query, asks: bool) -> None:
    assert bool(query) is asks


@pytest.mark.parametrize(
    ("query", "ranked"),
    [
        (Query(), False),
        (Query.of_phrase("a"), True),
        (Query(photo_ids=(1,)), True),
        (Query(examples=(ExamplePhoto((1.0,)),)), True),
        (Query(QueryTree((), WordsTest("a"))), False),
        (Query(QueryTree((), WordsTest("a")), photo_ids=(1,)), True),
    ],
)
def test_terms_and_photos_rank_and_conditions_do_not(query: Query, ranked: bool) -> None:
    assert query.is_ranked is ranked
    assert bool(query) is (query != Query())


def test_a_phrase_is_taken_literally() -> None:
    assert Query.of_phrase(" red car ").tree.terms == (PhraseTerm("red car", literal=True),)


def test_the_files_of_a_query_in_order_and_once() -> None:
    some = AlternativeTerms((FileTerm("b"), PhraseTerm("x"), FileTerm("a"), FileTerm("c")))
    tree = QueryTree((FileTerm("z"), PhraseTerm("y"), some, FileTerm("z"), FileTerm("d")))
    assert file_paths(tree) == ["z", "b", "a", "c", "d"]
    assert file_paths(QueryTree()) == file_paths(QueryTree((PhraseTerm("a"),))) == []


def test_a_photo_from_outside_has_its_vector_and_name() -> None:
    example = ExamplePhoto.of(np.array([0.5, -1], np.float32), "a.jpg")
    assert example == ExamplePhoto((0.5, -1.0), "a.jpg") and hash(example)
    assert example.array().dtype == np.float32 and example.array().tolist() == [0.5, -1.0]


def test_results_one_by_one() -> None:
    result = SearchResult(
        np.array([7, 3, 9, 4]),
        np.array([1.0001, 0.5, -0.25, -1.0001], np.float32),
        np.array([0.75, 0.5, 0.25, 0.0], np.float32),
        ("strong", "fair", "weak", "none"),
        total=9,
        good=2,
    )
    assert len(result) == 4
    assert result.hits() == [
        SearchHit(7, 1.0, 1, 0.75, "strong"),
        SearchHit(3, 0.5, 2, 0.5, "fair"),
        SearchHit(9, -0.25, 3, 0.25, "weak"),
        SearchHit(4, -1.0, 4, 0.0, "none"),
    ]
