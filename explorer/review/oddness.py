"""Photos that are unlike the others: in the whole library, and in their own folder. Vectors and kept neighbours in, scores out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

# Neighbours that say how dense a neighbourhood is, once near-copies are left out: all that are kept, as few strange photos may have each
# other for company.
NEAR = 24
# Nearer than this share of the typical distance is a near-copy: another frame of a burst, an edited version.
_COPY = 0.25
# Photos from which a library has a usual.
_LIBRARY = 30
# What the density around the neighbours counts for, against how far away they are.
_LOCAL = 0.1
# Members that stand for a folder when photos are compared with it, and the fewest that make a folder a place with a subject.
_MEMBERS, _FEWEST = 256, 6
# The most alike members of a folder, and of other folders, that are compared.
_ALIKE = 5


class Misplaced(NamedTuple):
    """For each photo: how much less it is like its own folder than is usual there, and than it is like photos elsewhere (in spreads,
    higher is odder; nan where its folder is too small to tell), and the row of the photo elsewhere that it is most like (-1: none)."""

    oddness: Floats
    like: Ids


def outliers(near: Ids, scores: Floats) -> Floats:
    """How far each photo is from its neighbours, in the library's own spreads: 0 is usual, above 3 is rare.

    near: (n, k) rows of the nearest photos, best first, -1 for none. scores: (n, k) cosines. After the local outlier factor (Breunig,
    Kriegel, Ng and Sander, LOF: identifying density-based local outliers, SIGMOD 2000): a photo's distance to its neighbours is set against
    their distances to theirs. Near-copies are left out on all sides, or every burst would hide its own oddness; and as a small group of
    strange photos is dense in itself, the distance counts beside the ratio.
    """
    count = len(near)
    if count < _LIBRARY:
        return np.zeros(count, np.float32)
    # In a small library, the last of many neighbours are no neighbours at all.
    wanted = min(NEAR, max(4, count // 6))
    distance = np.where(near >= 0, np.maximum(1 - scores, 1e-4), np.nan)
    last = np.minimum(np.maximum((near >= 0).sum(axis=1), 1), wanted) - 1
    typical = float(np.nanmedian(distance[np.arange(count), last]))
    real = (near >= 0) & (distance > _COPY * typical)
    # The first real neighbours of each; where all that is kept are copies, the photo has good company.
    place = np.cumsum(real, axis=1)
    chosen = real & (place <= wanted)
    number = chosen.sum(axis=1)
    own = np.where(number > 0, np.where(chosen, distance, 0).sum(axis=1) / np.maximum(number, 1), _COPY * typical)
    theirs = np.where(chosen, own[np.maximum(near, 0)], 0).sum(axis=1)
    around = np.where(number > 0, theirs / np.maximum(number, 1), own)
    odd = np.log(own / typical) + _LOCAL * np.log(own / around)
    return spreads(odd.astype(np.float32))


def spreads(values: Floats) -> Floats:
    """Distance of each value above the median, in robust standard deviations of the upper half; nan stays nan."""
    known = values[np.isfinite(values)]
    if len(known) < 2:
        return np.where(np.isfinite(values), 0, values).astype(np.float32)
    middle, upper = np.percentile(known, [50, 84.13])
    return np.asarray((values - middle) / max(float(upper - middle), 1e-3), np.float32)


def misplaced(vectors: Floats, folders: Ids, near: Ids, scores: Floats) -> Misplaced:
    """Which photos are unlike the rest of their folder but like photos elsewhere.

    vectors: (n, dim), unit length. folders: (n,) a number for each photo's folder. near, scores: as for `outliers`.
    Likeness to a folder is the mean cosine to the few most alike members, so that a folder may have several subjects.
    """
    count = len(vectors)
    inside = np.full(count, np.nan, np.float32)
    usual, spread = np.full(count, np.nan, np.float32), np.full(count, np.nan, np.float32)
    order = np.argsort(folders, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(folders[order])) + 1) if count else []:
        if len(rows) < _FEWEST:
            continue
        inside[rows] = _likeness(vectors, rows)
        middle, low = np.percentile(inside[rows], [50, 16])
        usual[rows], spread[rows] = middle, middle - low
    # A folder whose photos all differ has a wide spread, and a photo must be very odd to stand out; a floor keeps bursts from being strict.
    known = spread[np.isfinite(spread)]
    floor = float(np.median(known)) if len(known) else 0.05
    below = (usual - inside) / np.maximum(spread, max(0.5 * floor, 0.02))
    elsewhere, like = _elsewhere(folders, near, scores)
    # As unlike its folder as can be: but is there a place where it would be better off?
    better = (elsewhere - inside) / max(floor, 0.02)
    return Misplaced(np.minimum(below, better), like)


def _likeness(vectors: Floats, rows: Ids) -> Floats:
    members = rows if len(rows) <= _MEMBERS else rows[np.linspace(0, len(rows) - 1, _MEMBERS).astype(np.int64)]
    found = np.empty(len(rows), np.float32)
    some = vectors[members].T
    for start in range(0, len(rows), 4096):
        block = rows[start : start + 4096]
        cosines = vectors[block] @ some
        # Not with itself.
        own = np.minimum(np.searchsorted(members, block), len(members) - 1)
        same = np.flatnonzero(members[own] == block)
        cosines[same, own[same]] = -2.0
        top = -np.partition(-cosines, _ALIKE, axis=1)[:, :_ALIKE]
        found[start : start + 4096] = np.where(top > -2, top, 0).sum(axis=1) / np.maximum((top > -2).sum(axis=1), 1)
    return found


def _elsewhere(folders: Ids, near: Ids, scores: Floats) -> tuple[Floats, Ids]:
    """Mean cosine to the most alike photos of other folders among the neighbours, and the row of the best of them."""
    other = (near >= 0) & (folders[np.maximum(near, 0)] != folders[:, None])
    chosen = other & (np.cumsum(other, axis=1) <= _ALIKE)
    number = chosen.sum(axis=1)
    mean = np.where(number > 0, np.where(chosen, scores, 0).sum(axis=1) / np.maximum(number, 1), -1.0)
    first = np.argmax(other, axis=1)
    return mean.astype(np.float32), np.where(number > 0, near[np.arange(len(near)), first], -1).astype(np.int64)
