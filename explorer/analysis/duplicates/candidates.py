"""Candidate pairs: which photos are worth comparing with a new one, without opening any file.

A copy that shows nearly the whole picture has a similar perceptual hash, in one of the eight
orientations. A copy with a border also has a hash without its border. What is left, mostly cropped
copies and other shots of a scene, is close by embedding: closer than photos of similar subjects are
to each other. How close that is depends on the encoder, on the library, and on how crowded a
photo's neighborhood is, so it is measured against the last of a photo's nearest neighbors.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.stores.keypoint_store import PhotoFingerprints
from explorer.library.stores.neighbor_store import NEIGHBOR_COUNT
from explorer.matching.phash_index import PhashIndex


@dataclass(frozen=True)
class CandidateThresholds:
    """What makes two photos a candidate pair.

    Set on the copies that `python run.py bench duplicates` makes.
    """

    max_bits: int = 80
    """Hamming distance of the perceptual hashes (256 bits), in the best orientation."""
    max_even_bits: int = 20
    """The same for the word of even frequencies alone (`matching/phash_index.py`)."""
    max_similar: int = 24
    """Photos with similar hashes that are compared with a new one, the most similar first. Pages of
    text are all somewhat similar."""
    max_neighbors: int = 12
    """Nearest neighbors by embedding that are considered."""
    min_gain: float = 0.6
    """How much closer a neighbor must be than the last one in the list, as a share of the distance
    from the last one's cosine to 1."""
    min_gain_over_typical: float = 0.5
    """The cosine of the last neighbor in the list is capped at its typical value plus this share of
    the distance from there to 1, because in a long burst all neighbors are close."""
    min_cosine: float = 0.3
    """Cosine from which a neighbor is close if the photo's list is not full, or if no list is, so
    that there is no typical value."""


THRESHOLDS = CandidateThresholds()


class Candidate(NamedTuple):
    """Two photos that are worth comparing, a < b."""

    a: int
    b: int
    bits: int
    """Hamming distance of their hashes; `max_bits` + 1 if it is larger."""
    near: bool = False
    """Whether they are close by embedding."""


