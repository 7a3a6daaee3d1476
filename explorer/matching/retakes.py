"""Decide whether two nearly equal images are retakes, two shots from a tripod or a steady hand,
rather than copies.

This applies only to images with the same size in pixels, like the shots of one camera: a copy of
the same size needs no translation at all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.matching.recompression import RecompressionResidual
from explorer.matching.same_picture_thresholds import RETAKE
from explorer.photos.decode import PREVIEW_SIDE


def preview_offset(matrix: Sequence[float], width: int, height: int) -> float | None:
    """The offset of the second image from the first, in pixels of the preview.

    Measured at the center and, with a lower weight, at the corners; the larger value counts. None
    if the image was cropped or turned. matrix: maps the second image to the first, as unit squares,
    row by row (2×3). width, height: the size of both images in pixels.
    """
    scale = min(1.0, PREVIEW_SIDE / max(width, height)) * np.array([width, height])
    deviation = np.reshape(matrix, (2, 3)) - np.eye(2, 3)
    corners_and_center = np.array([[0, 1, 0, 1, 0.5], [0, 0, 1, 1, 0.5], [1, 1, 1, 1, 1]])
    offsets = np.abs(deviation @ corners_and_center * scale[:, None])
    if offsets.max() > RETAKE.max_corner_offset:
        return None
    return float(max(offsets[:, -1].max(), offsets.max() * RETAKE.corner_weight))


def is_worth_recompressing(offset: float | None) -> bool:
    """Whether one file may have been made from the other, although their previews correlate too
    little."""
    return offset is not None and offset <= RETAKE.surely_made_max_offset


def is_retake(residual: RecompressionResidual | None, *, changed: bool, moved: bool) -> bool:
    """Whether two images are two shots of the same scene.

    residual: what recompression does not explain; None if unknown. changed: whether something is
    visible in only one of the images. moved: whether it appears to have come, gone or moved.
    """
    if residual is None:
        return moved
    if residual.explained > RETAKE.min_explained:
        return False
    excess, shared = (
        (RETAKE.changed_min_excess, RETAKE.changed_max_shared)
        if changed
        else (RETAKE.min_excess, RETAKE.max_shared)
    )
    return moved or (residual.excess > excess and residual.shared < shared)
