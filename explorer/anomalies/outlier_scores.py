"""Photos that are unlike the others: in the whole library, and in their own folder. Vectors and
kept neighbours in, scores out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.anomalies.typicality import TypicalPhotos

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

# Neighbours that say how dense a neighbourhood is, once near-copies are left out: all that are
# kept, as few strange photos may have each other for company.
NEAR = 24
# Nearer than this share of the typical distance is a near-copy: another frame of a burst, an edited
# version.
_COPY = 0.25
# Pictures, near-copies taken as one, from which a library has a usual.
_LIBRARY = 30
# What nearness to the middle of all photos counts for, against how unlike the neighbours are.
_MIDDLE = 0.4
# How much more unlike everyday photos than usual (in spreads) begins to count by itself.
_UNUSUAL = 1.0
# What a library's spread is at least, in what its 95th percentile would make it: the distances of
# one subject's photos have long tails.
_TAIL = 0.9 / 1.645
# Where nothing is known of everyday photos, oddness comes out smaller: 1 photo in 200 is beyond 3,
# not 3.9.
_BY_ITSELF = 1.3
# Members that stand for a folder when photos are compared with it, and the fewest that make a
# folder a place with a subject.
_MEMBERS, _FEWEST = 256, 6
# How much more it takes to stand out where a sixth of the photos are this much (in spreads) better
# off elsewhere.
_MUDDLE = 2.2
# The most alike members of a folder, and of other folders, that are compared.
_ALIKE = 5


class Misplaced(NamedTuple):
    """For each photo: how much less it is like its own folder than is usual there, and than it is
    like photos elsewhere (in spreads, higher is odder; nan where its folder is too small to tell),
    and the row of the photo elsewhere that it is most like (-1: none)."""

    oddness: Floats
    like: Ids


def outliers(
    vectors: Floats, near: Ids, scores: Floats, typical: TypicalPhotos | None = None
) -> Floats:
    """How far each photo is from its neighbours, in the library's own spreads: 0 is usual, above
    3.9 is rare.

    vectors: (n, dim), unit length. near: (n, k) rows of the nearest photos, best first, -1 for
    none. scores: (n, k) cosines. typical: how everyday photos lie among such vectors, where that is
    known.

    Likeness is that of what is left of two vectors once what all photos share is taken out (Suzuki,
    Hara, Shimbo, Saerens and Fukumizu, Centering similarity measures to reduce hubs, EMNLP 2013):
    an encoder puts what it does not understand near the middle, where everything is rather alike.
    What all photos share is known from everyday photos: a library of one subject shares that as
    well, and without it whatever else is there looks alike. Where everyday photos are not known,
    the library's own middle is taken, and plain likeness as well. For the same reason, nearness to
    the middle counts a little by itself; and so does being unlike everyday photos, so far as it is
    unusual in this library, too. Near-copies are left out on all sides, so that they hide no
    outlier; and it is different pictures that make a library large enough to have a usual.
    """
    count = len(near)
    if count < _LIBRARY:
        return np.zeros(count, np.float32)
    # In a small library, the last of many neighbours are no neighbours at all.
    wanted = min(NEAR, max(4, count // 6))
    copies = _copies(near, scores, wanted)
    if float((1 / (1 + copies.sum(axis=1))).sum()) < _LIBRARY:
        return np.zeros(count, np.float32)
    # The first neighbours of each that are no copies; where all that is kept are copies, the photo
    # has good company.
    real = (near >= 0) & ~copies
    chosen = real & (np.cumsum(real, axis=1) <= wanted)
    if typical is not None:
        unusual = typical.unlikeness(vectors)
        unusual = np.minimum(unusual, spreads(unusual, _TAIL))
        return np.asarray(
            _distance(vectors, near, scores, chosen, typical.middle)
            + np.maximum(unusual - _UNUSUAL, 0),
            np.float32,
        )
    centred = _distance(vectors, near, scores, chosen, vectors.mean(axis=0))
    plain = _distance(vectors, near, scores, chosen, np.zeros_like(vectors[0]))
    return np.asarray(_BY_ITSELF * np.maximum(centred, plain), np.float32)


def _distance(
    vectors: Floats, near: Ids, scores: Floats, chosen: npt.NDArray[np.bool_], middle: Floats
) -> Floats:
    """How unlike the chosen neighbours each photo is, in spreads, once that middle is taken out of
    both."""
    shared, square = vectors @ middle, float(middle @ middle)
    length = np.sqrt(np.maximum(1 - 2 * shared + square, 1e-6))
    others = np.maximum(near, 0)
    likeness = (scores - shared[:, None] - shared[others] + square) / (
        length[:, None] * length[others]
    )
    number = chosen.sum(axis=1)
    own = np.where(
        number > 0, np.where(chosen, likeness, 0).sum(axis=1) / np.maximum(number, 1), 1.0
    )
    return spreads((_MIDDLE * shared - own).astype(np.float32), _TAIL)


def _copies(near: Ids, scores: Floats, wanted: int) -> npt.NDArray[np.bool_]:
    """Which neighbours are near-copies, set against the usual distance of the last neighbour that
    counts."""
    known = near >= 0
    if not known.any():
        return known
    distance = np.where(known, np.maximum(1 - scores, 1e-4), np.nan)
    last = np.minimum(np.maximum(known.sum(axis=1), 1), wanted) - 1
    return np.asarray(
        known & (distance <= _COPY * float(np.nanmedian(distance[np.arange(len(near)), last])))
    )


def spreads(values: Floats, tail: float = 0.0) -> Floats:
    """Distance of each value above the median, in robust standard deviations of the upper half; nan
    stays nan.

    tail: share of the way from the median to the 95th percentile that a deviation is at least.
    """
    known = values[np.isfinite(values)]
    if len(known) < 2:
        return np.where(np.isfinite(values), 0, values).astype(np.float32)
    middle, upper, last = np.percentile(known, [50, 84.13, 95])
    return np.asarray(
        (values - middle) / max(float(upper - middle), tail * float(last - middle), 1e-3),
        np.float32,
    )


def misplaced(vectors: Floats, folders: Ids, near: Ids, scores: Floats) -> Misplaced:
    """Which photos are unlike the rest of their folder but like photos elsewhere.

    vectors: (n, dim), unit length. folders: (n,) a number for each photo's folder. near, scores: as
    for `outliers`.
    Likeness to a folder is the mean cosine to the few most alike members, so that a folder may have
    several subjects.
    """
    count = len(vectors)
    inside = np.full(count, np.nan, np.float32)
    order = np.argsort(folders, kind="stable")
    groups = (
        [
            rows
            for rows in np.split(order, np.flatnonzero(np.diff(folders[order])) + 1)
            if len(rows) >= _FEWEST
        ]
        if count
        else []
    )
    for rows in groups:
        inside[rows] = _likeness(vectors, rows)
    # A copy elsewhere, sent or edited, says nothing of where the photo belongs.
    elsewhere, like = _elsewhere(folders, np.where(_copies(near, scores, NEAR), -1, near), scores)
    # How much better off it would be there, in the spread of likeness that folders have.
    spread = [float(np.subtract(*np.percentile(inside[rows], [50, 16]))) for rows in groups]
    better = (elsewhere - inside) / max(float(np.median(spread)) if spread else 0.05, 0.02)
    # And against what is usual in its folder: in one that holds a bit of everything, all photos are
    # like some elsewhere.
    below = np.full(count, np.nan, np.float32)
    usual = [np.percentile((inside - elsewhere)[rows], [50, 16]) for rows in groups]
    floor = 0.5 * float(np.median([middle - low for middle, low in usual])) if usual else 0.05
    for rows, (middle, low) in zip(groups, usual, strict=True):
        below[rows] = (middle - (inside - elsewhere)[rows]) / max(float(middle - low), floor, 0.02)
    odd = np.minimum(below, better)
    # Where many photos would be as well off elsewhere, folders are not by subject, and it takes
    # more to stand out.
    judged = odd[np.isfinite(odd)]
    muddle = max(0.0, float(np.percentile(judged, 84.13))) if len(judged) else 0.0
    return Misplaced((odd / (1 + _MUDDLE * muddle)).astype(np.float32), like)


def _likeness(vectors: Floats, rows: Ids) -> Floats:
    members = (
        rows
        if len(rows) <= _MEMBERS
        else rows[np.linspace(0, len(rows) - 1, _MEMBERS).astype(np.int64)]
    )
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
        found[start : start + 4096] = np.where(top > -2, top, 0).sum(axis=1) / np.maximum(
            (top > -2).sum(axis=1), 1
        )
    return found


def _elsewhere(folders: Ids, near: Ids, scores: Floats) -> tuple[Floats, Ids]:
    """Mean cosine to the most alike photos of other folders among the neighbours, and the row of
    the best of them."""
    other = (near >= 0) & (folders[np.maximum(near, 0)] != folders[:, None])
    chosen = other & (np.cumsum(other, axis=1) <= _ALIKE)
    number = chosen.sum(axis=1)
    mean = np.where(
        number > 0, np.where(chosen, scores, 0).sum(axis=1) / np.maximum(number, 1), -1.0
    )
    first = np.argmax(other, axis=1)
    return mean.astype(np.float32), np.where(
        number > 0, near[np.arange(len(near)), first], -1
    ).astype(np.int64)
