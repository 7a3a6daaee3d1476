"""How relevant photos are to a query: each of its terms is judged by itself, and the results are
combined as the terms are."""

from __future__ import annotations

import numpy as np

from explorer.encoders.base import Encoder, Vectors
from explorer.encoders.prompt_ensemble import paraphrases
from explorer.library.vectors import VectorIndex
from explorer.search.query import Match, Vector
from explorer.search.ranking.photo_ranking import PhotoRanking
from explorer.search.ranking.query_terms import (
    CombinedTerm,
    QueryTerms,
    Scores,
    ScoringTerm,
    VectorTerm,
    term_scores,
)
from explorer.search.relevance.relevance import RelevanceJudgement, RelevanceModel, blend, without
from explorer.search.relevance.relevance_signals import SETTINGS, spread
from explorer.search.relevance.relevance_weights import LIMITS, match_word

# The relevance of a photo that shows nothing of what alone was subtracted. No more than fair,
# because what is there is often not recognized.
_UNLIKE = 0.5
# That of a photo which does not clearly show less of it than the library's middle: most photos show
# nothing of most things, so that alone is no match.
_USUAL = 0.3


class QueryRelevance:
    """Judges photos for one query."""

    def __init__(
        self,
        terms: QueryTerms,
        encoder: Encoder,
        index: VectorIndex,
        model: RelevanceModel,
        ranking: PhotoRanking | None = None,
    ) -> None:
        """terms: those of the query, including subtracted ones. model: the library's. ranking: of
        all photos by these terms, if there is one already."""
        self._terms, self._encoder, self._index, self._model = terms, encoder, index, model
        self._ranking = ranking
        self._judged = dict[int, RelevanceJudgement]()

    @property
    def single(self) -> RelevanceJudgement | None:
        """The judgment of a query of one vector, whose relevance depends only on the cosine; None
        for any other query."""
        term = self._only_term
        return None if term is None else self._judgement(term)

    @property
    def _only_term(self) -> VectorTerm | None:
        added = self._terms.added
        if len(added) != 1 or self._terms.subtracted or not isinstance(added[0], VectorTerm):
            return None
        return added[0]

    def relevance(self, photos: Vectors) -> Scores:
        """The relevance of photos, 0 to 1, of shape (n,). photos: their vectors, of shape
        (n, dim)."""
        if not len(photos):
            return np.zeros(0, np.float32)
        parts = [self._term(term, photos) for term in self._terms.added]
        found = blend(parts) if parts else self._unlike(photos)
        for term in self._terms.subtracted:
            found = without(found, self._term(term, photos))
        return np.asarray(found, np.float32)

    def _unlike(self, photos: Vectors) -> Scores:
        """The relevance of photos where everything is subtracted. photos: as for `relevance`."""
        clear, sample = np.ones(len(photos), np.bool_), self._model.sample
        for term in self._terms.subtracted:
            usual = spread(term_scores(term, lambda vector: sample @ vector))
            scores = term_scores(term, lambda vector: photos @ vector)
            clear &= scores < usual.median - usual.below
        return np.where(clear, _UNLIKE, _USUAL).astype(np.float32)

    def _term(self, term: ScoringTerm, photos: Vectors) -> Scores:
        if isinstance(term, CombinedTerm):
            combine = np.maximum if term.combination == "any" else np.minimum
            parts = [self._term(each, photos) for each in term.terms]
            return np.asarray(combine.reduce(parts), np.float32)
        return np.asarray(self._judgement(term).relevance(photos @ term.vector), np.float32)

    def _judgement(self, term: VectorTerm) -> RelevanceJudgement:
        key = id(term)
        if key not in self._judged:
            self._judged[key] = self._judge(term)
        return self._judged[key]

    def _judge(self, term: VectorTerm) -> RelevanceJudgement:
        if term.judgement is not None:
            return term.judgement
        if not term.phrase:
            is_instance = term.top_score < 1
            return self._model.judge_photo(term.vector if is_instance else None, term.top_score)
        vectors: Vector = np.concatenate(
            [term.vector[None], self._encoder.encode_texts(paraphrases(self._encoder, term.phrase))]
        )
        if self._ranking is not None and self._only_term is term:
            best, _ = self._ranking.first(SETTINGS.pool)
        else:
            _, best = self._index.search(term.vector, SETTINGS.pool)
        return self._model.judge_phrase(vectors, self._index.rows(best))


def match_words(relevance: Scores) -> tuple[Match, ...]:
    """The match of each photo, by its relevance of 0 to 1."""
    return tuple(match_word(float(each)) for each in relevance)


def is_good(relevance: Scores) -> np.ndarray:
    """Whether each relevance is that of a strong or fair match."""
    return np.asarray(relevance >= LIMITS.fair)
