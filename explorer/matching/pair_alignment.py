"""Align two images to a fraction of a pixel, and measure how they compare.

Registration is coarse to fine: at half the size first if that is large enough, then at full size.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from explorer.matching.borders import content_box
from explorer.matching.geometry import Box, Gray, Matrix, axis_aligned, compose, invert, rescale
from explorer.matching.pair_measurements import PairMeasurements, is_hardly_moved, measure_pair
from explorer.matching.registration import BLOCK_SIZE, BlockResiduals, RegistrationLevel
from explorer.matching.same_picture_thresholds import SAME_PICTURE

Floats = npt.NDArray[np.float32]
Values = npt.NDArray[np.float64]

# The maximum number of registration steps at each scale.
_MAX_STEPS = 3
# Registration has converged once a step moves the corners by fewer pixels than this.
_CONVERGED = 0.1
# The minimum number of blocks along an image's shorter side, at either scale.
_MIN_BLOCKS_ACROSS = 3
# The range of plausible ratios of areas: the sides of previews are 48 to 512 pixels.
_MIN_AREA, _MAX_AREA = 1e-3, 256.0
# Scales that differ by less than this count as equal: they are not known more precisely before the
# images are aligned.
_EQUAL_SCALE = 0.02
# Images of the same size whose corners are within this many pixels may need no transform at all.
_NEAR_IDENTITY = 4.0
# The minimum median block correlation at half the size for trying full size. Copies have at least
# twice as much.
_MIN_COARSE_MEDIAN = 0.3


class _Aligned(NamedTuple):
    """The result of registration at one scale."""

    level: RegistrationLevel
    residuals: BlockResiduals
    transform: Matrix


def align_and_measure(
    one: Gray, other: Gray, matrix: Matrix, *, near: bool = False, probable: bool = False
) -> PairMeasurements | None:
    """Align `other` with `one` by scaling and translation, and measure how they compare.

    matrix: maps `other` to `one` approximately, in their own pixels (2×3). near: whether it is
    accurate to about two pixels rather than ten. probable: whether the images are probably copies,
    so that it is not worth checking for two shots at half the size first. Returns None if the
    images cannot be aligned.
    """
    if (measured := _measure_unmoved(one, other, matrix)) is not None:
        return measured
    matrix = axis_aligned(matrix, other.shape)
    scale = float(abs(np.linalg.det(matrix[:, :2]))) ** 0.5
    # The base is the coarser image or, at equal scales, the smaller one, because the other image
    # covers all of its blocks.
    swapped = scale < 1 if abs(scale - 1) > _EQUAL_SCALE else one.size < other.size
    base, moved, transform = (one, other, invert(matrix)) if swapped else (other, one, matrix)
    side = min(base.shape)
    if side < _MIN_BLOCKS_ACROSS * BLOCK_SIZE or not _is_plausible(transform):
        return None
    boxes = content_box(base), content_box(moved)
    images = base.astype(np.float32), moved.astype(np.float32)
    probable = probable or is_hardly_moved(transform, base.shape, moved.shape)
    measured = _measure_from(images, transform, boxes, near=near, probable=probable)
    return replace(measured, matrix=invert(measured.matrix)) if measured and swapped else measured


def _measure_from(
    images: tuple[Floats, Floats],
    transform: Matrix,
    boxes: tuple[Box, Box],
    *,
    near: bool,
    probable: bool,
) -> PairMeasurements | None:
    """Align the second image with the first one, and measure them: at half the size if that shows
    two shots, else at full size. The measured matrix maps the first image to the second one."""
    base, moved = images
    if min(base.shape) >= 2 * _MIN_BLOCKS_ACROSS * BLOCK_SIZE and not (near and probable):
        coarse = _measure_at_half_size(images, transform, boxes)
        if (
            coarse is not None
            and coarse.distortion > SAME_PICTURE.max_coarse_distortion
            and not is_hardly_moved(coarse.matrix, base.shape, moved.shape)
        ):
            return coarse
        if not near:
            if coarse is None:
                return None
            transform = coarse.matrix
    aligned = _register(images, transform, boxes)
    if aligned is None:
        return None
    return measure_pair(aligned.level, aligned.residuals, aligned.transform, boxes)


def _measure_unmoved(one: Gray, other: Gray, matrix: Matrix) -> PairMeasurements | None:
    """Measure two images of the same size without a transform, if theirs is nearly the identity.

    A copy of the same size needs no transform: registration that starts at the identity stays
    within a tenth of a pixel of it. None if the result does not look like a copy.
    """
    corners = np.array(
        [[0, one.shape[1], 0, one.shape[1]], [0, 0, one.shape[0], one.shape[0]], [1, 1, 1, 1]]
    )
    offset = matrix - np.eye(2, 3)
    if (
        one.shape != other.shape
        or not offset.any()
        or np.abs(offset @ corners).max() > _NEAR_IDENTITY
    ):
        return None
    measured = align_and_measure(one, other, np.eye(2, 3), near=True)
    return measured if measured and measured.median >= SAME_PICTURE.min_median else None


def _measure_at_half_size(
    images: tuple[Floats, Floats], transform: Matrix, boxes: tuple[Box, Box]
) -> PairMeasurements | None:
    """Register and measure at half the size, in pixels of the full size; None if the images cannot
    be aligned. The measured matrix maps the base image to the other one."""
    base, moved = (
        np.asarray(
            cv2.resize(x, (x.shape[1] // 2, x.shape[0] // 2), interpolation=cv2.INTER_AREA),
            np.float32,
        )
        for x in images
    )
    factors = [
        np.array([full.shape[1] / half.shape[1], full.shape[0] / half.shape[0]])
        for full, half in zip(images, (base, moved), strict=True)
    ]
    half_boxes = (_scaled_box(boxes[0], factors[0]), _scaled_box(boxes[1], factors[1]))
    aligned = _register((base, moved), rescale(transform, factors[0], factors[1]), half_boxes)
    if aligned is None:
        return None
    textured = aligned.residuals.textured
    if not textured.any() or np.median(aligned.residuals.ncc[textured]) < _MIN_COARSE_MEDIAN:
        return None
    half = measure_pair(aligned.level, aligned.residuals, aligned.transform, half_boxes)
    return half and replace(
        half,
        matrix=rescale(half.matrix, 1 / factors[0], 1 / factors[1]),
        far=2 * half.far,
        distortion=2 * half.distortion,
        excess=2 * half.excess,
    )


def _scaled_box(box: Box, factors: Values) -> Box:
    return (box[0] / factors[0], box[1] / factors[1], box[2] / factors[0], box[3] / factors[1])


def _register(
    images: tuple[Floats, Floats], transform: Matrix, boxes: tuple[Box, Box]
) -> _Aligned | None:
    """Improve a transform by registration steps until it converges; None if it fails."""
    level = RegistrationLevel(images[0], images[1], boxes[0])
    for number in range(_MAX_STEPS + 1):
        residuals = level.residuals(transform, boxes[1])
        step = level.step(residuals)
        if step is None:
            return None
        transform = compose(transform, np.eye(2, 3) - step)
        if not _is_plausible(transform):
            return None
        moved_corners = np.array([[0, 0, 1], [level.width, level.height, 1]]) @ step.T
        if number == _MAX_STEPS or np.abs(moved_corners).max() < _CONVERGED:
            return _Aligned(level, level.residuals_after(residuals, step), transform)
    return None


def _is_plausible(transform: Matrix) -> bool:
    """Whether a transform scales an image plausibly. Steps between different images can diverge."""
    area = float(abs(np.linalg.det(transform[:, :2])))
    return _MIN_AREA < area < _MAX_AREA
