"""Rankings that are made as far as they are read, compared with all scores sorted."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.search.ranking import photo_ranking
from explorer.search.ranking.photo_ranking import PhotoRanking
from explorer.search.ranking.query_terms import CombinedTerm, QueryTerms, VectorTerm
from tests.factory import LibraryBuilder, vector_of

ONE, TWO = VectorTerm(vector_of("one")), VectorTerm(vector_of("two"))


def exact(builder: LibraryBuilder, terms: QueryTerms, among: np.ndarray | None = None) -> list[int]:
    ids = np.sort(builder.index().ids())
    if among is not None:
        ids = ids[[i < len(among) and bool(among[i]) for i in ids]]
    rows = builder.index().rows(ids)
    scores = terms.added_scores(lambda vector: rows @ vector)
    return [int(i) for i in ids[np.lexsort((ids, -scores))]]


@pytest.mark.parametrize(
    "terms", [QueryTerms((ONE,)), QueryTerms((ONE, CombinedTerm((ONE, TWO), "all", 0.5)))]
)
def test_a_ranking_read_in_parts_is_the_order_of_all_scores(
    full: LibraryBuilder, terms: QueryTerms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_ranking, "_HEAP", 20)
    ranking, order = PhotoRanking(full.index(), terms, None), exact(full, terms)
    for number in (1, 5, 19, 50, 200, 999):
        ids, scores = ranking.first(number)
        assert ids.tolist() == order[:number] and len(scores) == len(ids)
        assert np.allclose(ranking.scores_of(ids), scores, atol=1e-3)
    assert ranking.total == 200


def test_a_ranking_among_some_photos_contains_only_these(full: LibraryBuilder) -> None:
    some = np.zeros(120, bool)
    some[10:40] = True
    terms = QueryTerms((CombinedTerm((ONE, TWO), "any"),))
    ranking = PhotoRanking(full.index(), terms, some)
    assert ranking.first(100)[0].tolist() == exact(full, terms, some)
    assert ranking.total == 30
    asked = np.array([10, 39, 40, 500, 100_000])
    assert ranking.contains(asked).tolist() == [True, True, False, False, False]
    assert (ranking.scores_of(asked)[2:] == -1).all()
