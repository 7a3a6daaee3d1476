"""Keep the nearest neighbors of each photo exact as photos come and go.

Duplicates, outliers and the map then need no search of their own. New photos are compared with all
others in blocks of a matrix product or, if they are few, by searching the index for each. Each
comparison serves both sides: the list of the new photo, and the lists of old photos that the new
one enters. A list that has become short because neighbors were removed is computed again.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from explorer.analysis.neighbor_lists import NO_SCORE, NeighborLists, best_of_block, merge
from explorer.analysis.sorted_ids import positions_of
from explorer.encoders.base import Encoder
from explorer.library.catalog import Ids
from explorer.library.library import Library
from explorer.library.stores import neighbor_store
from explorer.library.stores import stage_store as store
from explorer.library.stores.embedding_store import register_encoder
from explorer.library.stores.neighbor_store import NEIGHBOR_COUNT, NO_PHOTO, Scores
from explorer.library.vectors import VectorIndex
from explorer.library.writer import Writer

# Photos compared at once with all others, and how many of the others at a time: some 32 MB of
# cosines.
BLOCK_ROWS, BLOCK_COLUMNS = 1024, 8192
# New photos whose lists are written in one transaction, with the lists of old photos they enter.
BATCH_SIZE = 8 * BLOCK_ROWS
# Up to this many new photos are searched for one by one, with this many results each, which usually
# include all photos whose lists the new one enters.
FEW, SEARCH_RESULTS = 4, 256
# A list that has lost neighbors is computed again if at most this many are left.
SHORT_LIST = 16

VERSION = "1"


def stage_name(encoder_id: int) -> str:
    """The name under which the stage stores how far it has followed the catalog."""
    return f"neighbours {encoder_id}"


class NeighborStage:
    """Keeps the lists of one encoder, in memory between runs; no other process writes them."""

    what = "Comparing photos"

    def __init__(self, library: Library, writer: Writer, encoder: Encoder) -> None:
        self._library, self._writer, self._encoder = library, writer, encoder
        self._encoder_id = register_encoder(writer, encoder.name, encoder.version, encoder.dim)
        self._name = stage_name(self._encoder_id)
        self._lists: NeighborLists | None = None

    @property
    def up_to_date(self) -> bool:
        """Whether there is nothing to do."""
        catalog = self._library.catalog
        return store.stage_change(catalog, self._name, VERSION) == catalog.change()

    def run(self, tick: Callable[[int, int], None]) -> None:
        """Bring the lists up to date with the catalog. tick: as in `analysis/stages.py`."""
        catalog = self._library.catalog
        if self.up_to_date:
            return
        index = self._library.vectors(self._encoder.name, self._encoder.version, self._encoder.dim)
        present = index.ids()
        if (np.diff(present) <= 0).any():
            present = np.sort(present)
        lists = self._lists or NeighborLists(
            *neighbor_store.neighbor_table(catalog, self._encoder_id)
        )
        known = lists.ids
        if self._lists is None:
            # A photo that was purged has no list any more, but is still in the lists of others.
            known = np.union1d(known, lists.near[lists.near != NO_PHOTO])
        # Memory must not be ahead of the catalog: an interrupted run reads the lists again.
        self._lists = None
        self._remove(lists, known[positions_of(known, present) < 0])
        new = present[lists.rows_of(present) < 0]
        for start in range(0, len(new), BATCH_SIZE):
            self._add(
                index,
                lists,
                new[start : start + BATCH_SIZE],
                lambda done, start=start: tick(start + done, len(new)),  # type: ignore[misc]
            )
        # No one else writes, so the rows read above are still complete. Not in a transaction: that
        # would count as a change, which every other stage would follow with one of its own.
        store.set_stage_change(self._writer, self._name, VERSION, catalog.change())
        self._lists = lists

    def _remove(self, lists: NeighborLists, gone: Ids) -> None:
        """Remove photos that are gone; drop lists that become short, to be computed again."""
        if not len(gone):
            return
        touched = lists.remove_neighbors(gone)
        count = (lists.near[touched] != NO_PHOTO).sum(axis=1)
        others = len(np.setdiff1d(lists.ids, gone)) - 1
        short = touched[(count <= SHORT_LIST) & (count < others)]
        dropped = np.concatenate([gone, lists.ids[short]])
        with self._writer.transaction():
            self._write(lists, np.setdiff1d(touched, short))
            neighbor_store.drop_neighbors(self._writer, self._encoder_id, dropped)
        lists.drop(dropped)

    def _add(
        self, index: VectorIndex, lists: NeighborLists, new: Ids, tick: Callable[[int], None]
    ) -> None:
        """Compute the lists of new photos, and enter the photos in the lists of others; in one
        transaction."""
        changed = [new]
        for start in range(0, len(new), BLOCK_ROWS):
            block, report = new[start : start + BLOCK_ROWS], lambda start=start: tick(start)
            found = _search_few(index, lists, block, report) if len(new) <= FEW else None
            changed.append(_compare(index, lists, block, report) if found is None else found)
        with self._writer.transaction():
            self._write(lists, lists.rows_of(np.unique(np.concatenate(changed))))

    def _write(self, lists: NeighborLists, rows: Ids) -> None:
        neighbor_store.put_neighbors(
            self._writer, self._encoder_id, lists.ids[rows], lists.near[rows], lists.scores[rows]
        )


def _compare(index: VectorIndex, lists: NeighborLists, new: Ids, tick: Callable[[], None]) -> Ids:
    """Compute the lists of new photos by comparing them with all others.

    Enters them in the lists of others, and returns the ids of the photos whose lists changed.
    """
    vectors = index.rows(new)
    near, scores = neighbor_store.empty_neighbor_rows(len(new))
    changed = list[Ids]()
    for ids, block in index.blocks(BLOCK_COLUMNS):
        tick()
        # Photos that have no list yet will be compared with these when theirs is computed.
        compared = (lists.rows_of(ids) >= 0) | (positions_of(ids, new) >= 0)
        others, other_vectors = (ids, block) if compared.all() else (ids[compared], block[compared])
        rows_of_others, own = lists.rows_of(others), positions_of(others, new)
        product = vectors @ other_vectors.T
        product[own[own >= 0], np.flatnonzero(own >= 0)] = NO_SCORE
        merge(near, scores, *best_of_block(product, others, scores[:, -1]))
        # Photos without a list accept nothing yet.
        least = np.full(len(others), np.inf, np.float32)
        least[rows_of_others >= 0] = lists.thresholds(rows_of_others[rows_of_others >= 0])
        rows, columns = np.nonzero(product > least)
        changed.append(lists.offer(rows_of_others[columns], new[rows], product[rows, columns]))
    lists.add(new, near, scores)
    return np.concatenate(changed) if changed else np.zeros(0, np.int64)


def _search_few(
    index: VectorIndex, lists: NeighborLists, new: Ids, tick: Callable[[], None]
) -> Ids | None:
    """As `_compare`, for a few photos that are the only ones without a list, without reading all
    vectors; None if that is not possible or no faster."""
    least = lists.thresholds(np.arange(len(lists.ids)))
    vectors, offers = index.rows(new), list[tuple[Ids, Ids, Scores]]()
    near, values = neighbor_store.empty_neighbor_rows(len(new))
    for row, photo_id in enumerate(new.tolist()):
        tick()
        scores, ids = index.search(vectors[row], SEARCH_RESULTS)
        others = ids != photo_id
        scores, ids = scores[others], ids[others]
        kept = min(NEIGHBOR_COUNT, len(ids))
        near[row, :kept], values[row, :kept] = ids[:kept], scores[:kept]
        rows = lists.rows_of(ids)
        known = rows >= 0
        enters = known.copy()
        enters[known] = scores[known] > least[rows[known]]
        offers.append((rows[enters], np.full(enters.sum(), photo_id), scores[enters]))
        if len(ids) + 1 < SEARCH_RESULTS:
            continue
        if scores[NEIGHBOR_COUNT - 1] == scores[-1]:
            # More photos are equally near than were returned; which were is arbitrary.
            return None
        # A photo that was not returned is no nearer than the last one that was. Only if it is
        # isolated may its list accept the new photo all the same.
        rest = least < scores[-1]
        rest[rows[known]] = False
        isolated = np.flatnonzero(rest)
        if len(isolated) > len(least) // 4:
            return None
        product = index.rows(lists.ids[isolated]) @ vectors[row]
        enters = product > least[isolated]
        offers.append((isolated[enters], np.full(enters.sum(), photo_id), product[enters]))
    changed = lists.offer(*(np.concatenate(some) for some in zip(*offers, strict=True)))
    lists.add(new, near, values)
    return changed
