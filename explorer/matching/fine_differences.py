"""Find differences between two aligned pictures that are too small for their previews, such as
other words or numbers on a page.

Edges are displaced by a fraction of a pixel and compression adds noise, so a pixel differs only if
it is beyond the range of the pixels around the same place in the other picture, in either
direction.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from explorer.matching.geometry import Gray, Matrix, invert, rescale, unit_to_pixels
from explorer.matching.pair_alignment import align_and_measure
from explorer.matching.registration import BLOCK_SIZE

# The longer side at which pictures are compared, in pixels: letters of 8 points on a page of 11
# inches are 14 pixels high.
MAX_SIDE = 2048
# The sigma in pixels of the Gaussian blur that evens out compression and resampling, the side in
# pixels of the area in which a pixel must have its counterpart, and the margin along the edges of
# the overlap that is not compared.
_SIGMA, _AREA, _MARGIN = 0.8, 3, 4
# The minimum difference in gray levels, and in multiples of the difference that one in 100 pixels
# with detail has in this pair. Copies of documents, compressed, scaled and sharpened: 0 to 50
# levels, or twice that difference; other digits: 85 to 190 levels.
_MIN_DIFFERENCE, _MAX_MIN_DIFFERENCE, _NOISE_FACTOR = 55, 100, 2.2
# A pixel has detail if the levels around it have at least this range.
_DETAIL, _MIN_DETAILED = 40, 100
# The minimum number of different pixels within the area of one block.
_MIN_PIXELS = 2
# The minimum number of pixels of a level for which the mapping of tones is measured.
_MIN_COUNT = 20
# Scales that differ by less than this are not resampled before they are aligned.
_EQUAL_SCALE = 0.02


def has_fine_differences(one: Gray, other: Gray, unit: Matrix) -> bool:
    """Whether anything that the size of the coarser picture shows is visible in only one of two
    pictures, where they overlap.

    unit: maps `other` to `one` approximately, as unit squares (2×3).
    """
    matrix = unit_to_pixels(unit, one.shape, other.shape)
    measured = align_and_measure(one, other, matrix, near=True, probable=True)
    if measured is not None:
        matrix = measured.matrix
    if abs(np.linalg.det(matrix[:, :2])) > 1:
        # `other` is the coarser one.
        return _differ(other, one, invert(matrix))
    return _differ(one, other, matrix)


def _differ(base: Gray, finer: Gray, matrix: Matrix) -> bool:
    """The same for two pictures of which the first is the coarser one. matrix: maps `finer` to
    `base`, in pixels."""
    moved, inside = _warp(finer, matrix, (base.shape[1], base.shape[0]))
    other = _blurred(moved)
    one = _match_tones(_blurred(base), other, inside)
    window = np.ones((_AREA, _AREA), np.uint8)
    ranges = [(cv2.erode(each, window), cv2.dilate(each, window)) for each in (one, other)]
    beyond = [
        cv2.max(cv2.subtract(each, high), cv2.subtract(low, each))
        for each, (low, high) in zip((one, other), ranges[::-1], strict=True)
    ]
    difference = np.where(inside, cv2.max(*beyond), 0)
    detailed = inside & (cv2.subtract(ranges[0][1], ranges[0][0]) >= _DETAIL)
    noise = float(np.percentile(difference[detailed], 99)) if detailed.sum() > _MIN_DETAILED else 0
    least = min(max(_MIN_DIFFERENCE, _NOISE_FACTOR * noise), _MAX_MIN_DIFFERENCE)
    differs = (difference >= least).astype(np.float32)
    in_block = cv2.boxFilter(differs, -1, (BLOCK_SIZE, BLOCK_SIZE), normalize=False)
    return bool(in_block.max() > _MIN_PIXELS - 0.5)


def _warp(finer: Gray, matrix: Matrix, size: tuple[int, int]) -> tuple[Gray, npt.NDArray[np.bool_]]:
    """A picture in the pixels of the coarser one, and where the coarser one is covered by it.
    size: (width, height)."""
    scale = float(abs(np.linalg.det(matrix[:, :2]))) ** 0.5
    if scale < 1 - _EQUAL_SCALE:
        height, width = (max(1, round(side * scale)) for side in finer.shape)
        reduced = np.array([finer.shape[1] / width, finer.shape[0] / height])
        finer = np.asarray(cv2.resize(finer, (width, height), interpolation=cv2.INTER_AREA))
        matrix = rescale(matrix, reduced, np.ones(2))
    moved = cv2.warpAffine(
        finer, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    covered = cv2.warpAffine(np.full_like(finer, 255), matrix, size, flags=cv2.INTER_NEAREST)
    margin = np.ones((2 * _MARGIN + 1, 2 * _MARGIN + 1), np.uint8)
    inside = cv2.erode(covered, margin, borderType=cv2.BORDER_CONSTANT, borderValue=(0, 0, 0, 0))
    return np.asarray(moved, np.uint8), np.asarray(inside > 0)


def _blurred(gray: Gray) -> Gray:
    return np.asarray(cv2.GaussianBlur(gray, (0, 0), _SIGMA), np.uint8)


def _match_tones(gray: Gray, like: Gray, inside: npt.NDArray[np.bool_]) -> Gray:
    """A picture with the tones of the other one, its brightness and contrast."""
    levels, targets = gray[inside] >> 2, like[inside]
    count = np.bincount(levels, minlength=64)
    frequent = np.flatnonzero(count > _MIN_COUNT)
    if len(frequent) < 2:
        return gray
    old, new = (
        np.bincount(levels, weights=values, minlength=64)[frequent] / count[frequent]
        for values in (gray[inside], targets)
    )
    table = np.interp(np.arange(256), old, new).round().clip(0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(gray, table), np.uint8)
