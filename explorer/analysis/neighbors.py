"""The nearest photos of each photo, kept exact as photos come and go, so that duplicates and
outliers need no search of their own.

New photos are compared with all others by blocks of a matrix product, or, where they are few, by
searching the index for each. Each comparison serves both sides: the new photo's list, and the lists
of old photos that the new one enters. Where so many of a photo's neighbours went away that its list
has become short, it is compared anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.encoders.base import Encoder
from explorer.library import neighbor_store
from explorer.library import stage_store as store
from explorer.library.catalog import Ids
from explorer.library.embedding_store import register_encoder
from explorer.library.library import Library
from explorer.library.neighbor_store import NEIGHBOR_COUNT, NO_PHOTO, Scores
from explorer.library.vectors import VectorIndex
from explorer.library.writer import Writer

# Photos compared at once with all others, and how many of the others at a time: some 32 MB of
# scores.
ROWS, COLUMNS = 1024, 8192
# New photos taken in by one transaction. Each writes the lists of many old ones.
TOGETHER = 8 * ROWS
# So few new photos are searched for one by one, and how many of the nearest are asked for: all
# whose lists the new one may enter, mostly.
FEW, SEARCHED = 4, 256
# A list that has lost neighbours is made anew when no more than this many are left.
LEAST = 16

_VERSION = "1"

# Cosines of the same vectors by two ways of summing, and photos whose neighbours are searched anew
# to check them.
_CLOSE, _SAMPLE = 2e-3, 64


def stage_name(encoder_id: int) -> str:
    """Under which the stage notes how far it is."""
    return f"neighbours {encoder_id}"


def check_neighbors(library: Library, index: VectorIndex, encoder_id: int) -> list[int]:
    """Photos whose kept neighbours are not what their vectors say; only what must hold of a single
    row while the stage lags behind.

    Scores are compared with the vectors for all photos; that no nearer photo was left out, for a
    sample.
    """
    bad = neighbor_store.inconsistent_neighbors(library.catalog, encoder_id)
    if bad or store.stage_lags(library.catalog, stage_name(encoder_id), _VERSION):
        return bad
    lists = neighbor_store.neighbor_table(library.catalog, encoder_id)
    present = np.sort(index.ids())
    strangers = ~np.isin(lists.near, present) & (lists.near != NO_PHOTO)
    bad = [*np.setxor1d(lists.ids, present).tolist(), *lists.ids[strangers.any(axis=1)].tolist()]
    if bad:
        return bad
    count = (lists.near != NO_PHOTO).sum(axis=1)
    bad += lists.ids[count < min(LEAST + 1, len(present) - 1)].tolist()
    for start in range(0, len(lists.ids), ROWS):
        some = slice(start, start + ROWS)
        kept = lists.near[some] != NO_PHOTO
        rows = np.nonzero(kept)[0]
        scores = np.einsum(
            "nd,nd->n", index.rows(lists.ids[some])[rows], index.rows(lists.near[some][kept])
        )
        bad += lists.ids[some][
            np.unique(rows[np.abs(scores - lists.scores[some][kept]) > _CLOSE])
        ].tolist()
    for row in range(0, len(lists.ids), max(1, len(lists.ids) // _SAMPLE)):
        # One more: the photo itself.
        scores, _ = index.search(index.rows(lists.ids[row : row + 1])[0], int(count[row]) + 1)
        if (
            count[row]
            and abs(float(scores[-1]) - float(lists.scores[row, count[row] - 1])) > _CLOSE
        ):
            bad.append(int(lists.ids[row]))
    return bad


class NeighborStage:
    """Keeps the lists of one encoder. Holds them in memory between runs; the process that uses it
    is the only one that writes them."""

    what = "Comparing photos"

    def __init__(self, library: Library, writer: Writer, encoder: Encoder) -> None:
        self._library, self._writer, self._encoder = library, writer, encoder
        self._encoder_id = register_encoder(writer, encoder.name, encoder.version, encoder.dim)
        self._name = stage_name(self._encoder_id)
        self._lists: _Lists | None = None

    def run(self, tick: Callable[[int, int], None]) -> None:
        catalog = self._library.catalog
        if store.stage_change(catalog, self._name, _VERSION) == catalog.change():
            return
        index = self._library.vectors(self._encoder.name, self._encoder.version, self._encoder.dim)
        present = index.ids()
        if (np.diff(present) <= 0).any():
            present = np.sort(present)
        lists = self._lists or _Lists(*neighbor_store.neighbor_table(catalog, self._encoder_id))
        known = lists.ids
        if self._lists is None:
            # The row of a photo that is gone for good went with it, while it is still in the rows
            # of others.
            known = np.union1d(known, lists.near[lists.near != NO_PHOTO])
        # Until all is written: a run that is cut off leaves memory ahead of the catalog.
        self._lists = None
        self._forget(lists, known[_places(present, known) < 0])
        new = present[lists.places(present) < 0]
        for start in range(0, len(new), TOGETHER):
            self._take_in(
                index,
                lists,
                new[start : start + TOGETHER],
                lambda done, at=start: tick(at + done, len(new)),  # type: ignore[misc]
            )
        # Nobody else writes, so what was read above is still all there is. No transaction: it would
        # count as a change, which every other stage would follow with one of its own.
        store.set_stage_change(self._writer, self._name, _VERSION, catalog.change())
        self._lists = lists

    def _forget(self, lists: _Lists, gone: Ids) -> None:
        """Take out photos that are gone; short lists are dropped, to be made anew."""
        if not len(gone):
            return
        touched = lists.remove(gone)
        count = (lists.near[touched] != NO_PHOTO).sum(axis=1)
        short = touched[(count <= LEAST) & (count < len(np.setdiff1d(lists.ids, gone)) - 1)]
        dropped = np.concatenate([gone, lists.ids[short]])
        kept = np.setdiff1d(touched, short)
        with self._writer.transaction():
            neighbor_store.put_neighbors(
                self._writer,
                self._encoder_id,
                lists.ids[kept],
                lists.near[kept],
                lists.scores[kept],
            )
            neighbor_store.drop_neighbors(self._writer, self._encoder_id, dropped)
        lists.drop(dropped)

    def _take_in(
        self, index: VectorIndex, lists: _Lists, new: Ids, tick: Callable[[int], None]
    ) -> None:
        """Lists for these photos, and their places in the lists of others, in one transaction."""
        changed = [new]
        for start in range(0, len(new), ROWS):
            some = new[start : start + ROWS]
            at_once = (
                _search(index, lists, some, lambda at=start: tick(at)) if len(new) <= FEW else None  # type: ignore[misc]
            )
            changed.append(
                _compare(index, lists, some, lambda at=start: tick(at))  # type: ignore[misc]
                if at_once is None
                else at_once
            )
        rows = lists.places(np.unique(np.concatenate(changed)))
        with self._writer.transaction():
            neighbor_store.put_neighbors(
                self._writer,
                self._encoder_id,
                lists.ids[rows],
                lists.near[rows],
                lists.scores[rows],
            )


def _compare(index: VectorIndex, lists: _Lists, new: Ids, tick: Callable[[], None]) -> Ids:
    """Make lists for these photos and put them into the lists of others; gives the ids of those
    others."""
    vectors = index.rows(new)
    near, scores = neighbor_store.empty_neighbor_rows(len(new))
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


def _search(index: VectorIndex, lists: _Lists, new: Ids, tick: Callable[[], None]) -> Ids | None:
    """`_compare` for a few photos that are all there is without a list, without reading all
    vectors; None where that would be no gain."""
    least = lists.least(np.arange(len(lists.ids)))
    vectors, lone = index.rows(new), list[tuple[Ids, Ids, Scores]]()
    near, values = neighbor_store.empty_neighbor_rows(len(new))
    for row, photo_id in enumerate(new.tolist()):
        tick()
        scores, ids = index.search(vectors[row], SEARCHED)
        own = ids != photo_id
        scores, ids = scores[own], ids[own]
        kept = min(NEIGHBOR_COUNT, len(ids))
        near[row, :kept], values[row, :kept] = ids[:kept], scores[:kept]
        places = lists.places(ids)
        known = places >= 0
        entered = known.copy()
        entered[known] = scores[known] > least[places[known]]
        lone.append((places[entered], np.full(entered.sum(), photo_id), scores[entered]))
        if len(ids) + 1 < SEARCHED:
            continue
        if scores[NEIGHBOR_COUNT - 1] == scores[-1]:
            # So many are equally near that which of them were found is chance.
            return None
        # Whoever was not found is no nearer than the last that was; lists that would take it all
        # the same are lonely photos'.
        rest = least < scores[-1]
        rest[places[known]] = False
        others = np.flatnonzero(rest)
        if len(others) > len(least) // 4:
            return None
        product = index.rows(lists.ids[others]) @ vectors[row]
        entered = product > least[others]
        lone.append((others[entered], np.full(entered.sum(), photo_id), product[entered]))
    rows, ids, scores = (np.concatenate(some) for some in zip(*lone, strict=True))
    changed = lists.enter(rows, ids, scores)
    lists.add(new, near, values)
    return changed


def _places(among: Ids, ids: Ids) -> Ids:
    """Where each id stands in a sorted array, -1 where it does not."""
    if not len(among):
        return np.full(len(ids), -1, np.int64)
    found = np.searchsorted(among, ids).clip(max=len(among) - 1)
    return np.where(among[found] == ids, found, -1).astype(np.int64)


class _Lists:
    """All lists in memory, by photo id in ascending order."""

    def __init__(self, ids: Ids, near: Ids, scores: Scores) -> None:
        self._put(ids, near, scores)

    def _put(self, ids: Ids, near: Ids, scores: Scores) -> None:
        self._room: tuple[npt.NDArray[Any], ...] = (ids, near, scores)
        self._count = len(ids)

    @property
    def ids(self) -> Ids:
        return self._room[0][: self._count]

    @property
    def near(self) -> Ids:
        return self._room[1][: self._count]

    @property
    def scores(self) -> Scores:
        return self._room[2][: self._count]

    def places(self, ids: Ids) -> Ids:
        """The row of each photo, -1 where it has none."""
        return _places(self.ids, ids)

    def least(self, rows: Ids) -> Scores:
        """What a photo has to be better than to enter each list. One that lost neighbours takes no
        photo behind those that are left: another, which it once had no room for, may be nearer.
        Only a list of all the others takes everything."""
        least: Scores = self.scores[rows, NEIGHBOR_COUNT - 1]
        # A full list's last is better than nobody, which is the worst that there is.
        short = np.flatnonzero(least <= -2.0)
        count = (self.near[rows[short]] != NO_PHOTO).sum(axis=1)
        lossy = (
            (count > 0)
            & (count < NEIGHBOR_COUNT)
            & (np.isin(self.near[rows[short]], self.ids).sum(axis=1) < len(self.ids) - 1)
        )
        least[short[lossy]] = self.scores[rows[short[lossy]], count[lossy] - 1]
        return least

    def enter(self, rows: Ids, ids: Ids, scores: Scores) -> Ids:
        """Offer photos to lists; gives the ids of the photos whose lists changed. One that is
        compared anew may be in some already."""
        new = ~(self.near[rows] == ids[:, None]).any(axis=1)
        rows, ids, scores = rows[new], ids[new], scores[new]
        touched = np.unique(rows)
        near, values = self.near[touched], self.scores[touched]
        _enter(near, values, np.searchsorted(touched, rows), ids, scores)
        self.near[touched], self.scores[touched] = near, values
        return self.ids[touched]

    def add(self, ids: Ids, near: Ids, scores: Scores) -> None:
        end = self._count + len(ids)
        if self._count and len(ids) and ids[0] <= self.ids[-1]:
            order = np.argsort(np.concatenate([self.ids, ids]), kind="stable")
            both = zip(self._room, (ids, near, scores), strict=True)
            self._put(
                *(np.concatenate([some[: self._count], fresh])[order] for some, fresh in both)
            )
            return
        # As photos mostly come: behind all others. Room is made for some more, so that one by one
        # does not copy all each time.
        if end > len(self._room[0]):
            more = max(len(ids), self._count // 8)
            self._room = tuple(
                np.concatenate([some[: self._count], np.empty((more, *some.shape[1:]), some.dtype)])
                for some in self._room
            )
        for some, fresh in zip(self._room, (ids, near, scores), strict=True):
            some[self._count : end] = fresh
        self._count = end

    def remove(self, gone: Ids) -> Ids:
        """Take these photos out of all lists; gives the rows, of photos that stay, that had one of
        them."""
        hit = np.isin(self.near, gone)
        touched = np.flatnonzero(hit.any(axis=1))
        self.near[hit], self.scores[hit] = NO_PHOTO, -2.0
        order = np.argsort(-self.scores[touched], axis=1, kind="stable")
        self.near[touched] = np.take_along_axis(self.near[touched], order, axis=1)
        self.scores[touched] = np.take_along_axis(self.scores[touched], order, axis=1)
        return touched[~np.isin(self.ids[touched], gone)]

    def drop(self, ids: Ids) -> None:
        kept = ~np.isin(self.ids, ids)
        self._put(self.ids[kept], self.near[kept], self.scores[kept])


def _best(product: Scores, ids: Ids, least: Scores) -> tuple[Ids, Ids, Scores]:
    """What of a block of scores may enter the lists of its rows: (rows, ids, scores)."""
    if product.shape[1] > NEIGHBOR_COUNT and least.min(initial=2.0) <= -2.0:
        # Empty lists take the best only, instead of everything.
        columns = np.argpartition(product, -NEIGHBOR_COUNT, axis=1)[:, -NEIGHBOR_COUNT:]
        rows = np.repeat(np.arange(len(product)), NEIGHBOR_COUNT)
        values = np.take_along_axis(product, columns, axis=1).ravel()
        fits = values > np.maximum(least, -2.0)[rows]
        return rows[fits], ids[columns.ravel()[fits]], values[fits]
    rows, columns = np.nonzero(product > np.maximum(least, -2.0)[:, None])
    return rows, ids[columns], product[rows, columns]


def _enter(near: Ids, scores: Scores, rows: Ids, ids: Ids, values: npt.NDArray[np.float32]) -> None:
    """Merge photos into lists, in place: each list keeps its best, best first; among equals the
    smaller id."""
    touched = np.unique(rows)
    if not len(touched):
        return
    all_rows = np.concatenate([np.repeat(touched, NEIGHBOR_COUNT), rows])
    all_ids = np.concatenate([near[touched].ravel(), ids])
    all_scores = np.concatenate([scores[touched].ravel(), values])
    order = np.lexsort((all_ids, -all_scores, all_rows))
    all_rows = all_rows[order]
    starts = np.searchsorted(all_rows, touched)
    place = np.arange(len(all_rows)) - starts[np.searchsorted(touched, all_rows)]
    kept = place < NEIGHBOR_COUNT
    near[all_rows[kept], place[kept]] = all_ids[order][kept]
    scores[all_rows[kept], place[kept]] = all_scores[order][kept]
