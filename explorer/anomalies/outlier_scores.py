"""Outlier scores: photos unlike the rest of the library, and photos unlike the rest of their
folder, from vectors and stored neighbors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from explorer.anomalies.typicality import TypicalPhotos

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class OutlierParameters:
    """Parameters of both scores. Set with `python run.py bench anomalies`. Spreads are robust
    standard deviations, see `spreads`."""

    neighbors: int = 24
    """Number of neighbors, near-copies excluded, that show how dense a neighborhood is. It is the
    number stored, because a few unusual photos may be neighbors of each other."""
    near_copy: float = 0.25
    """Share of the typical distance below which a neighbor is a near-copy, such as another frame of
    a burst or an edited version."""
    min_library: int = 30
    """Minimum number of pictures, near-copies counted once, for a library to have a usual
    distance."""
    middle_weight: float = 0.4
    """Weight of the similarity to the mean vector, relative to that to the neighbors."""
    unusual: float = 1.0
    """Unlikeness to everyday photos, in spreads, from which it counts on its own."""
    tail: float = 0.9 / 1.645
    """A library's spread is at least this share of what its 95th percentile suggests: distances
    among photos of one subject have long tails."""
    unknown_factor: float = 1.3
    """Factor on scores if everyday photos are unknown: 1 photo in 200 is then beyond 3 rather than
    3.9."""
    folder_members: int = 256
    """Number of members of a folder that its photos are compared with."""
    min_folder: int = 6
    """Minimum number of photos for a folder to have a subject."""
    muddle: float = 2.2
    """Increase of the threshold if a sixth of the photos fit another folder better by one
    spread."""
    max_similar: int = 5
    """Number of members of a folder, or photos elsewhere, whose similarity counts."""


PARAMETERS = OutlierParameters()
_NONE = -2.0
"""Stands for the cosine of no photo: lower than any."""


class VectorRows(Protocol):
    """Vectors that are read when they are needed."""

    def __getitem__(self, rows: Ids, /) -> Floats:
        """The vectors in these rows, (m, dim), unit length."""
        ...


class Misplaced(NamedTuple):
    """The degree to which each photo fits another folder better than its own."""

    oddness: Floats
    """In spreads, (n,); higher is odder. NaN if its folder is too small."""
    like: Ids
    """(n,) row of the most similar photo in another folder, -1 for none."""


def outliers(vectors: Floats, near: Ids, scores: Floats) -> Floats:
    """Distance of each photo from its neighbors, as `outliers_by_facts`, for an encoder whose
    everyday photos are not known: the center is the library's own mean, and plain cosines count as
    well. vectors: (n, dim), unit length."""
    chosen = _judged_neighbors(near, scores)
    if chosen is None:
        return np.zeros(len(near), np.float32)
    middle = vectors.mean(axis=0)
    centered = _distance(vectors @ middle, float(middle @ middle), near, scores, chosen)
    plain = _distance(np.zeros(len(near), np.float32), 0.0, near, scores, chosen)
    return np.asarray(PARAMETERS.unknown_factor * np.maximum(centered, plain), np.float32)


def outliers_by_facts(
    shared: Floats, unlikeness: Floats, near: Ids, scores: Floats, typical: TypicalPhotos
) -> Floats:
    """Distance of each photo from its neighbors, in the library's own spreads, (n,): 0 is usual,
    above 3.9 is rare.

    shared, unlikeness: (n,), as in `VectorFacts`. near: (n, k) rows of the nearest photos, the best
    first, -1 for none. scores: (n, k) cosines.

    Similarity is that of centered vectors (Suzuki, Hara, Shimbo, Saerens and Fukumizu, Centering
    similarity measures to reduce hubs, EMNLP 2013): an encoder puts what it does not recognize near
    the mean vector, where everything is rather similar. The center is the mean of everyday photos;
    in a library of one subject, its own mean would contain that subject. For the same reason,
    similarity to the mean counts a little by itself, and so does unlikeness to everyday photos, as
    far as it is unusual in this library, too. Near-copies are left out throughout, so that they
    hide no outlier, and do not count toward the size of the library.
    """
    chosen = _judged_neighbors(near, scores)
    if chosen is None:
        return np.zeros(len(near), np.float32)
    unusual = np.minimum(unlikeness, spreads(unlikeness, PARAMETERS.tail))
    center = float(typical.middle @ typical.middle)
    return np.asarray(
        _distance(shared, center, near, scores, chosen)
        + np.maximum(unusual - PARAMETERS.unusual, 0),
        np.float32,
    )


def _judged_neighbors(near: Ids, scores: Floats) -> npt.NDArray[np.bool_] | None:
    """The neighbors by which each photo is judged, (n, k); None if there are too few pictures."""
    count = len(near)
    if count < PARAMETERS.min_library:
        return None
    # In a small library, the last of many neighbors are not near at all.
    wanted = min(PARAMETERS.neighbors, max(4, count // 6))
    copies = _copies(near, scores, wanted)
    if float((1 / (1 + copies.sum(axis=1))).sum()) < PARAMETERS.min_library:
        return None
    # The first neighbors that are not near-copies. A photo with none is not an outlier.
    real = (near >= 0) & ~copies
    return np.asarray(real & (np.cumsum(real, axis=1) <= wanted))


def _distance(
    shared: Floats, square: float, near: Ids, scores: Floats, chosen: npt.NDArray[np.bool_]
) -> Floats:
    """Distance of each photo from the chosen neighbors, in spreads, with centered vectors. shared,
    square: the inner product of each vector with the center, (n,), and of that with itself."""
    length = np.sqrt(np.maximum(1 - 2 * shared + square, 1e-6))
    others = np.maximum(near, 0)
    likeness = (scores - shared[:, None] - shared[others] + square) / (
        length[:, None] * length[others]
    )
    number = chosen.sum(axis=1)
    own = np.where(
        number > 0, np.where(chosen, likeness, 0).sum(axis=1) / np.maximum(number, 1), 1.0
    )
    return spreads((PARAMETERS.middle_weight * shared - own).astype(np.float32), PARAMETERS.tail)


def _copies(near: Ids, scores: Floats, wanted: int) -> npt.NDArray[np.bool_]:
    """Which neighbors are near-copies, (n, k), relative to the median distance of the last neighbor
    that counts. wanted: how many count."""
    known = near >= 0
    if not known.any():
        return known
    distance = np.where(known, np.maximum(1 - scores, 1e-4), np.nan)
    last = np.minimum(np.maximum(known.sum(axis=1), 1), wanted) - 1
    return np.asarray(
        known
        & (
            distance
            <= PARAMETERS.near_copy * float(np.nanmedian(distance[np.arange(len(near)), last]))
        )
    )


def spreads(values: Floats, tail: float = 0.0) -> Floats:
    """The distance of each value above the median, in robust standard deviations of the upper half
    (84th percentile); NaN remains NaN.

    tail: a deviation is at least this share of the distance from the median to the 95th percentile.
    """
    known = values[np.isfinite(values)]
    if len(known) < 2:
        return np.where(np.isfinite(values), 0, values).astype(np.float32)
    middle, upper, last = np.percentile(known, [50, 84.13, 95])
    return np.asarray(
        (values - middle) / max(float(upper - middle), tail * float(last - middle), 1e-3),
        np.float32,
    )


def misplaced(vectors: Floats | VectorRows, folders: Ids, near: Ids, scores: Floats) -> Misplaced:
    """The degree to which each photo is unlike the rest of its folder but similar to photos
    elsewhere.

    vectors: (n, dim), unit length. folders: (n,) a number for each photo's folder. near, scores: as
    for `outliers`. Similarity to a folder is the mean cosine to its few most similar members, so
    that a folder may have several subjects.
    """
    count = len(near)
    inside = np.full(count, np.nan, np.float32)
    order = np.argsort(folders, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(folders[order])) + 1)
    groups = [rows for rows in members if len(rows) >= PARAMETERS.min_folder]
    own = _own_neighbors(folders, near, scores)
    # Where enough of the stored neighbors are in the same folder, they are the most similar ones
    # there, and no vectors have to be compared.
    known = own[:, -1] > _NONE
    inside[known] = own[known].mean(axis=1)
    for rows in groups:
        unknown = np.flatnonzero(~known[rows])
        if len(unknown):
            inside[rows[unknown]] = _likeness(vectors, rows, unknown, own[rows[unknown]])
    # A copy in another folder, sent or edited, does not show where the photo belongs.
    elsewhere, like = _elsewhere(
        folders, np.where(_copies(near, scores, PARAMETERS.neighbors), -1, near), scores
    )
    # The gain in fit there, relative to the spread of similarity within folders.
    spread = [float(np.subtract(*np.percentile(inside[rows], [50, 16]))) for rows in groups]
    better = (elsewhere - inside) / max(float(np.median(spread)) if spread else 0.05, 0.02)
    # And relative to its folder: in a mixed folder, every photo resembles some elsewhere.
    below = np.full(count, np.nan, np.float32)
    usual = [np.percentile((inside - elsewhere)[rows], [50, 16]) for rows in groups]
    floor = 0.5 * float(np.median([middle - low for middle, low in usual])) if usual else 0.05
    for rows, (middle, low) in zip(groups, usual, strict=True):
        below[rows] = (middle - (inside - elsewhere)[rows]) / max(float(middle - low), floor, 0.02)
    odd = np.minimum(below, better)
    # If many photos would fit elsewhere as well, folders are not by subject, and it takes more to
    # stand out.
    judged = odd[np.isfinite(odd)]
    muddle = max(0.0, float(np.percentile(judged, 84.13))) if len(judged) else 0.0
    return Misplaced((odd / (1 + PARAMETERS.muddle * muddle)).astype(np.float32), like)


def _own_neighbors(folders: Ids, near: Ids, scores: Floats) -> Floats:
    """Cosines to the most similar neighbors in the same folder, (n, max_similar), best first,
    padded with _NONE."""
    same = (near >= 0) & (folders[np.maximum(near, 0)] == folders[:, None])
    # Neighbors are stored best first.
    place = np.cumsum(same, axis=1) - 1
    rows, columns = np.nonzero(same & (place < PARAMETERS.max_similar))
    own = np.full((len(near), PARAMETERS.max_similar), _NONE, np.float32)
    own[rows, place[rows, columns]] = scores[rows, columns]
    return own


def _highest(cosines: Floats) -> Floats:
    """The highest values of each row, (n, max_similar). cosines: (n, more than max_similar)."""
    return np.asarray(
        -np.partition(-cosines, PARAMETERS.max_similar, axis=1)[:, : PARAMETERS.max_similar]
    )


def _likeness(vectors: Floats | VectorRows, rows: Ids, wanted: Ids, own: Floats) -> Floats:
    """Similarity of some of a folder's photos to the rest of it, (m,). rows: of all its photos.
    wanted: positions of m of them in `rows`. own: of these, as from `_own_neighbors`."""
    sampled = len(rows) > PARAMETERS.folder_members
    members = (
        rows[np.linspace(0, len(rows) - 1, PARAMETERS.folder_members).astype(np.int64)]
        if sampled
        else rows
    )
    found = np.empty(len(wanted), np.float32)
    some = vectors[members].T
    for start in range(0, len(wanted), 4096):
        block = rows[wanted[start : start + 4096]]
        cosines = vectors[block] @ some
        # A photo is not compared with itself.
        itself = np.minimum(np.searchsorted(members, block), len(members) - 1)
        same = np.flatnonzero(members[itself] == block)
        cosines[same, itself[same]] = _NONE
        top = _highest(cosines)
        if sampled:
            # The most similar photos of a large folder are hardly ever among a sample of it.
            top = _highest(np.hstack([top, own[start : start + 4096]]))
        found[start : start + 4096] = np.where(top > _NONE, top, 0).sum(axis=1) / np.maximum(
            (top > _NONE).sum(axis=1), 1
        )
    return found


def _elsewhere(folders: Ids, near: Ids, scores: Floats) -> tuple[Floats, Ids]:
    """Mean cosine to the most similar neighbors in other folders, -1 for none; and the row of the
    best of them."""
    other = (near >= 0) & (folders[np.maximum(near, 0)] != folders[:, None])
    chosen = other & (np.cumsum(other, axis=1) <= PARAMETERS.max_similar)
    number = chosen.sum(axis=1)
    mean = np.where(
        number > 0, np.where(chosen, scores, 0).sum(axis=1) / np.maximum(number, 1), -1.0
    )
    first = np.argmax(other, axis=1)
    return mean.astype(np.float32), np.where(
        number > 0, near[np.arange(len(near)), first], -1
    ).astype(np.int64)
