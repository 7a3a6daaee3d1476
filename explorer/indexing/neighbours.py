"""The nearest photos of each photo, kept exact as photos come and go, so that duplicates and outliers need no search of their own.

New photos are compared with all others by blocks of a matrix product. Each comparison serves both sides: the new photo's list, and the
lists of old photos that the new one enters. Where so many of a photo's neighbours went away that its list has become short, it is
compared anew.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from explorer.encoders.base import Encoder
from explorer.library import stages as store
from explorer.library.catalog import Ids
from explorer.library.library import Library
from explorer.library.stages import KEPT, NOBODY, Scores
from explorer.library.vectors import VectorIndex
from explorer.library.writer import Writer

# Photos compared at once with all others, and how many of the others at a time: some 32 MB of scores.
ROWS, COLUMNS = 1024, 8192
# New photos taken in by one transaction. Each writes the lists of many old ones.
TOGETHER = 8 * ROWS
# A list that has lost neighbours is made anew when no more than this many are left.
LEAST = 16

_VERSION = "1"

# Cosines of the same vectors by two ways of summing, and photos whose neighbours are searched anew to check them.
_CLOSE, _SAMPLE = 2e-3, 64


def stage_name(encoder_id: int) -> str:
    """Under which the stage notes how far it is."""
    return f"neighbours {encoder_id}"


def check_neighbours(library: Library, index: VectorIndex, encoder_id: int) -> list[int]:
    """Photos whose kept neighbours are not what their vectors say; only what must hold of a single row while the stage lags behind.

    Scores are compared with the vectors for all photos; that no nearer photo was left out, for a sample.
    """
    bad = store.unsound(library.catalog, encoder_id)
    if bad or store.lags(library.catalog, stage_name(encoder_id), _VERSION):
        return bad
    lists = store.neighbours(library.catalog, encoder_id)
    present = np.sort(index.ids())
    strangers = ~np.isin(lists.near, present) & (lists.near != NOBODY)
    bad = [*np.setxor1d(lists.ids, present).tolist(), *lists.ids[strangers.any(axis=1)].tolist()]
    if bad:
        return bad
    count = (lists.near != NOBODY).sum(axis=1)
    bad += lists.ids[count < min(LEAST + 1, len(present) - 1)].tolist()
    for start in range(0, len(lists.ids), ROWS):
        some = slice(start, start + ROWS)
        kept = lists.near[some] != NOBODY
        rows = np.nonzero(kept)[0]
        scores = np.einsum("nd,nd->n", index.rows(lists.ids[some])[rows], index.rows(lists.near[some][kept]))
        bad += lists.ids[some][np.unique(rows[np.abs(scores - lists.scores[some][kept]) > _CLOSE])].tolist()
    for row in range(0, len(lists.ids), max(1, len(lists.ids) // _SAMPLE)):
        # One more: the photo itself.
        scores, _ = index.search(index.rows(lists.ids[row : row + 1])[0], int(count[row]) + 1)
        if count[row] and abs(float(scores[-1]) - float(lists.scores[row, count[row] - 1])) > _CLOSE:
            bad.append(int(lists.ids[row]))
    return bad


class NeighbourStage:
    """Keeps the lists of one encoder. Holds them in memory between runs; the process that uses it is the only one that writes them."""

    what = "Comparing photos"

    def __init__(self, library: Library, writer: Writer, encoder: Encoder) -> None:
        self._library, self._writer, self._encoder = library, writer, encoder
        self._encoder_id = writer.encoder(encoder.name, encoder.version, encoder.dim)
        self._name = stage_name(self._encoder_id)
        self._lists: _Lists | None = None

    def run(self, tick: Callable[[int, int], None]) -> None:
        catalog = self._library.catalog
        if store.reached(catalog, self._name, _VERSION) == catalog.change():
            return
        index = self._library.vectors(self._encoder.name, self._encoder.version, self._encoder.dim)
        present = np.sort(index.ids())
        lists = self._lists or _Lists(*store.neighbours(catalog, self._encoder_id))
        known = lists.ids
        if self._lists is None:
            # The row of a photo that is gone for good went with it, while it is still in the rows of others.
            known = np.union1d(known, lists.near[lists.near != NOBODY])
        # Until all is written: a run that is cut off leaves memory ahead of the catalog.
        self._lists = None
        self._forget(lists, np.setdiff1d(known, present))
        new = np.setdiff1d(present, lists.ids)
        for start in range(0, len(new), TOGETHER):
            self._take_in(index, lists, new[start : start + TOGETHER], lambda done, at=start: tick(at + done, len(new)))  # type: ignore[misc]
        # Nobody else writes, so what was read above is still all there is. No transaction: it would count as a change, which every other
        # stage would follow with one of its own.
        store.set_reached(self._writer, self._name, _VERSION, catalog.change())
        self._lists = lists

    def _forget(self, lists: _Lists, gone: Ids) -> None:
        """Take out photos that are gone; short lists are dropped, to be made anew."""
        if not len(gone):
            return
        touched = lists.remove(gone)
        count = (lists.near[touched] != NOBODY).sum(axis=1)
        short = touched[(count <= LEAST) & (count < len(np.setdiff1d(lists.ids, gone)) - 1)]
        dropped = np.concatenate([gone, lists.ids[short]])
        kept = np.setdiff1d(touched, short)
        with self._writer.transaction():
            store.put_neighbours(self._writer, self._encoder_id, lists.ids[kept], lists.near[kept], lists.scores[kept])
            store.drop_neighbours(self._writer, self._encoder_id, dropped)
        lists.drop(dropped)

    def _take_in(self, index: VectorIndex, lists: _Lists, new: Ids, tick: Callable[[int], None]) -> None:
        """Lists for these photos, and their places in the lists of others, in one transaction."""
        changed = [new]
        for start in range(0, len(new), ROWS):
            changed.append(_compare(index, lists, new[start : start + ROWS], lambda at=start: tick(at)))  # type: ignore[misc]
        rows = lists.places(np.unique(np.concatenate(changed)))
        with self._writer.transaction():
            store.put_neighbours(self._writer, self._encoder_id, lists.ids[rows], lists.near[rows], lists.scores[rows])


def _compare(index: VectorIndex, lists: _Lists, new: Ids, tick: Callable[[], None]) -> Ids:
    """Make lists for these photos and put them into the lists of others; gives the ids of those others."""
    vectors = index.rows(new)
    near, scores = store.empty_rows(len(new))
    changed = list[Ids]()
    for block in index.blocks(COLUMNS):
        tick()
        # Photos that have no list yet will be offered to these when theirs is made.
        compared = (lists.places(block[0]) >= 0) | (_places(new, block[0]) >= 0)
        all_ids, all_vectors = block if compared.all() else (block[0][compared], block[1][compared])
        places, own = lists.places(all_ids), _places(new, all_ids)
        product = vectors @ all_vectors.T
        product[own[own >= 0], np.flatnonzero(own >= 0)] = -2.0
        _enter(near, scores, *_best(product, all_ids, scores[:, -1]))
        # Nobody enters the list of a photo that has none yet.
        least = np.full(len(all_ids), np.inf, np.float32)
        least[places >= 0] = lists.least(places[places >= 0])
        rows, columns = np.nonzero(product > least)
        changed.append(lists.enter(places[columns], new[rows], product[rows, columns]))
    lists.add(new, near, scores)
    return np.concatenate(changed) if changed else np.zeros(0, np.int64)


def _places(among: Ids, ids: Ids) -> Ids:
    """Where each id stands in a sorted array, -1 where it does not."""
    if not len(among):
        return np.full(len(ids), -1, np.int64)
    found = np.searchsorted(among, ids).clip(max=len(among) - 1)
    return np.where(among[found] == ids, found, -1).astype(np.int64)


class _Lists:
    """All lists in memory, by photo id in ascending order."""

    def __init__(self, ids: Ids, near: Ids, scores: Scores) -> None:
        self.ids, self.near, self.scores = ids, near, scores

    def places(self, ids: Ids) -> Ids:
        """The row of each photo, -1 where it has none."""
        return _places(self.ids, ids)

    def least(self, rows: Ids) -> Scores:
        """What a photo has to be better than to enter each list. One that lost neighbours takes no photo behind those that are left:
        another, which it once had no room for, may be nearer. Only a list of all the others takes everything."""
        count = (self.near[rows] != NOBODY).sum(axis=1)
        last = np.full(len(rows), KEPT - 1)
        short = np.flatnonzero((count < KEPT) & (count > 0))
        lossy = short[np.isin(self.near[rows[short]], self.ids).sum(axis=1) < len(self.ids) - 1]
        last[lossy] = count[lossy] - 1
        return np.take_along_axis(self.scores[rows], last[:, None], axis=1)[:, 0]

    def enter(self, rows: Ids, ids: Ids, scores: Scores) -> Ids:
        """Offer photos to lists; gives the ids of the photos whose lists changed. One that is compared anew may be in some already."""
        new = ~(self.near[rows] == ids[:, None]).any(axis=1)
        rows, ids, scores = rows[new], ids[new], scores[new]
        touched = np.unique(rows)
        near, values = self.near[touched], self.scores[touched]
        _enter(near, values, np.searchsorted(touched, rows), ids, scores)
        self.near[touched], self.scores[touched] = near, values
        return self.ids[touched]

    def add(self, ids: Ids, near: Ids, scores: Scores) -> None:
        order = np.argsort(np.concatenate([self.ids, ids]), kind="stable")
        self.ids = np.concatenate([self.ids, ids])[order]
        self.near = np.concatenate([self.near, near])[order]
        self.scores = np.concatenate([self.scores, scores])[order]

    def remove(self, gone: Ids) -> Ids:
        """Take these photos out of all lists; gives the rows, of photos that stay, that had one of them."""
        hit = np.isin(self.near, gone)
        touched = np.flatnonzero(hit.any(axis=1))
        self.near[hit], self.scores[hit] = NOBODY, -2.0
        order = np.argsort(-self.scores[touched], axis=1, kind="stable")
        self.near[touched] = np.take_along_axis(self.near[touched], order, axis=1)
        self.scores[touched] = np.take_along_axis(self.scores[touched], order, axis=1)
        return touched[~np.isin(self.ids[touched], gone)]

    def drop(self, ids: Ids) -> None:
        kept = ~np.isin(self.ids, ids)
        self.ids, self.near, self.scores = self.ids[kept], self.near[kept], self.scores[kept]


def _best(product: Scores, ids: Ids, least: Scores) -> tuple[Ids, Ids, Scores]:
    """What of a block of scores may enter the lists of its rows: (rows, ids, scores)."""
    if product.shape[1] > KEPT and least.min(initial=2.0) <= -2.0:
        # Empty lists take the best only, instead of everything.
        columns = np.argpartition(product, -KEPT, axis=1)[:, -KEPT:]
        rows = np.repeat(np.arange(len(product)), KEPT)
        values = np.take_along_axis(product, columns, axis=1).ravel()
        fits = values > np.maximum(least, -2.0)[rows]
        return rows[fits], ids[columns.ravel()[fits]], values[fits]
    rows, columns = np.nonzero(product > np.maximum(least, -2.0)[:, None])
    return rows, ids[columns], product[rows, columns]


def _enter(near: Ids, scores: Scores, rows: Ids, ids: Ids, values: npt.NDArray[np.float32]) -> None:
    """Merge photos into lists, in place: each list keeps its best, best first; among equals the smaller id."""
    touched = np.unique(rows)
    if not len(touched):
        return
    all_rows = np.concatenate([np.repeat(touched, KEPT), rows])
    all_ids = np.concatenate([near[touched].ravel(), ids])
    all_scores = np.concatenate([scores[touched].ravel(), values])
    order = np.lexsort((all_ids, -all_scores, all_rows))
    all_rows = all_rows[order]
    starts = np.searchsorted(all_rows, touched)
    place = np.arange(len(all_rows)) - starts[np.searchsorted(touched, all_rows)]
    kept = place < KEPT
    near[all_rows[kept], place[kept]] = all_ids[order][kept]
    scores[all_rows[kept], place[kept]] = all_scores[order][kept]
