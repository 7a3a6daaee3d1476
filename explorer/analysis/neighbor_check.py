"""Check stored nearest neighbors against the vectors."""

from __future__ import annotations

import numpy as np

from explorer.analysis.neighbors import BLOCK_ROWS, SHORT_LIST, VERSION, stage_name
from explorer.library.catalog import Ids
from explorer.library.library import Library
from explorer.library.stores import neighbor_store
from explorer.library.stores import stage_store as store
from explorer.library.stores.neighbor_store import NO_PHOTO, NeighborTable
from explorer.library.vectors import VectorIndex

# Cosines differ by less than this if their terms are summed in different orders.
_TOLERANCE = 2e-3
# The number of photos whose neighbors are searched for again.
_SAMPLE = 64


def check_neighbors(library: Library, index: VectorIndex, encoder_id: int) -> list[int]:
    """Ids of photos whose stored neighbors do not agree with their vectors.

    Cosines are checked for all photos; for a sample, also whether a nearer photo is missing. While
    the stage lags behind the catalog, lists may lack new photos or still contain removed ones, so
    only the rows and the cosines are checked.
    """
    bad = neighbor_store.inconsistent_neighbors(library.catalog, encoder_id)
    if bad:
        return bad
    lists = neighbor_store.neighbor_table(library.catalog, encoder_id)
    present = np.sort(index.ids())
    bad = _wrong_cosines(lists, index, present)
    if bad or store.stage_lags(library.catalog, stage_name(encoder_id), VERSION):
        return bad
    unknown = ~np.isin(lists.near, present) & (lists.near != NO_PHOTO)
    bad = [*np.setxor1d(lists.ids, present).tolist(), *lists.ids[unknown.any(axis=1)].tolist()]
    if bad:
        return bad
    count = (lists.near != NO_PHOTO).sum(axis=1)
    too_short = lists.ids[count < min(SHORT_LIST + 1, len(present) - 1)].tolist()
    return [*too_short, *_incomplete(lists, index, count)]


def _wrong_cosines(lists: NeighborTable, index: VectorIndex, present: Ids) -> list[int]:
    """Photos with a stored cosine that differs from that of the vectors. present: the photos with a
    vector."""
    bad, listed = list[int](), np.flatnonzero(np.isin(lists.ids, present))
    for start in range(0, len(listed), BLOCK_ROWS):
        block = listed[start : start + BLOCK_ROWS]
        kept = np.isin(lists.near[block], present)
        rows = np.nonzero(kept)[0]
        cosines = np.einsum(
            "nd,nd->n", index.rows(lists.ids[block])[rows], index.rows(lists.near[block][kept])
        )
        wrong = np.abs(cosines - lists.scores[block][kept]) > _TOLERANCE
        bad += lists.ids[block][np.unique(rows[wrong])].tolist()
    return bad


def _incomplete(lists: NeighborTable, index: VectorIndex, count: Ids) -> list[int]:
    """The photos of a sample for which a search finds a nearer photo than their list has."""
    bad = list[int]()
    for row in range(0, len(lists.ids), max(1, len(lists.ids) // _SAMPLE)):
        number = int(count[row])
        # One more: the search finds the photo itself.
        cosines, _ = index.search(index.rows(lists.ids[row : row + 1])[0], number + 1)
        last = float(lists.scores[row, number - 1])
        if number and abs(float(cosines[-1]) - last) > _TOLERANCE:
            bad.append(int(lists.ids[row]))
    return bad
