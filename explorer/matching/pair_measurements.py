"""What comparing two aligned images measures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.matching.borders import shrink_bordered_sides
from explorer.matching.changed_blocks import ChangedBlocks, measure_changed_blocks
from explorer.matching.distortion import nonlinear_distortion
from explorer.matching.geometry import Box, Matrix, edge_coordinates, invert, overhang
from explorer.matching.registration import BlockResiduals, RegistrationLevel

# Textured blocks that are needed, and strongly textured ones that are enough to judge by alone.
_LEAST_BLOCKS, _ENOUGH_STRONG_BLOCKS = 4, 24
# For misplacement and distortion, blocks must correlate by more than this, and be misplaced by
# fewer pixels.
_LEAST_CORRELATION, _MOST_MISPLACEMENT = 0.5, 6
# Stands for a misplacement that cannot be told: more than any threshold.
_UNKNOWN_MISPLACEMENT = 9.0


@dataclass(frozen=True)
class PairMeasurements:
    """How two aligned images compare. Pixels are those of the coarser image's preview.

    Correlation and misplacement are taken over the strongly textured blocks; where these are few,
    over all textured blocks.
    """

    matrix: Matrix
    """2×3, maps the second image to the first, in their own pixels."""
    median: float
    """Median correlation of the blocks, -1 to 1."""
    far: float
    """90th percentile of the misplacement of the blocks that correlate, in pixels."""
    distortion: float
    """Deviation from scaling and translation, in pixels (`distortion.nonlinear_distortion`)."""
    stretch: float
    """Ratio of the scales of the two axes, 1 and more."""
    excess: float
    """Pixels by which each image extends beyond the other; of the two, the smaller one."""
    changed: ChangedBlocks
    """What differs in the strongly textured blocks."""


def measure_pair(
    level: RegistrationLevel,
    residuals: BlockResiduals,
    transform: Matrix,
    boxes: tuple[Box, Box],
    *,
    swapped: bool,
) -> PairMeasurements | None:
    """Measure two images by the residuals of their last registration step.

    transform: maps the base image to the other one. boxes: the parts of the base image and of the
    other one inside their borders. swapped: whether the base is the first of the two images. None
    if too few blocks are textured.
    """
    textured = residuals.textured
    if int(textured.sum()) < _LEAST_BLOCKS:
        return None
    # In soft images most blocks show little but compression noise, which no two files share: the
    # strongly textured blocks decide.
    strong = textured & level.strongly_textured(residuals)
    if strong.sum() >= _ENOUGH_STRONG_BLOCKS:
        textured = strong
    scales = np.abs(transform[:, :2]).max(axis=1)
    return PairMeasurements(
        matrix=invert(transform) if swapped else transform,
        median=float(np.median(residuals.ncc[textured])),
        far=_misplacement(level, residuals, textured),
        distortion=_distortion(level, residuals, textured),
        stretch=float(max(scales[0] / scales[1], scales[1] / scales[0])),
        excess=_excess(level, transform, boxes, float(scales[0] * scales[1]) ** 0.5),
        changed=measure_changed_blocks(level, residuals),
    )


def _misplacement(
    level: RegistrationLevel, residuals: BlockResiduals, textured: npt.NDArray[np.bool_]
) -> float:
    """90th percentile of the misplacement of the blocks that correlate, in pixels."""
    eigenvalue = level.eigenvalue[textured]
    # Where brightness varies in one direction alone, misplacement in the other cannot be told.
    reliable = (residuals.ncc[textured] > _LEAST_CORRELATION) & (
        eigenvalue >= np.median(eigenvalue)
    )
    pixels = np.hypot(residuals.dx, residuals.dy)[textured][reliable]
    return (
        float(np.quantile(pixels, 0.9)) if len(pixels) >= _LEAST_BLOCKS else _UNKNOWN_MISPLACEMENT
    )


def _distortion(
    level: RegistrationLevel, residuals: BlockResiduals, textured: npt.NDArray[np.bool_]
) -> float:
    """`nonlinear_distortion` of the blocks that correlate, in pixels."""
    used = (
        textured
        & (residuals.ncc > _LEAST_CORRELATION)
        & (np.hypot(residuals.dx, residuals.dy) < _MOST_MISPLACEMENT)
        & (level.eigenvalue >= np.median(level.eigenvalue[textured]) / 2)
    )
    return nonlinear_distortion(
        np.stack([level.x[used], level.y[used]]),
        np.stack([residuals.dx[used], residuals.dy[used]]),
        level.eigenvalue[used],
    )


def _excess(
    level: RegistrationLevel, transform: Matrix, boxes: tuple[Box, Box], scale: float
) -> float:
    """Pixels by which each image extends beyond the other; of the two, the smaller one.

    What looks like a border may be the image's own plain edge, so the image that contains the other
    one is taken with its border.
    """
    (base_box, moved_box), shape = boxes, level.moved.shape
    to_moved = edge_coordinates(transform)
    whole_moved = (0.0, 0.0, float(shape[1]), float(shape[0]))
    whole_base = (0.0, 0.0, float(level.width), float(level.height))
    return min(
        overhang(whole_moved, shrink_bordered_sides(base_box, level.base.shape), to_moved) / scale,
        overhang(whole_base, shrink_bordered_sides(moved_box, shape), invert(to_moved)),
    )