class HashedPhotos:
    """The perceptual hashes of all photos, by id.

    A photo that has not been compared yet is found only from the moment it is added by
    `start_comparing`.
    """

    def __init__(self, photos: PhotoFingerprints) -> None:
        self._row = dict[int, int]()
        self._ids = np.zeros(0, np.int64)
        self._hashes = np.zeros((0, 32), np.uint8)
        self._sizes = np.zeros((0, 2), np.int64)
        self._digests = list[str]()
        self._compared, self._visible = np.zeros(0, bool), np.zeros(0, bool)
        # Hashes without the border, by photo id, of the photos that have one.
        self._inner = dict[int, bytes]()
        # The index, and the photo row of each of its hashes.
        self._index, self._indexed_rows = PhashIndex(), np.zeros(0, np.int64)
        self._is_indexed = np.zeros(0, bool)
        self.update(photos)

    def update(self, photos: PhotoFingerprints) -> None:
        """Add new photos, and update which photos are visible."""
        rows = [self._row.get(i) for i in photos.ids.tolist()]
        for number, row in enumerate(rows):
            if row is not None:
                self._visible[row] = photos.visible[number]
        fresh = [number for number, row in enumerate(rows) if row is None]
        start = len(self._ids)
        self._ids = np.concatenate([self._ids, photos.ids[fresh]])
        self._hashes = np.concatenate([self._hashes, photos.hashes[fresh]])
        self._sizes = np.concatenate([self._sizes, photos.sizes[fresh]])
        self._digests += [photos.digests[number] for number in fresh]
        self._compared = np.concatenate([self._compared, photos.compared[fresh]])
        self._visible = np.concatenate([self._visible, photos.visible[fresh]])
        self._is_indexed = np.concatenate([self._is_indexed, np.zeros(len(fresh), bool)])
        ids = photos.ids[fresh].tolist()
        self._row.update((photo_id, start + number) for number, photo_id in enumerate(ids))
        self._inner.update((i, photos.inner[i]) for i in ids if i in photos.inner)
        self._add_to_index(start + np.flatnonzero(photos.compared[fresh]))

    def __len__(self) -> int:
        return len(self._ids)

    def _add_to_index(self, rows: npt.NDArray[np.int64]) -> None:
        rows = rows[~self._is_indexed[rows]]
        self._is_indexed[rows] = True
        ids = self._ids[rows].tolist()
        inner = [
            (row, self._inner[i])
            for row, i in zip(rows.tolist(), ids, strict=True)
            if i in self._inner
        ]
        hashes = np.frombuffer(b"".join(value for _, value in inner), np.uint8).reshape(-1, 32)
        self._index.add(np.concatenate([self._hashes[rows], hashes]))
        inner_rows = np.array([row for row, _ in inner], np.int64)
        self._indexed_rows = np.concatenate([self._indexed_rows, rows, inner_rows])

    def not_compared(self) -> list[int]:
        """The visible photos that have not been compared yet."""
        return [int(i) for i in self._ids[self._visible & ~self._compared]]

    def start_comparing(self, inner: dict[int, bytes | None]) -> None:
        """Mark these photos as compared, and make them findable. inner: by photo id, the hash
        without the border, or None."""
        self._inner.update((i, value) for i, value in inner.items() if value)
        rows = np.array([self._row[i] for i in inner], np.int64)
        self._compared[rows] = True
        self._add_to_index(rows)

    def postpone(self, photo_ids: Iterable[int]) -> None:
        """Mark photos as not compared. They can still be found."""
        self._compared[[self._row[i] for i in photo_ids]] = False

    def is_compared(self, photo_id: int) -> bool:
        """Whether a photo has been compared, or is just being compared."""
        return photo_id in self._row and bool(self._compared[self._row[photo_id]])

    def is_visible(self, photo_id: int) -> bool:
        """Whether a photo has a present file."""
        return photo_id in self._row and bool(self._visible[self._row[photo_id]])

    def hashes(self, photo_id: int) -> list[bytes]:
        """The photo's hash and, if it has a border, its hash without the border."""
        own = self._hashes[self._row[photo_id]].tobytes()
        return [own, self._inner[photo_id]] if photo_id in self._inner else [own]

    def largest_first(self, ids: Iterable[int]) -> list[int]:
        """These photos by number of pixels, then by file size, in descending order."""
        return sorted(ids, key=self.size_rank)

    def size_rank(self, photo_id: int) -> tuple[int, int, int]:
        """A sort key that puts the largest photos first."""
        pixels, size = self._sizes[self._row[photo_id]].tolist()
        return -pixels, -size, photo_id

    def digest(self, photo_id: int) -> str:
        """The photo's content hash in hex."""
        return self._digests[self._row[photo_id]]

    def similar(self, new: list[int], executor: Executor | None) -> Iterator[Candidate]:
        """Pairs of these photos, with each other and with those compared before, that have similar
        hashes. executor: searches in parallel; None searches in this thread."""
        queries = [(i, value) for i in new for value in self.hashes(i)]
        if not queries:
            return
        matches = self._index.search(
            np.frombuffer(b"".join(value for _, value in queries), np.uint8).reshape(-1, 32),
            THRESHOLDS.max_bits,
            THRESHOLDS.max_even_bits,
            executor,
        )
        order = np.argsort(matches.distance, kind="stable")
        ids = np.array([i for i, _ in queries], np.int64)[matches.rows[order]]
        others = self._ids[self._indexed_rows[matches.columns[order]]]
        seen, count = set[tuple[int, int]](), dict[int, int]()
        for one, other, bits in zip(
            ids.tolist(), others.tolist(), matches.distance[order].tolist(), strict=True
        ):
            a, b = min(one, other), max(one, other)
            if a == b or (a, b) in seen or count.get(one, 0) >= THRESHOLDS.max_similar:
                continue
            count[one] = count.get(one, 0) + 1
            seen.add((a, b))
            yield Candidate(a, b, bits)


def close_neighbors(neighbors: list[tuple[int, float]], typical: float) -> list[int]:
    """The ids of those nearest neighbors that are closer than photos of similar subjects are.

    neighbors: (id, cosine), best first. typical: the median cosine, over the library, of the last
    neighbor in a full list; NaN while no list is full.
    """
    least = THRESHOLDS.min_cosine
    if len(neighbors) == NEIGHBOR_COUNT and not math.isnan(typical):
        most = typical + THRESHOLDS.min_gain_over_typical * (1 - typical)
        base = min(neighbors[-1][1], most)
        least = base + THRESHOLDS.min_gain * (1 - base)
    return [other for other, cosine in neighbors[: THRESHOLDS.max_neighbors] if cosine >= least]
