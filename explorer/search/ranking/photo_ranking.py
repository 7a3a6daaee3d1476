"""A lazy ranking of the photos of a library by their score for a query."""

from __future__ import annotations

import threading

import numpy as np

from explorer.library.catalog import Ids
from explorer.library.queries.photo_masks import PhotoMask, ids_in
from explorer.library.vectors import VectorIndex
from explorer.search.query import Vector
from explorer.search.ranking.query_terms import QueryTerms, Scores

# Up to this many results, the index keeps a heap, which is faster than sorting all scores. As many
# are ranked at once: among a million photos, that takes a fifth longer than ranking the best
# hundred, and nothing has to be scored again.
_HEAP = 10_000


class PhotoRanking:
    """Ids and scores, best first; equal scores by id. Safe to use from several threads."""

    def __init__(self, index: VectorIndex, terms: QueryTerms, among: PhotoMask | None) -> None:
        """among: the photos to rank; None for all."""
        self._index, self._terms, self._among = index, terms, among
        self._vector = terms.single_vector
        self._lock = threading.Lock()
        self._ids, self._scores = np.zeros(0, np.int64), np.zeros(0, np.float32)
        self._whole = False

    def first(self, number: int) -> tuple[Ids, Scores]:
        """The first `number` photos, or all if there are fewer."""
        with self._lock:
            if number > len(self._ids) and not self._whole:
                self._extend(max(number, _HEAP))
            return self._ids[:number], self._scores[:number]

    @property
    def total(self) -> int:
        """How many photos can be ranked."""
        return len(self._index) if self._among is None else int(self._all_ids().size)

    def contains(self, ids: Ids) -> PhotoMask:
        """Which of these ids can be ranked, of shape (n,)."""
        known = np.isin(ids, self._index.ids())
        return known if self._among is None else known & ids_in(self._among, ids)

    def scores_of(self, ids: Ids) -> Scores:
        """The scores of these photos, of shape (n,); -1 for those that cannot be ranked."""
        scores, known = np.full(len(ids), -1.0, np.float32), self.contains(ids)
        if known.any():
            rows = self._index.rows(ids[known])
            scores[known] = self._terms.added_scores(lambda vector: rows @ vector)
        return scores

    def _all_ids(self) -> Ids:
        ids = np.sort(self._index.ids())
        return ids if self._among is None else ids[ids_in(self._among, ids)]

    def _extend(self, number: int) -> None:
        if self._vector is not None and number <= _HEAP:
            self._scores, self._ids = self._index.search(self._vector, number, self._among)
            self._whole = len(self._ids) < number
            return
        ids, scores = self._all_scores()
        order = np.lexsort((ids, -scores))
        self._ids, self._scores, self._whole = ids[order], scores[order], True

    def _all_scores(self) -> tuple[Ids, Scores]:
        if self._vector is not None:
            return self._index.scores(self._vector, self._among)
        ids = self._all_ids()

        def cosines(vector: Vector) -> Scores:
            found, scores = self._index.scores(vector, self._among)
            order = np.argsort(found)
            found, scores = found[order], scores[order]
            at = np.searchsorted(found, ids)
            # The index may have followed the catalog since: a deleted photo comes last.
            known = found[np.minimum(at, len(found) - 1)] == ids if len(found) else ids < 0
            cosines = np.full(len(ids), -1.0, np.float32)
            cosines[known] = scores[at[known]]
            return cosines

        return ids, self._terms.added_scores(cosines)
