"""Compare pairs of photos by their previews.

The cheap checks run first, up to the first that decides. Where registered thumbnails suggest
an alignment (`prefilter.py`), previews are compared at once. If that finds no copy, or if photos
are close by embedding alone, keypoints (`matching/keypoints.py`) find whether and how they can be
aligned, and previews are compared only then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np

from explorer.analysis.duplicates.candidates import HashedPhotos
from explorer.analysis.duplicates.pair_relation import pair_relation
from explorer.analysis.duplicates.prefilter import Prefilter, RoughAlignment
from explorer.analysis.duplicates.preview_images import PreviewCache, PreviewImage
from explorer.library.library import Library
from explorer.matching import geometry, keypoints, same_picture
from explorer.matching.geometry import Matrix
from explorer.matching.keypoints import KeypointMatch, Keypoints
from explorer.matching.pair_alignment import align_and_measure
from explorer.matching.pair_measurements import PairMeasurements
from explorer.matching.same_picture_thresholds import SAME_PICTURE


@dataclass(frozen=True)
class ComparisonThresholds:
    """Thresholds that decide a pair's checks. Set with `python run.py bench duplicates`."""

    min_inliers: int = 6
    """Keypoints that must agree on a transform before previews are compared."""
    accurate_inliers: int = 25
    """Keypoints that give the transform to about two pixels."""
    scene_inliers: int = 14
    """Keypoints that show that two photos are of one scene."""
    min_area: float = 1e-3
    """Ratio of areas below which a transform is considered degenerate."""
    max_offset: float = 2.0
    """Maximum distance in pixels between two transforms that are considered equal."""
    max_shot_offset: float = 10.0
    """The same if registration from the first one has shown two shots of one scene: from a start so
    near, it would end in the same place."""
    small_side: int = 160
    """Shorter side of a preview, in pixels, below which thumbnails align to two pixels."""
    accurate_correlation: float = 0.9
    """Correlation of thumbnails that gives the transform to about two pixels."""
    probable_correlation: float = 0.97
    """Correlation of thumbnails from which full size is compared at once. Half of the copies exceed
    it, but only one in fifty of the shots in a burst."""
    promising_correlation: float = 0.8
    """Correlation of thumbnails from which photos with nothing but similar hashes are also compared
    by keypoints."""


THRESHOLDS = ComparisonThresholds()


class PairComparison(NamedTuple):
    """The result of comparing two photos, a < b."""

    a: int
    b: int
    inliers: int
    """Keypoints that agree on a transform; 0 if keypoints were not needed."""
    measurements: PairMeasurements | None
    """None if the previews could not be aligned."""
    relation: dict[str, Any]
    """The relation of b to a, as stored (`same_picture.relation`)."""


class PairRequest(NamedTuple):
    """Two photos to be compared, a < b."""

    a: int
    b: int
    expected: Matrix | None = None
    """The transform from b to a, between unit squares, if both are copies of a third photo."""
    use_keypoints: bool = True
    """Whether more than similar hashes suggests one picture, so that keypoints are compared."""
    are_shots: bool = False
    """Whether they are known to be two shots, and the only question is whether of one scene."""


class PairComparer:
    """Compares pairs. Several threads may use it at once: nearly all of the work is OpenCV's."""

    def __init__(
        self,
        library: Library,
        photos: HashedPhotos,
        prefilter: Prefilter,
        executor: Executor | None = None,
    ) -> None:
        """executor: compares pairs in parallel; None compares in this thread."""
        self._prefilter, self._executor = prefilter, executor
        # Pairs are compared in as many threads as there are cores; OpenCV's own threads would only
        # compete with them.
        cv2.setNumThreads(1)
        self._previews = PreviewCache(library, photos)

    def compare_all(self, requests: Sequence[PairRequest]) -> list[PairComparison | None]:
        """`compare` for each request, in their order."""
        alignments = self._prefilter.align(
            [(request.a, request.b, request.use_keypoints) for request in requests], self._executor
        )
        run = map if self._executor is None else self._executor.map
        return list(run(self.compare, requests, alignments))

    def new_keypoints(self) -> Iterator[tuple[int, bytes]]:
        """(photo id, packed keypoints) of the photos whose keypoints were detected since this was
        last called."""
        return self._previews.new_keypoints()

    def compare(
        self, request: PairRequest, alignments: Sequence[RoughAlignment]
    ) -> PairComparison | None:
        """Compare two photos; None if nothing suggests one picture or scene.

        alignments: how b may be aligned with a, best first.
        """
        if not alignments and not request.use_keypoints:
            return None
        a, b = request.a, request.b
        one, other = self._previews.image(a), self._previews.image(b)
        promising = bool(alignments) and (
            alignments[0].correlation >= THRESHOLDS.promising_correlation
        )
        if request.are_shots and (request.use_keypoints or promising):
            match, _ = self._match_keypoints(request, one, other)
            if match.inliers >= THRESHOLDS.scene_inliers:
                return PairComparison(a, b, match.inliers, None, {})
        best = _measure_rough_alignments(request, alignments, one, other)
        decided = best is not None and same_picture.is_same_picture(best)
        if decided or not (request.use_keypoints or promising):
            return PairComparison(a, b, 0, best, pair_relation(best, one, other)) if best else None
        match, matrix = self._match_keypoints(request, one, other)
        if matrix is not None and not (best and _ends_there(best, matrix, other)):
            accurate = match.inliers >= THRESHOLDS.accurate_inliers
            best = _better(_measure(one, other, matrix, near=accurate), best)
        if best is None and match.inliers < THRESHOLDS.scene_inliers:
            return None
        relation = pair_relation(best, one, other) if best else {}
        return PairComparison(a, b, match.inliers, best, relation)

    def _match_keypoints(
        self, request: PairRequest, one: PreviewImage, other: PreviewImage
    ) -> tuple[KeypointMatch, Matrix | None]:
        """Call `_match_keypoints`, and note the photos so that new keypoints are stored."""
        found = _match_keypoints(one, other)
        self._previews.note_matched(request.a, one)
        self._previews.note_matched(request.b, other)
        return found


