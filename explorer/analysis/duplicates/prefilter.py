"""The cheap check of candidates: whether 32×32 thumbnails of two photos can be aligned at all.

In a large library, some perceptual hashes collide by chance. Registering thumbnails
(`matching/thumbnail_registration.py`) rules out nearly all of these, in a tenth of the time that
comparing previews takes; for the others it gives the transform, to a pixel or two.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from explorer.analysis.duplicates import candidates
from explorer.analysis.duplicates.candidates import HashedPhotos
from explorer.library.library import Library
from explorer.matching import geometry, phash_index, thumbnail_registration
from explorer.matching.borders import content_box_without_bars
from explorer.matching.geometry import Box, Gray, Matrix
from explorer.matching.thumbnail_registration import NormalizedThumbnail
from explorer.photos.hashing import perceptual_hash


@dataclass(frozen=True)
class PrefilterThresholds:
    """Thresholds for two photos that can be the same picture. Set with `python run.py bench
    duplicates`."""

    min_correlation: float = 0.5
    """Correlation of the thumbnails. It is at least 0.65 for 7,000 copies, of 22 kinds, of 360
    photos, as far as their hashes are similar. For other photos with similar hashes the median is
    0.2, and five in six are below this."""
    max_view_pairs: int = 2
    """Pairs of views (with and without the border) that are registered, most similar hashes
    first."""


THRESHOLDS = PrefilterThresholds()
# Photos whose thumbnails are cached, 1 or 2 KB each.
_CACHED_PHOTOS = 50_000
# Pairs that a thread registers at once.
_BATCH_SIZE = thumbnail_registration.BATCH_SIZE
_WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


class PreviewCheck(NamedTuple):
    """What is read from the preview of each new photo."""

    readable: bool
    """Whether there is a preview that can be decoded."""
    inner: bytes | None
    """The perceptual hash without the border; None if there is no border."""


class RoughAlignment(NamedTuple):
    """A possible alignment of photo b with photo a."""

    correlation: float
    """Of their thumbnails, -1 to 1."""
    unit: Matrix
    """(2, 3), maps b to a, between unit squares."""


class _View(NamedTuple):
    """All of a photo, or the part inside its border."""

    thumbnail: NormalizedThumbnail
    box: Box
    """Left, top, right and bottom of the part, as shares of the sides."""


class _ViewPair(NamedTuple):
    """A view of each of two photos, with their hashes."""

    pair: int
    """The number of the pair of photos."""
    one_hash: bytes
    other_hash: bytes
    one: _View
    other: _View


class Prefilter:
    """Registers thumbnails of pairs, and caches the thumbnails; may be used by several threads."""

    def __init__(self, library: Library, photos: HashedPhotos) -> None:
        self._library, self._photos = library, photos
        self._views = dict[int, tuple[_View, ...]]()

    def check_preview(self, photo_id: int) -> PreviewCheck:
        """Read the preview of a new photo, and find its border."""
        gray = self._read(photo_id)
        if gray is None:
            return PreviewCheck(False, None)
        box = content_box_without_bars(gray)
        self._cache(photo_id, gray, box)
        if box == _whole_box(gray):
            return PreviewCheck(True, None)
        left, top, right, bottom = map(int, box)
        inner = perceptual_hash(Image.fromarray(gray[top:bottom, left:right]))
        return PreviewCheck(True, inner)

    def _read(self, photo_id: int) -> Gray | None:
        """The preview at a quarter of its size, or at its full size where that is too small."""
        path = self._library.previews.path(self._photos.digest(photo_id))
        gray = read_image(path, cv2.IMREAD_REDUCED_GRAYSCALE_4)
        if gray is None or min(gray.shape) >= thumbnail_registration.SIDE:
            return gray
        return read_image(path, cv2.IMREAD_GRAYSCALE)

    def _cache(self, photo_id: int, gray: Gray, box: Box) -> tuple[_View, ...]:
        views = [_View(thumbnail_registration.normalized_thumbnail(gray), _WHOLE)]
        if box != _whole_box(gray):
            h, w = gray.shape
            shares = (box[0] / w, box[1] / h, box[2] / w, box[3] / h)
            inside = thumbnail_registration.normalized_thumbnail(gray, box)
            views.append(_View(inside, shares))
        self._views[photo_id] = kept = tuple(views)
        while len(self._views) > _CACHED_PHOTOS:
            self._views.pop(next(iter(self._views)), None)
        return kept

    def _views_of(self, photo_id: int) -> tuple[_View, ...]:
        """The views of a photo, in the order of its hashes; none if it has no preview."""
        cached = self._views.get(photo_id)
        if cached is not None:
            return cached
        gray = self._read(photo_id)
        return () if gray is None else self._cache(photo_id, gray, content_box_without_bars(gray))

    def align(
        self, pairs: Sequence[tuple[int, int, bool]], executor: Executor | None = None
    ) -> list[list[RoughAlignment]]:
        """For each pair, how b may be aligned with a, best first; empty if it cannot be.

        pairs: (a, b, whether to try however different their hashes are). executor: works in
        parallel; None works in this thread.
        """
        run = map if executor is None else executor.map
        view_pairs = self._view_pairs(pairs, executor)
        alignments = list[list[RoughAlignment]]([] for _ in pairs)
        if not view_pairs:
            return alignments
        bits, orientations = phash_index.best_orientations(
            _hash_rows(pair.one_hash for pair in view_pairs),
            _hash_rows(pair.other_hash for pair in view_pairs),
        )
        tried = list[int]()
        for number, rows in itertools.groupby(
            range(len(view_pairs)), lambda row: view_pairs[row].pair
        ):
            best = sorted(rows, key=lambda row: int(bits[row]))[: THRESHOLDS.max_view_pairs]
            max_bits = candidates.THRESHOLDS.max_bits
            tried += [row for row in best if bits[row] <= max_bits or pairs[number][2]]
        batches = [tried[i : i + _BATCH_SIZE] for i in range(0, len(tried), _BATCH_SIZE)]
        found = run(
            lambda rows: _register([view_pairs[row] for row in rows], orientations[rows].tolist()),
            batches,
        )
        for row, alignment in zip(tried, itertools.chain.from_iterable(found), strict=True):
            if alignment.correlation >= THRESHOLDS.min_correlation:
                alignments[view_pairs[row].pair].append(alignment)
        return [sorted(some, key=lambda each: -each.correlation) for some in alignments]

    def _view_pairs(
        self, pairs: Sequence[tuple[int, int, bool]], executor: Executor | None
    ) -> list[_ViewPair]:
        """Each view of the one photo with each of the other, for all pairs."""
        run = map if executor is None else executor.map
        ids = list({i for a, b, _ in pairs for i in (a, b)})
        views = dict(zip(ids, run(self._views_of, ids), strict=True))
        return [
            _ViewPair(number, one_hash, other_hash, one, other)
            for number, (a, b, _) in enumerate(pairs)
            for one, one_hash in zip(views[a], self._photos.hashes(a), strict=False)
            for other, other_hash in zip(views[b], self._photos.hashes(b), strict=False)
        ]


def _hash_rows(hashes: Iterable[bytes]) -> npt.NDArray[np.uint8]:
    """Perceptual hashes as an array, (n, 32)."""
    return np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, 32)


def _register(pairs: Sequence[_ViewPair], orientations: Sequence[int]) -> list[RoughAlignment]:
    """Register the thumbnails of these pairs of views, the second ones in these orientations."""
    others = [
        thumbnail_registration.oriented(pair.other.thumbnail, orientation)
        for pair, orientation in zip(pairs, orientations, strict=True)
    ]
    found = thumbnail_registration.register_thumbnails(
        np.stack([pair.one.thumbnail for pair in pairs]), np.stack(others)
    )
    alignments = list[RoughAlignment]()
    for pair, orientation, correlation, box in zip(
        pairs, orientations, found.correlation.tolist(), found.boxes.tolist(), strict=True
    ):
        left, top, right, bottom = pair.one.box
        w, h = right - left, bottom - top
        target = left + box[0] * w, top + box[1] * h, left + box[2] * w, top + box[3] * h
        unit = geometry.box_to_box_edges(orientation, target, pair.other.box)
        alignments.append(RoughAlignment(correlation, unit))
    return alignments


def _whole_box(gray: Gray) -> Box:
    return 0.0, 0.0, float(gray.shape[1]), float(gray.shape[0])


def read_image(path: os.PathLike[str], flags: int) -> npt.NDArray[np.uint8] | None:
    """A preview as OpenCV decodes it with these flags; None if it is missing or damaged."""
    try:
        data = np.fromfile(path, np.uint8)
        picture = cv2.imdecode(data, flags) if len(data) else None
    except (OSError, cv2.error):
        return None
    return None if picture is None else np.asarray(picture, np.uint8)
