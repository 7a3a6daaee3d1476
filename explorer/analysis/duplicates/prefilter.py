"""The first and cheapest look at photos: what lies within a border, and whether those with similar
hashes may be one picture at all.

Of very many photos some have similar hashes by chance alone, each with the more the more there are.
Laying glimpses of both onto each other (`matching/thumbnail_registration.py`) rules nearly all of
them out in a tenth of what comparing previews would take; of the others it says how one lies on the
other, to a pixel or two.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from explorer.analysis.duplicates.candidates import MOST_BITS, HashedPhotos
from explorer.library.library import Library
from explorer.matching import geometry, phash_index, thumbnail_registration
from explorer.matching.geometry import Box, Matrix
from explorer.matching.thumbnail_registration import NormalizedThumbnail
from explorer.photos.hashing import perceptual_hash

# Correlation of glimpses below which two photos are not one picture. Of 7,000 copies of 360 photos,
# 22 kinds of them, that have similar hashes: 0.65 and more. Others with similar hashes: 0.2 in the
# middle, and five in six are below this.
LEAST_ALIKE = 0.5
# Ways by hash that are tried: with border and without.
_WAYS = 2
# Photos whose glimpses are kept at hand, 1 or 2 KB each.
_AT_HAND = 50_000
# Pairs that a thread lays at once.
_PART = thumbnail_registration.TOGETHER
_WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


class Glance(NamedTuple):
    """What is seen of every photo. inner: the hash of what lies within its border, or None.
    readable: whether it has a preview."""

    readable: bool
    inner: bytes | None


class RoughAlignment(NamedTuple):
    """How b may lie on a. alike: how much their glimpses correlate. unit: as unit squares."""

    alike: float
    unit: Matrix


class _Sight(NamedTuple):
    """One view of a photo: all of it, or what lies within its border. box: where that is, as shares
    of the sides."""

    small: NormalizedThumbnail
    box: Box


class Prefilter:
    """Glances at photos and remembers what it saw; safe to be used by several threads at once."""

    def __init__(self, library: Library, known: HashedPhotos) -> None:
        self._library, self._known = library, known
        self._sights = dict[int, tuple[_Sight, ...]]()

    def glance(self, photo_id: int) -> Glance:
        """The little that is looked at of every photo."""
        small = self._read(photo_id)
        if small is None:
            return Glance(False, None)
        box = geometry.framed(small)
        self._keep(photo_id, small, box)
        if box == _all_of(small):
            return Glance(True, None)
        left, top, right, bottom = map(int, box)
        return Glance(True, perceptual_hash(Image.fromarray(small[top:bottom, left:right])))

    def _read(self, photo_id: int) -> geometry.Grey | None:
        path = self._library.previews.path(self._known.digest(photo_id))
        small = read(path, cv2.IMREAD_REDUCED_GRAYSCALE_4)
        return (
            small
            if small is None or min(small.shape) >= thumbnail_registration.SIDE
            else read(path, cv2.IMREAD_GRAYSCALE)
        )

    def _keep(self, photo_id: int, small: geometry.Grey, box: Box) -> tuple[_Sight, ...]:
        sights = [_Sight(thumbnail_registration.glimpse(small), _WHOLE)]
        if box != _all_of(small):
            h, w = small.shape
            sights.append(
                _Sight(
                    thumbnail_registration.glimpse(small, box),
                    (box[0] / w, box[1] / h, box[2] / w, box[3] / h),
                )
            )
        self._sights[photo_id] = kept = tuple(sights)
        while len(self._sights) > _AT_HAND:
            self._sights.pop(next(iter(self._sights)), None)
        return kept

    def _seen(self, photo_id: int) -> tuple[_Sight, ...]:
        """The views of a photo, in the order of its hashes; none where it has no preview."""
        kept = self._sights.get(photo_id)
        if kept is not None:
            return kept
        small = self._read(photo_id)
        return () if small is None else self._keep(photo_id, small, geometry.framed(small))

    def lay(
        self, pairs: Sequence[tuple[int, int, bool]], spread: Callable[..., Iterable[Any]] = map
    ) -> list[list[RoughAlignment]]:
        """For each pair (a, b, however far their hashes are) the ways in which b may lie on a, the
        likeliest first. spread: `map`, or that of threads."""
        ids = list({i for a, b, _ in pairs for i in (a, b)})
        sights = dict(zip(ids, spread(self._seen, ids), strict=True))
        # Each view of the one with each of the other.
        views = [
            (number, mine[0], its[0], sights[a][i], sights[b][j])
            for number, (a, b, _) in enumerate(pairs)
            for i, mine in enumerate(self._known.hashes(a)[: len(sights[a])])
            for j, its in enumerate(self._known.hashes(b)[: len(sights[b])])
        ]
        ways = list[list[RoughAlignment]]([] for _ in pairs)
        if not views:
            return ways
        one, other = b"".join(view[1] for view in views), b"".join(view[2] for view in views)
        bits, how = phash_index.ways(
            *(np.frombuffer(some, np.uint8).reshape(-1, 32) for some in (one, other))
        )
        tried = list[int]()
        for number, same in itertools.groupby(range(len(views)), lambda row: views[row][0]):
            some = sorted(same, key=lambda row: int(bits[row]))[:_WAYS]
            tried += [row for row in some if bits[row] <= MOST_BITS or pairs[number][2]]
        parts = [tried[i : i + _PART] for i in range(0, len(tried), _PART)]
        laid = spread(
            lambda part: _lay([views[row][3:] for row in part], how[part].tolist()), parts
        )
        for row, way in zip(tried, itertools.chain.from_iterable(laid), strict=True):
            if way.alike >= LEAST_ALIKE:
                ways[views[row][0]].append(way)
        return [sorted(some, key=lambda way: -way.alike) for some in ways]


def _lay(views: Sequence[tuple[_Sight, _Sight]], how: Sequence[int]) -> list[RoughAlignment]:
    others = [
        thumbnail_registration.turned(other.small, way)
        for (_, other), way in zip(views, how, strict=True)
    ]
    laid = thumbnail_registration.lay(np.stack([one.small for one, _ in views]), np.stack(others))
    found = list[RoughAlignment]()
    for (one, other), way, alike, box in zip(
        views, how, laid.alike.tolist(), laid.boxes.tolist(), strict=True
    ):
        left, top, right, bottom = one.box
        w, h = right - left, bottom - top
        here = left + box[0] * w, top + box[1] * h, left + box[2] * w, top + box[3] * h
        found.append(RoughAlignment(alike, geometry.edges_onto_edges(way, here, other.box)))
    return found


def _all_of(grey: geometry.Grey) -> Box:
    return 0.0, 0.0, float(grey.shape[1]), float(grey.shape[0])


def read(path: os.PathLike[str], how: int) -> npt.NDArray[np.uint8] | None:
    """A preview as OpenCV decodes it; None where it is not there or is broken."""
    try:
        data = np.fromfile(path, np.uint8)
        picture = cv2.imdecode(data, how) if len(data) else None
    except (OSError, cv2.error):
        return None
    return None if picture is None else np.asarray(picture, np.uint8)