def _measure_rough_alignments(
    request: PairRequest,
    alignments: Sequence[RoughAlignment],
    one: PreviewImage,
    other: PreviewImage,
) -> PairMeasurements | None:
    """The measurements of the first alignment that shows one picture, else of the best one."""
    tried = [(each.unit, each.correlation) for each in alignments]
    if request.expected is not None:
        tried.insert(0, (request.expected, 1.0))
    best: PairMeasurements | None = None
    for unit, correlation in tried:
        measured = _measure_unit(one, other, unit, correlation)
        if measured is not None and same_picture.is_same_picture(measured):
            return measured
        if measured is not None and (best is None or measured.median > best.median):
            best = measured
    return best


def _better(
    measured: PairMeasurements | None, best: PairMeasurements | None
) -> PairMeasurements | None:
    """The better of two: the one that shows one picture, else the one that correlates better."""
    if measured is None or best is None:
        return measured or best
    better = same_picture.is_same_picture(measured) or measured.median > best.median
    return measured if better else best


def _match_keypoints(one: PreviewImage, other: PreviewImage) -> tuple[KeypointMatch, Matrix | None]:
    """Match the keypoints of two photos; if too few agree, also those of one's mirror image.

    Returns the match, and the transform from `other` to `one` in pixels of the previews; None if
    there is none.
    """
    if one.keypoints is None or other.keypoints is None:
        return KeypointMatch(0, None), None
    # Mirrored keypoints are not stored: use those of the photo whose preview is in memory.
    if one.is_loaded and not other.is_loaded:
        match, matrix = _match_keypoints_of(other, other.keypoints, one, one.keypoints)
        return match, None if matrix is None else geometry.invert(matrix)
    return _match_keypoints_of(one, one.keypoints, other, other.keypoints)


def _match_keypoints_of(
    target: PreviewImage,
    target_keypoints: Keypoints,
    source: PreviewImage,
    source_keypoints: Keypoints,
) -> tuple[KeypointMatch, Matrix | None]:
    """As `_match_keypoints`, with the transform from `source` to `target`."""
    match, mirrored = keypoints.match(target_keypoints, source_keypoints), False
    if match.inliers < THRESHOLDS.min_inliers and source.mirrored_keypoints is not None:
        other = keypoints.match(target_keypoints, source.mirrored_keypoints)
        if other.inliers > match.inliers:
            match, mirrored, source_keypoints = other, True, source.mirrored_keypoints
    if match.transform is None or match.inliers < THRESHOLDS.min_inliers:
        return match, None
    if target.gray is None or source.gray is None:
        return match, None
    matrix = keypoints.to_image_pixels(
        match.transform,
        target_keypoints,
        source_keypoints,
        target.gray.shape,
        source.gray.shape,
        mirrored=mirrored,
    )
    if abs(np.linalg.det(matrix[:, :2])) < THRESHOLDS.min_area:
        return match, None
    return match, matrix


def _ends_there(done: PairMeasurements, matrix: Matrix, other: PreviewImage) -> bool:
    """Whether registration from a transform would end where it already has."""
    if other.gray is None:
        return False
    h, w = other.gray.shape
    corners = np.array([[0, w, 0, w], [0, 0, h, h], [1, 1, 1, 1]])
    offset = (done.matrix - geometry.axis_aligned(matrix, other.gray.shape)) @ corners
    limit = THRESHOLDS.max_shot_offset if done.shows_two_shots else THRESHOLDS.max_offset
    return bool(np.abs(offset).max() < limit)


def _measure_unit(
    one: PreviewImage, other: PreviewImage, unit: Matrix, correlation: float
) -> PairMeasurements | None:
    """Call `align_and_measure` for two previews, starting from a transform between unit squares.

    correlation: of their thumbnails. If it is high, the transform is accurate to about two pixels,
    and the full search follows only if measuring from there fails.
    """
    if one.gray is None or other.gray is None:
        return None
    matrix = geometry.unit_to_pixels(unit, one.gray.shape, other.gray.shape)
    is_small = min(one.gray.shape + other.gray.shape) < THRESHOLDS.small_side
    measured: PairMeasurements | None = None
    if correlation >= THRESHOLDS.accurate_correlation or is_small:
        probable = correlation >= THRESHOLDS.probable_correlation
        measured = align_and_measure(one.gray, other.gray, matrix, near=True, probable=probable)
    if measured is None or (
        measured.median < SAME_PICTURE.min_median and not measured.shows_two_shots
    ):
        measured = align_and_measure(one.gray, other.gray, matrix) or measured
    return measured


def _measure(
    one: PreviewImage, other: PreviewImage, matrix: Matrix, *, near: bool
) -> PairMeasurements | None:
    """Call `align_and_measure` for two previews; None if one of them cannot be read."""
    if one.gray is None or other.gray is None:
        return None
    return align_and_measure(one.gray, other.gray, matrix, near=near)
