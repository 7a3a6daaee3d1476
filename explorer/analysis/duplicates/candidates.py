"""Which photos are worth comparing with a new one: found by their hashes and by their nearness,
without opening any file.

A copy that shows nearly the whole picture has a similar hash, in one of eight orientations. A
bordered copy has one without its border (`inner`). What is left, mostly cropped copies and other
shots of a scene, is near by embedding: nearer than photos of like subjects are to each other there.
How near that is differs from encoder to encoder, from library to library, and between its crowded
and lonely places; so it is measured against the last of a photo's nearest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.keypoint_store import PhotoFingerprints
from explorer.library.neighbor_store import NEIGHBOR_COUNT
from explorer.matching import phash_index

# Bits by which hashes may differ, and by which their even words alone may
# (`matching/phash_index.py`).
MOST_BITS, MOST_EVEN = 80, 20
# Photos with similar hashes that are looked at, the most similar first. Pages of text are all a
# little alike.
_MOST_ALIKE = 24
# Nearest photos by embedding that are looked at.
_NEIGHBOURS = 12
# Of what lies between the last of a photo's nearest (cosine) and sameness, the share by which a
# nearer one must be nearer. The last counts for no more than what it usually is and that share
# again: within a long burst all are near.
_NEARER, _USUAL = 0.6, 0.5
# Where there are no more photos than have a list of all others, nothing is usual; then this cosine
# is near.
_NEAR = 0.3


class Candidate(NamedTuple):
    """Two photos, a < b, that are worth a closer look. bits: by which their hashes differ, or
    MOST_BITS + 1 where they are far. near: by embedding."""

    a: int
    b: int
    bits: int
    near: bool = False


class HashedPhotos:
    """All photos' hashes, by id. Those that wait to be compared are found from the moment they are
    taken up (`take_up`)."""

    def __init__(self, looks: PhotoFingerprints) -> None:
        self._place = dict[int, int]()
        self._ids = np.zeros(0, np.int64)
        self._hashes = np.zeros((0, 32), np.uint8)
        self._sizes = np.zeros((0, 2), np.int64)
        self._digests = list[str]()
        self._compared, self._visible = np.zeros(0, bool), np.zeros(0, bool)
        self._inner = dict[int, bytes]()
        self._table, self._rows = phash_index.PhashIndex(), np.zeros(0, np.int64)
        self.update(looks)

    def update(self, looks: PhotoFingerprints) -> None:
        """Take in photos that are new, or have come or gone."""
        places = [self._place.get(i) for i in looks.ids.tolist()]
        for row, place in enumerate(places):
            if place is not None:
                self._visible[place] = looks.visible[row]
        fresh = [row for row, place in enumerate(places) if place is None]
        start = len(self._ids)
        self._ids = np.concatenate([self._ids, looks.ids[fresh]])
        self._hashes = np.concatenate([self._hashes, looks.hashes[fresh]])
        self._sizes = np.concatenate([self._sizes, looks.sizes[fresh]])
        self._digests += [looks.digests[row] for row in fresh]
        self._compared = np.concatenate([self._compared, looks.compared[fresh]])
        self._visible = np.concatenate([self._visible, looks.visible[fresh]])
        self._place.update((int(i), start + n) for n, i in enumerate(looks.ids[fresh]))
        self._inner.update(
            (i, looks.inner[i]) for i in looks.ids[fresh].tolist() if i in looks.inner
        )
        self._enter(start + np.flatnonzero(looks.compared[fresh]))

    def __len__(self) -> int:
        return len(self._ids)

    def _enter(self, places: npt.NDArray[np.int64]) -> None:
        """Let these photos be found."""
        inner = [
            (place, self._inner[i])
            for place in places.tolist()
            if (i := int(self._ids[place])) in self._inner
        ]
        hashes = np.frombuffer(b"".join(value for _, value in inner), np.uint8).reshape(-1, 32)
        self._table.add(np.concatenate([self._hashes[places], hashes]))
        self._rows = np.concatenate(
            [self._rows, places, np.array([place for place, _ in inner], np.int64)]
        )

    def waiting(self) -> list[int]:
        """Photos that have not been compared."""
        return [int(i) for i in self._ids[self._visible & ~self._compared]]

    def take_up(self, inner: dict[int, bytes | None]) -> None:
        """Photos that are compared now, with the hash of what lies within their border, or None."""
        self._inner.update((i, value) for i, value in inner.items() if value)
        places = np.array([self._place[i] for i in inner], np.int64)
        self._compared[places] = True
        self._enter(places)

    def has(self, photo_id: int) -> bool:
        """Whether a photo can be compared with: it has been, or is just now."""
        return photo_id in self._place and bool(self._compared[self._place[photo_id]])

    def is_visible(self, photo_id: int) -> bool:
        return photo_id in self._place and bool(self._visible[self._place[photo_id]])

    def hashes(self, photo_id: int) -> list[tuple[bytes, bool]]:
        """The photo's hash and, where it has a border, that of what lies within: (hash, whether it
        is the latter)."""
        own = [(bytes(self._hashes[self._place[photo_id]].tobytes()), False)]
        return [*own, (self._inner[photo_id], True)] if photo_id in self._inner else own

    def largest(self, ids: Iterable[int]) -> list[int]:
        """These photos, the one with most pixels first; among those with as many, the one with most
        bytes."""
        return sorted(ids, key=self.rank)

    def rank(self, photo_id: int) -> tuple[int, int, int]:
        pixels, size = self._sizes[self._place[photo_id]].tolist()
        return -pixels, -size, photo_id

    def digest(self, photo_id: int) -> str:
        return self._digests[self._place[photo_id]]

    def similar(self, new: list[int], spread: Callable[..., Iterable[Any]]) -> Iterator[Candidate]:
        """Pairs with similar hashes of these photos, with one another and with those compared
        before. spread: `map`, or that of threads."""
        asked = [(i, value) for i in new for value, _ in self.hashes(i)]
        if not asked:
            return
        near = self._table.near(
            np.frombuffer(b"".join(v for _, v in asked), np.uint8).reshape(-1, 32),
            MOST_BITS,
            MOST_EVEN,
            spread,
        )
        order = np.argsort(near.distance, kind="stable")
        ids = np.array([i for i, _ in asked], np.int64)[near.rows[order]]
        others = self._ids[self._rows[near.columns[order]]]
        seen, count = set[tuple[int, int]](), dict[int, int]()
        for one, other, bits in zip(
            ids.tolist(), others.tolist(), near.distance[order].tolist(), strict=True
        ):
            a, b = min(one, other), max(one, other)
            if a == b or (a, b) in seen or count.get(one, 0) >= _MOST_ALIKE:
                continue
            count[one] = count.get(one, 0) + 1
            seen.add((a, b))
            yield Candidate(a, b, bits)


def nearest(near: list[tuple[int, float]], usual: float) -> list[int]:
    """Of a photo's nearest, best first with their cosines, those that are nearer than by a like
    subject. usual: the cosine that the last of a full list has, in the middle of the library; NaN
    while no list is full."""
    least = _NEAR
    if len(near) == NEIGHBOR_COUNT and not math.isnan(usual):
        base = min(near[-1][1], usual + _USUAL * (1 - usual))
        least = base + _NEARER * (1 - base)
    return [other for other, score in near[:_NEIGHBOURS] if score >= least]
