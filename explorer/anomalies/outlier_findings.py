"""Outliers and misplaced photos as findings: scores, and reasons that name the neighbors."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np

from explorer.analysis.sorted_ids import positions_of
from explorer.anomalies.file_findings import folder_numbers
from explorer.anomalies.judgement import Floats, Judgement, falling
from explorer.anomalies.outlier_scores import Misplaced, misplaced, outliers, outliers_by_facts
from explorer.anomalies.typicality import typical_photos
from explorer.anomalies.vector_facts import VectorFacts
from explorer.library.catalog import Ids
from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.library.stores import neighbor_store
from explorer.library.stores.quality_store import ReviewPhoto
from explorer.library.vectors import VectorIndex

_RELATED = 8
"""The maximum number of photos that explain a finding."""
_NOT_COMPARED = "It has not been compared with other photos yet."


@dataclass(frozen=True)
class OutlierThresholds:
    """Thresholds above which a photo stands out, in robust standard deviations. Set with `python
    run.py bench anomalies`."""

    outlier: float = 3.9
    """In libraries of 60 to 1,000 everyday photos, 1 in 200 is beyond it."""
    misplaced: float = 1.1
    """Where folders are by subject, 70 to 90% of the photos in a wrong folder are beyond it (30%
    where subjects overlap), and 0.1 to 1% of those in the right one. In folders without a subject,
    0.6% are."""


LIMITS = OutlierThresholds()


@dataclass(frozen=True)
class _Compared:
    """The photos that have a vector and neighbors, one per position."""

    ids: Ids
    """(n,) photo ids, ascending."""
    near: Ids
    """(n, k) positions of the nearest neighbors, the best first; -1 for none."""
    cosines: Floats
    """(n, k) cosines of the neighbors."""
    folders: Ids
    """(n,) number of each photo's folder."""
    names: list[str]
    """Path of each folder by number."""
    positions: dict[int, int]
    """Position by row among all photos."""

    def nearest(self, row: int) -> tuple[int, ...]:
        """Ids of a photo's nearest neighbors, at most _RELATED."""
        position = self.positions.get(row)
        if position is None:
            return ()
        others = self.near[position]
        return tuple(self.ids[others[others >= 0][:_RELATED]].tolist())

    def elsewhere(self, row: int) -> tuple[int, ...]:
        """Ids of those in other folders, at most _RELATED."""
        position = self.positions.get(row)
        if position is None:
            return ()
        others = self.near[position][self.near[position] >= 0]
        foreign = others[self.folders[others] != self.folders[position]]
        return tuple(self.ids[foreign[:_RELATED]].tolist())

    def why_outlier(self, row: int) -> str:
        position = self.positions.get(row)
        if position is None:
            return _NOT_COMPARED
        best = self.cosines[position, 0]
        return (
            f"Unlike all others: the most similar photo has a similarity of {best:.2f}, and those"
            " nearest to it are closer to each other than to it."
        )

    def nearest_in_brief(self, row: int) -> str:
        position = self.positions.get(row)
        if position is None:
            return _NOT_COMPARED
        return (
            f"Unlike all others; the nearest has a similarity of {self.cosines[position, 0]:.2f}."
        )

    def why_misplaced(self, row: int, found: Misplaced) -> str:
        folders = self._folders(row, found)
        if folders is None:
            return _NOT_COMPARED
        here, there = map(printable, folders)
        return f"Unlike the rest of “{here}”; most similar to photos in “{there}”."

    def misplaced_in_brief(self, row: int, found: Misplaced) -> str:
        """The same with the names of the folders instead of their paths."""
        folders = self._folders(row, found)
        if folders is None:
            return _NOT_COMPARED
        here, there = map(printable, _distinct_names(*folders))
        return f"Unlike “{here}”, more like “{there}”."

    def _folders(self, row: int, found: Misplaced) -> tuple[str, str] | None:
        """The paths of a photo's folder and of the one that it resembles; None without a vector."""
        position = self.positions.get(row)
        if position is None:
            return None
        like = found.like[position]
        there = self.names[self.folders[like]] if like >= 0 else "?"
        return self.names[self.folders[position]], there


@dataclass(frozen=True)
class _StoredVectors:
    """The vectors of some photos by row, read when they are needed."""

    index: VectorIndex
    ids: Ids

    def __getitem__(self, rows: Ids, /) -> Floats:
        return self.index.rows(self.ids[rows])


def unknown_neighbors(photos: int) -> Judgement:
    """The judgement of that many photos if none has been compared: all count as fine."""
    return Judgement(np.ones(photos, np.float32), lambda row: _NOT_COMPARED)


def judge_by_neighbors(
    library: Library,
    encoder: tuple[str, str, int],
    subjects: Sequence[ReviewPhoto],
    facts: Callable[[], VectorFacts],
) -> tuple[Judgement, Judgement]:
    """Judge outliers and misplaced photos, in this order, by the vectors of an encoder (name,
    version, dimension). subjects: all photos, by ascending id. facts: computes those of all
    vectors. Photos without a vector or neighbors count as fine."""
    unknown = unknown_neighbors(len(subjects))
    encoder_id = library.catalog.encoder_id(*encoder[:2])
    if encoder_id is None:
        return unknown, unknown
    index = library.vectors(*encoder)
    stored = neighbor_store.neighbor_table(library.catalog, encoder_id)
    all_ids = np.array([subject.id for subject in subjects], np.int64)
    encoded = positions_of(stored.ids, np.sort(index.ids())) >= 0
    chosen = np.flatnonzero(encoded & (positions_of(stored.ids, all_ids) >= 0))
    ids = stored.ids[chosen]
    if not len(ids):
        return unknown, unknown
    rows = positions_of(ids, all_ids)
    folders, names = folder_numbers([subjects[row] for row in rows.tolist()])
    positions = {row: position for position, row in enumerate(rows.tolist())}
    near, cosines = positions_of(stored.near[chosen], ids), stored.scores[chosen]
    compared = _Compared(ids, near, cosines, folders, names, positions)
    vectors, typical = _StoredVectors(index, ids), typical_photos(*encoder[:2])
    lost = misplaced(vectors, folders, near, cosines)
    if typical is None:
        odd = outliers(index.rows(ids), near, cosines)
    else:
        known = facts()
        places = positions_of(ids, known.ids)
        odd = outliers_by_facts(
            known.shared[places], known.unlikeness[places], near, cosines, typical
        )
    by_odd, by_lost = unknown.score.copy(), unknown.score.copy()
    by_odd[rows] = falling(np.maximum(odd, 0), LIMITS.outlier, 3)
    by_lost[rows] = falling(
        np.maximum(np.nan_to_num(lost.oddness, nan=0.0), 0), LIMITS.misplaced, 3
    )
    return (
        Judgement(by_odd, compared.why_outlier, compared.nearest_in_brief, compared.nearest),
        Judgement(
            by_lost,
            lambda row: compared.why_misplaced(row, lost),
            lambda row: compared.misplaced_in_brief(row, lost),
            compared.elsewhere,
        ),
    )


def _distinct_names(one: str, other: str) -> tuple[str, str]:
    """The names of two folders, with as many folders above them as it takes to tell them apart."""
    parts, others = PurePath(one).parts, PurePath(other).parts
    number = 1
    while parts[-number:] == others[-number:] and number < max(len(parts), len(others)):
        number += 1
    return os.path.join(*parts[-number:]), os.path.join(*others[-number:])
