from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np

from explorer.encoders.base import unit
from explorer.library.vectors import VectorIndex
from explorer.search.ranking.query_terms import QueryTerms, VectorTerm
from explorer.search.relevance.query_relevance import QueryRelevance, is_good
from explorer.search.relevance.relevance import RelevanceJudgement, RelevanceModel
from tests.search.conftest import FactoryEncoder


def test_where_all_is_subtracted_only_photos_that_clearly_show_less_are_good_matches() -> None:
    cosines = np.linspace(-0.2, 0.2, 101)
    photos = unit(np.stack([cosines, np.sqrt(1 - cosines**2)], axis=1).astype(np.float32))
    people = np.array([1, 0], np.float32)
    nothing_found = RelevanceJudgement(0.0, 0.0, -20.0)
    judge = QueryRelevance(
        QueryTerms(subtracted=(VectorTerm(people, judgement=nothing_found),)),
        FactoryEncoder(),
        cast(VectorIndex, None),
        cast(RelevanceModel, SimpleNamespace(sample=photos)),
    )
    good = is_good(judge.relevance(photos))
    assert 0 < good.sum() < 20 and good[: good.sum()].all()
