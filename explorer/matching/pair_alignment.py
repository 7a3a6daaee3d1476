"""Aligns two images to a fraction of a pixel, and measures how they compare.

Coarse to fine: at half the size first, where that is large enough, then at full size.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from explorer.matching.borders import content_box
from explorer.matching.geometry import Box, Gray, Matrix, axis_aligned, compose, invert, rescale
from explorer.matching.pair_measurements import PairMeasurements, measure_pair
from explorer.matching.registration import BLOCK_SIZE, BlockResiduals, RegistrationLevel
from explorer.matching.same_picture_thresholds import SAME_PICTURE

Floats = npt.NDArray[np.float32]
Values = npt.NDArray[np.float64]

# Registration steps at each scale.
_MOST_STEPS = 3
# A step that moves the corners by fewer pixels is not worth another warp.
_CONVERGED = 0.1
# Blocks across an image's shorter side that registration needs; twice as many at half the size.
_LEAST_BLOCKS_ACROSS = 3
# Ratio of areas within which a transform is plausible: previews have up to 512 pixels by 48 and
# more.
_LEAST_AREA, _MOST_AREA = 1e-3, 256.0
# Images whose scales differ by less count as equally fine: the scale is not known better before
# they are aligned.
_EQUAL_SCALE = 0.02
# Pixels at the corners within which images of the same size may need no transform at all.
_NEAR_IDENTITY = 4.0
# Median block correlation at half the size below which full size is not worth it. Copies have twice
# as much and more.
_LEAST_COARSE_MEDIAN = 0.3


class _Aligned(NamedTuple):
    """The outcome of registration at one scale."""

    level: RegistrationLevel
    residuals: BlockResiduals
    transform: Matrix


def align_and_measure(
    one: Gray, other: Gray, matrix: Matrix, *, near: bool = False
) -> PairMeasurements | None:
    """Align `other` with `one` by scaling and translation, and measure how they compare.

    matrix: maps `other` to `one` approximately, in their own pixels (2×3). near: whether it is
    right to about two pixels, and not to ten. None if the images cannot be aligned.
    """
    if (measured := _measure_unmoved(one, other, matrix)) is not None:
        return measured
    matrix = axis_aligned(matrix, other.shape)
    scale = float(abs(np.linalg.det(matrix[:, :2]))) ** 0.5
    # The coarser image is the base; of two equally fine ones the smaller, all of whose blocks the
    # other one covers.
    swapped = scale < 1 if abs(scale - 1) > _EQUAL_SCALE else one.size < other.size
    base, moved, transform = (one, other, invert(matrix)) if swapped else (other, one, matrix)
    side = min(base.shape)
    if side < _LEAST_BLOCKS_ACROSS * BLOCK_SIZE or not _is_plausible(transform):
        return None
    boxes = content_box(base), content_box(moved)
    images = base.astype(np.float32), moved.astype(np.float32)
    if not near and side >= 2 * _LEAST_BLOCKS_ACROSS * BLOCK_SIZE:
        improved = _register_at_half_size(images, transform, boxes)
        if improved is None:
            return None
        transform = improved
    aligned = _register(images, transform, boxes)
    if aligned is None:
        return None
    level, residuals, transform = aligned
    return measure_pair(level, residuals, transform, boxes, swapped=swapped)


def _measure_unmoved(one: Gray, other: Gray, matrix: Matrix) -> PairMeasurements | None:
    """Measure two images of one size without a transform, if it is nearly the identity.

    A copy of the same size needs none at all: registration that starts there ends there, to less
    than a tenth of a pixel. None if that shows no copy.
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
    return measured if measured and measured.median >= SAME_PICTURE.least_median else None


def _register_at_half_size(
    images: tuple[Floats, Floats], transform: Matrix, boxes: tuple[Box, Box]
) -> Matrix | None:
    """The transform (for full size) that registration at half the size finds; None if it fails."""
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
    if not textured.any() or np.median(aligned.residuals.ncc[textured]) < _LEAST_COARSE_MEDIAN:
        return None
    return rescale(aligned.transform, 1 / factors[0], 1 / factors[1])


def _scaled_box(box: Box, factors: Values) -> Box:
    return (box[0] / factors[0], box[1] / factors[1], box[2] / factors[0], box[3] / factors[1])


def _register(
    images: tuple[Floats, Floats], transform: Matrix, boxes: tuple[Box, Box]
) -> _Aligned | None:
    """Improve a transform by registration steps until it converges; None if it fails."""
    level = RegistrationLevel(images[0], images[1], boxes[0])
    for number in range(_MOST_STEPS + 1):
        residuals = level.residuals(transform, boxes[1])
        step = level.step(residuals)
        if step is None:
            return None
        transform = compose(transform, np.eye(2, 3) - step)
        if not _is_plausible(transform):
            return None
        moved_corners = np.array([[0, 0, 1], [level.width, level.height, 1]]) @ step.T
        if number == _MOST_STEPS or np.abs(moved_corners).max() < _CONVERGED:
            return _Aligned(level, level.residuals_after(residuals, step), transform)
    return None


def _is_plausible(transform: Matrix) -> bool:
    """Whether a transform leaves something of an image: steps between different images may lead
    anywhere."""
    area = float(abs(np.linalg.det(transform[:, :2])))
    return _LEAST_AREA < area < _MOST_AREA
