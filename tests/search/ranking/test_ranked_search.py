"""Results: good matches first, names and texts among them, and counts that hold."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.encoders.base import Vectors
from explorer.library.text.word_ranking import WordRanking
from explorer.search.ranking import ranked_search
from explorer.search.ranking.photo_ranking import PhotoRanking
from explorer.search.ranking.query_terms import QueryTerms, Scores, VectorTerm
from explorer.search.ranking.ranked_search import RankedSearch
from explorer.search.relevance.query_relevance import QueryRelevance
from explorer.search.relevance.relevance import RelevanceModel
from explorer.search.relevance.relevance_weights import LIMITS
from tests.factory import LibraryBuilder, vector_of
from tests.search.conftest import FactoryEncoder

TERMS = QueryTerms((VectorTerm(vector_of("one")),))


class Judge(QueryRelevance):
    """Takes photos with a score of at least 0.3 for good matches."""

    single = None

    def relevance(self, photos: Vectors) -> Scores:
        good = photos @ TERMS.representative >= 0.3
        return np.where(good, LIMITS.strong, 0.0).astype(np.float32)


def search_of(builder: LibraryBuilder, words: WordRanking | None = None) -> RankedSearch:
    index = builder.index()
    model = RelevanceModel.fit(FactoryEncoder(), index.sample(100))
    judge = Judge(TERMS, FactoryEncoder(), index, model)
    return RankedSearch(PhotoRanking(index, TERMS, None), words, index, judge)


def words_of(ids: list[int], coverage: list[float], named: list[int]) -> WordRanking:
    return WordRanking(
        np.array(ids, np.int64), np.array(coverage, np.float64), np.array(named, np.int64)
    )


@pytest.mark.parametrize("head", [5, 50, 1000])
def test_good_matches_are_counted_beyond_the_first_page(
    full: LibraryBuilder, head: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranked_search, "HEAD", head)
    found = search_of(full)
    scores = full.index().rows(np.sort(full.index().ids())) @ TERMS.representative
    assert found.good == int((scores >= 0.3).sum()) > 5
    result = found.result(500)
    assert len(result) == result.total == 200 and len(set(result.ids.tolist())) == 200
    assert [match in ("strong", "fair") for match in result.matches] == [
        place < result.good for place in range(200)
    ]


def test_of_very_many_good_matches_no_more_are_counted_than_a_limit(
    full: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = search_of(full).good
    assert good is not None
    for limit in (good - 1, good, good + 1):
        monkeypatch.setattr(ranked_search, "HEAD", 5)
        monkeypatch.setattr(ranked_search, "MAX_GOOD", limit)
        assert search_of(full).good == min(good, limit)


def test_a_named_file_is_first_and_strong(full: LibraryBuilder) -> None:
    worst = int(search_of(full).top(200)[-1])
    found = search_of(full, words_of([worst], [1.0], [worst])).result(10)
    assert (int(found.ids[0]), found.matches[0], float(found.relevance[0])) == (
        worst,
        "strong",
        1.0,
    )


def test_all_words_make_a_good_match_and_some_words_do_not(full: LibraryBuilder) -> None:
    ranked = search_of(full).top(200)
    every, some = int(ranked[-1]), int(ranked[-2])
    found = search_of(full, words_of([every, some], [1.0, 0.4], []))
    result = found.result(200)
    matches = dict(zip(result.ids.tolist(), result.matches, strict=True))
    assert matches[every] == "strong" and matches[some] == "none"
    assert found.good == (search_of(full).good or 0) + 1
    assert len(set(result.ids.tolist())) == 200


def test_filtered_photos_stay_excluded(full: LibraryBuilder) -> None:
    found = search_of(full, words_of([100_000], [1.0], [100_000]))
    assert 100_000 not in found.top(500)
    assert found.contains(np.array([1, 100_000])).tolist() == [True, False]
