"""What is said of one photo, and the ranking by vectors alone."""

from __future__ import annotations

import numpy as np

from explorer.search.engine import SearchEngine
from explorer.search.language.parse_query import parse
from explorer.search.query import Query
from tests.factory import LibraryBuilder, vector_of
from tests.search.test_engine import brute


def test_one_photo_is_judged_by_meaning_only_if_it_passes_the_conditions(
    full: LibraryBuilder,
) -> None:
    engine, named = SearchEngine(full.library), full.put("holiday.jpg", "a")
    other = full.put("another.jpg", "b")
    assert engine.judge(Query(parse("name:holiday")), named) == (1.0, "strong", True)
    assert engine.judge(Query(parse("name:holiday")), other) == (0.0, "none", False)
    assert engine.judge(Query(parse("a name:holiday")), other) == (0.0, "none", False)
    relevance, _, passes = engine.judge(Query(parse("a name:holiday")), named)
    assert passes and 0 <= relevance <= 1


def test_ranking_by_meaning_keeps_to_the_photos_of_a_mask(full: LibraryBuilder) -> None:
    engine, kept = SearchEngine(full.library), full.library.catalog.matching()[:5]
    mask = np.zeros(int(full.library.catalog.matching().max()) + 1, bool)
    mask[kept] = True
    ids, _ = engine.rank_by_meaning(Query.of_phrase("a"), mask).first(100)
    expected = [photo for photo, _ in brute(full, vector_of("a"), kept.tolist())]
    assert ids.tolist() == expected
    assert len(engine.rank_by_meaning(Query.of_phrase("a"), None).first(500)[0]) == 200
