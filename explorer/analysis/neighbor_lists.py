"""Lists of the nearest neighbors of all photos, in memory.

Lists are rows of arrays, best neighbor first: ids (n, NEIGHBOR_COUNT), padded with NO_PHOTO, and
cosines (n, NEIGHBOR_COUNT), padded with -2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.analysis.sorted_ids import positions_of
from explorer.library.catalog import Ids
from explorer.library.stores.neighbor_store import NEIGHBOR_COUNT, NO_PHOTO, Scores

# The cosine of an empty slot, lower than any real one.
NO_SCORE = -2.0


class NeighborLists:
    """One list for each photo, by photo id in ascending order."""

    def __init__(self, ids: Ids, near: Ids, scores: Scores) -> None:
        """ids: (n,), sorted. near, scores: their lists, (n, NEIGHBOR_COUNT) each."""
        self._replace(ids, near, scores)

    def _replace(self, ids: Ids, near: Ids, scores: Scores) -> None:
        # The arrays may have room for more lists than there are.
        self._arrays: tuple[npt.NDArray[Any], ...] = (ids, near, scores)
        self._count = len(ids)

    @property
    def ids(self) -> Ids:
        """(n,) the photos that have lists."""
        return self._arrays[0][: self._count]

    @property
    def near(self) -> Ids:
        """(n, NEIGHBOR_COUNT) ids of the neighbors."""
        return self._arrays[1][: self._count]

    @property
    def scores(self) -> Scores:
        """(n, NEIGHBOR_COUNT) cosines of the neighbors."""
        return self._arrays[2][: self._count]

    def rows_of(self, ids: Ids) -> Ids:
        """The row of each photo, -1 if it has no list."""
        return positions_of(ids, self.ids)

    def thresholds(self, rows: Ids) -> Scores:
        """The cosine that a photo must exceed to enter each of the lists in these rows.

        A list that has lost neighbors accepts no photo worse than those that are left: another one,
        which it once had no room for, may be nearer. Only a list of all other photos accepts
        everything.
        """
        least: Scores = self.scores[rows, NEIGHBOR_COUNT - 1]
        short = np.flatnonzero(least <= NO_SCORE)
        count = (self.near[rows[short]] != NO_PHOTO).sum(axis=1)
        incomplete = np.isin(self.near[rows[short]], self.ids).sum(axis=1) < len(self.ids) - 1
        lossy = (count > 0) & (count < NEIGHBOR_COUNT) & incomplete
        least[short[lossy]] = self.scores[rows[short[lossy]], count[lossy] - 1]
        return least

    def offer(self, rows: Ids, ids: Ids, scores: Scores) -> Ids:
        """Offer photos to lists: photo ids[i] with cosine scores[i] to the list in rows[i].

        A photo that is in a list already is not entered twice. Returns the ids of the photos whose
        lists changed.
        """
        new = ~(self.near[rows] == ids[:, None]).any(axis=1)
        rows, ids, scores = rows[new], ids[new], scores[new]
        touched = np.unique(rows)
        near, values = self.near[touched], self.scores[touched]
        merge(near, values, np.searchsorted(touched, rows), ids, scores)
        self.near[touched], self.scores[touched] = near, values
        return self.ids[touched]

    def add(self, ids: Ids, near: Ids, scores: Scores) -> None:
        """Add the lists of photos that have none; ids are sorted."""
        end = self._count + len(ids)
        if self._count and len(ids) and ids[0] <= self.ids[-1]:
            order = np.argsort(np.concatenate([self.ids, ids]), kind="stable")
            both = zip(self._arrays, (ids, near, scores), strict=True)
            self._replace(
                *(np.concatenate([some[: self._count], fresh])[order] for some, fresh in both)
            )
            return
        # The usual case: new photos have the highest ids. The arrays grow by more than is needed,
        # so that adding one at a time does not copy all each time.
        if end > len(self._arrays[0]):
            more = max(len(ids), self._count // 8)
            self._arrays = tuple(
                np.concatenate([some[: self._count], np.empty((more, *some.shape[1:]), some.dtype)])
                for some in self._arrays
            )
        for some, fresh in zip(self._arrays, (ids, near, scores), strict=True):
            some[self._count : end] = fresh
        self._count = end

    def remove_neighbors(self, gone: Ids) -> Ids:
        """Remove photos from all lists.

        Returns the rows of the lists that changed, except those of the removed photos themselves.
        """
        hit = np.isin(self.near, gone)
        touched = np.flatnonzero(hit.any(axis=1))
        self.near[hit], self.scores[hit] = NO_PHOTO, NO_SCORE
        order = np.argsort(-self.scores[touched], axis=1, kind="stable")
        self.near[touched] = np.take_along_axis(self.near[touched], order, axis=1)
        self.scores[touched] = np.take_along_axis(self.scores[touched], order, axis=1)
        return touched[~np.isin(self.ids[touched], gone)]

    def drop(self, ids: Ids) -> None:
        """Drop the lists of these photos."""
        kept = ~np.isin(self.ids, ids)
        self._replace(self.ids[kept], self.near[kept], self.scores[kept])


def best_of_block(product: Scores, ids: Ids, least: Scores) -> tuple[Ids, Ids, Scores]:
    """The entries of a block of cosines that may enter the lists of its rows: (rows, ids, cosines).

    product: (rows, photos) cosines. ids: of the photos. least: (rows,) the thresholds that must be
    exceeded.
    """
    if product.shape[1] > NEIGHBOR_COUNT and least.min(initial=2.0) <= NO_SCORE:
        # Empty lists accept everything: take the best only.
        columns = np.argpartition(product, -NEIGHBOR_COUNT, axis=1)[:, -NEIGHBOR_COUNT:]
        rows = np.repeat(np.arange(len(product)), NEIGHBOR_COUNT)
        values = np.take_along_axis(product, columns, axis=1).ravel()
        enters = values > np.maximum(least, NO_SCORE)[rows]
        return rows[enters], ids[columns.ravel()[enters]], values[enters]
    rows, columns = np.nonzero(product > np.maximum(least, NO_SCORE)[:, None])
    return rows, ids[columns], product[rows, columns]


def merge(near: Ids, scores: Scores, rows: Ids, ids: Ids, values: npt.NDArray[np.float32]) -> None:
    """Merge photos into lists, in place: photo ids[i] with cosine values[i] into row rows[i].

    Each list keeps its best, best first; of photos with equal cosines, the smaller id comes first.
    near, scores: the lists, (n, NEIGHBOR_COUNT) each.
    """
    touched = np.unique(rows)
    if not len(touched):
        return
    all_rows = np.concatenate([np.repeat(touched, NEIGHBOR_COUNT), rows])
    all_ids = np.concatenate([near[touched].ravel(), ids])
    all_scores = np.concatenate([scores[touched].ravel(), values])
    order = np.lexsort((all_ids, -all_scores, all_rows))
    all_rows = all_rows[order]
    starts = np.searchsorted(all_rows, touched)
    rank = np.arange(len(all_rows)) - starts[np.searchsorted(touched, all_rows)]
    kept = rank < NEIGHBOR_COUNT
    near[all_rows[kept], rank[kept]] = all_ids[order][kept]
    scores[all_rows[kept], rank[kept]] = all_scores[order][kept]
