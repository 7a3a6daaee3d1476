"""The results of one search: a lazy ranking by meaning, merged with the photos that match by name
or text."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Ids
from explorer.library.text.word_ranking import WordRanking
from explorer.library.vectors import VectorIndex
from explorer.search.query import Match, SearchResult
from explorer.search.ranking.photo_ranking import PhotoRanking
from explorer.search.ranking.query_terms import Scores
from explorer.search.ranking.rank_fusion import fuse
from explorer.search.ranking.ranked_photos import RankedIds
from explorer.search.relevance.query_relevance import QueryRelevance, is_good, match_words
from explorer.search.relevance.relevance_weights import LIMITS

HEAD = 1000
"""How many of the first results are merged with those that match by name or text, and judged at
once."""
MAX_GOOD = 10_000
"""The most good matches that are counted: in a library full of what was searched for, all photos
would have to be scored and sorted."""
# A photo in whose texts all words of the phrase occur matches, however it looks.
_ALL_WORDS = 0.999
_ALL_WORDS_RELEVANCE = np.float32(0.9)


class RankedSearch:
    """The results of a query that ranks photos: the good matches first, then the others. Safe to
    use from several threads."""

    def __init__(
        self,
        ranking: PhotoRanking,
        words: WordRanking | None,
        index: VectorIndex,
        judge: QueryRelevance,
    ) -> None:
        """words: the photos that match by name or text and pass the filters; None if words are
        ignored."""
        self._ranking, self._index, self._judge = ranking, index, judge
        self._words = words or WordRanking(
            np.zeros(0, np.int64), np.zeros(0, np.float64), np.zeros(0, np.int64)
        )
        self.total = ranking.total

    @functools.cached_property
    def _head(self) -> tuple[Ids, int]:
        """The first results, the good matches before the others, and how many are good."""
        words = self._words
        ids, _ = self._ranking.first(HEAD)
        if len(words.ids) or len(words.named):
            known = words.ids[self.contains(words.ids)], words.named[self.contains(words.named)]
            coverage = words.coverage[self.contains(words.ids)]
            ids = fuse(ids, known[0], coverage, known[1]).ids[: max(HEAD, len(known[1]))]
        good = is_good(self.relevance(ids))
        return np.concatenate([ids[good], ids[~good]]), int(good.sum())

    @functools.cached_property
    def good(self) -> int | None:
        """How many photos at the beginning are good matches, at most `MAX_GOOD`."""
        head, good = self._head
        if good < len(head) or len(head) >= self.total:
            return good
        single = self._judge.single
        if single is None:
            return self._good_beyond(good)
        _, scores = self._ranking.first(MAX_GOOD)
        return max(good, int((single.relevance(scores) >= LIMITS.fair).sum()))

    def _good_beyond(self, good: int) -> int:
        """How many photos are good matches if the whole head is: they are counted in steps of HEAD
        photos, up to the first step that contains others."""
        while good < MAX_GOOD and len(more := self.top(good + HEAD)[good:]):
            found = int(is_good(self.relevance(more)).sum())
            good += found
            if found < len(more):
                break
        return min(good, MAX_GOOD)

    def relevance(self, ids: Ids) -> Scores:
        """The relevance of photos, 0 to 1, of shape (n,)."""
        known = self.contains(ids)
        relevance = np.zeros(len(ids), np.float32)
        relevance[known] = self._judge.relevance(self._index.rows(ids[known]))
        complete = self._words.ids[self._words.coverage >= _ALL_WORDS]
        relevance[np.isin(ids, complete)] = np.maximum(
            relevance[np.isin(ids, complete)], _ALL_WORDS_RELEVANCE
        )
        # A file that the query names is what was searched for.
        relevance[np.isin(ids, self._words.named)] = 1.0
        return relevance

    def top(self, number: int) -> Ids:
        """The first `number` ids, or all if there are fewer."""
        head, _ = self._head
        if number <= len(head):
            return head[:number]
        rest, _ = self._ranking.first(number + len(head))
        return np.concatenate([head, rest[~np.isin(rest, head)]])[:number]

    def contains(self, ids: Ids) -> npt.NDArray[np.bool_]:
        """Which of these ids are among the results, of shape (n,)."""
        return self._ranking.contains(ids)

    def result(self, number: int) -> SearchResult:
        """The first `number` results."""
        return self.result_of(self.top(number))

    def result_of(self, ids: Ids) -> SearchResult:
        """These of the results, in this order."""
        relevance = self.relevance(ids)
        return SearchResult(
            ids,
            self._ranking.scores_of(ids),
            relevance,
            match_words(relevance),
            self.total,
            self.good or 0,
        )


def filtered_result(photos: RankedIds, number: int) -> SearchResult:
    """The first `number` photos of a query that only filters: all match equally."""
    ids = photos.top(number)
    ones = np.ones(len(ids), np.float32)
    strong: Match = "strong"
    return SearchResult(ids, ones, ones, (strong,) * len(ids), photos.total, photos.total)
