"""Measure how two aligned images compare."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from explorer.matching.borders import shrink_bordered_sides
from explorer.matching.changed_blocks import ChangedBlocks, measure_changed_blocks
from explorer.matching.distortion import nonlinear_distortion
from explorer.matching.geometry import Box, Matrix, Shape, edge_coordinates, invert, overhang
from explorer.matching.registration import BlockResiduals, RegistrationLevel
from explorer.matching.same_picture_thresholds import RETAKE, SAME_PICTURE

# The minimum number of textured blocks, and the number of strongly textured blocks from which on
# only these are used.
_MIN_BLOCKS, _ENOUGH_STRONG_BLOCKS = 4, 24
# The minimum correlation, and the maximum misplacement in pixels, of the blocks from which
# misplacement and distortion are measured.
_MIN_CORRELATION, _MAX_MISPLACEMENT = 0.5, 6
# Stands for an unknown misplacement: more than any threshold.
_UNKNOWN_MISPLACEMENT = 9.0


@dataclass(frozen=True)
class PairMeasurements:
    """How two aligned images compare. Pixels are those of the coarser image's preview.

    Correlation and misplacement are measured in the strongly textured blocks or, if there are few
    of these, in all textured blocks.
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
    """How far each image extends beyond the other, in pixels; the smaller of the two values."""
    changed: ChangedBlocks
    """The differences in the strongly textured blocks; the default if they were not measured
    (`measure_pair`)."""

    @property
    def is_placed_like_copy(self) -> bool:
        """Whether one image may be the other one scaled and cropped, whatever else has changed."""
        t = SAME_PICTURE
        return (
            self.median >= min(t.min_median, t.watermark_min_median)
            and self.far <= t.max_far
            and self.distortion <= t.max_distortion
            and self.excess <= t.max_excess
            and self.stretch <= t.max_stretch
        )

    @property
    def shows_two_shots(self) -> bool:
        """Whether the images fit each other only as two shots of one scene do: the camera was
        turned or moved between them."""
        return (
            self.median >= SAME_PICTURE.min_shot_median
            and self.distortion > SAME_PICTURE.max_coarse_distortion
        )


def measure_pair(
    level: RegistrationLevel, residuals: BlockResiduals, transform: Matrix, boxes: tuple[Box, Box]
) -> PairMeasurements | None:
    """Measure two images from the residuals of their last registration step.

    transform: maps the base image to the other one; it is the measured matrix. boxes: the parts of
    the base image and of the other one inside their borders.

    `changed` takes as long to measure as all the rest, so it is measured only if it can decide: if
    the images are aligned as copies are, or are the same size and hardly moved, because
    recompression may then hide how well they fit. Returns None if too few blocks are textured.
    """
    textured = residuals.textured
    if int(textured.sum()) < _MIN_BLOCKS:
        return None
    # In soft images, most blocks show mainly compression noise, which differs between any two
    # files, so the strongly textured blocks decide.
    strong = textured & level.strongly_textured(residuals)
    if strong.sum() >= _ENOUGH_STRONG_BLOCKS:
        textured = strong
    scales = np.abs(transform[:, :2]).max(axis=1)
    measured = PairMeasurements(
        matrix=transform,
        median=float(np.median(residuals.ncc[textured])),
        far=_misplacement(level, residuals, textured),
        distortion=_distortion(level, residuals, textured),
        stretch=float(max(scales[0] / scales[1], scales[1] / scales[0])),
        excess=_excess(level, transform, boxes, float(scales[0] * scales[1]) ** 0.5),
        changed=ChangedBlocks(),
    )
    if measured.is_placed_like_copy or is_hardly_moved(
        transform, level.base.shape, level.moved.shape
    ):
        return replace(measured, changed=measure_changed_blocks(level, residuals))
    return measured


def is_hardly_moved(transform: Matrix, one: Shape, other: Shape) -> bool:
    """Whether the images have one shape, and no corner is moved by more than
    `RETAKE.max_corner_offset`, so that one may be a copy of the same size."""
    height, width = one[:2]
    corners = np.array([[0, width, 0, width], [0, 0, height, height], [1, 1, 1, 1]])
    offset = np.abs((transform - np.eye(2, 3)) @ corners).max()
    return one == other and bool(offset <= RETAKE.max_corner_offset)


def _misplacement(
    level: RegistrationLevel, residuals: BlockResiduals, textured: npt.NDArray[np.bool_]
) -> float:
    """The 90th percentile of the misplacement of the blocks that correlate, in pixels."""
    eigenvalue = level.eigenvalue[textured]
    # Where brightness varies in one direction only, misplacement in the other direction cannot be
    # measured (the aperture problem).
    reliable = (residuals.ncc[textured] > _MIN_CORRELATION) & (eigenvalue >= np.median(eigenvalue))
    pixels = np.hypot(residuals.dx, residuals.dy)[textured][reliable]
    return float(np.quantile(pixels, 0.9)) if len(pixels) >= _MIN_BLOCKS else _UNKNOWN_MISPLACEMENT


def _distortion(
    level: RegistrationLevel, residuals: BlockResiduals, textured: npt.NDArray[np.bool_]
) -> float:
    """`nonlinear_distortion` of the blocks that correlate, in pixels."""
    used = (
        textured
        & (residuals.ncc > _MIN_CORRELATION)
        & (np.hypot(residuals.dx, residuals.dy) < _MAX_MISPLACEMENT)
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
    """How far each image extends beyond the other, in pixels; the smaller of the two values.

    What looks like a border may be the plain edge of the picture itself, so the containing image is
    measured with its border.
    """
    (base_box, moved_box), shape = boxes, level.moved.shape
    to_moved = edge_coordinates(transform)
    whole_moved = (0.0, 0.0, float(shape[1]), float(shape[0]))
    whole_base = (0.0, 0.0, float(level.width), float(level.height))
    return min(
        overhang(whole_moved, shrink_bordered_sides(base_box, level.base.shape), to_moved) / scale,
        overhang(whole_base, shrink_bordered_sides(moved_box, shape), invert(to_moved)),
    )
