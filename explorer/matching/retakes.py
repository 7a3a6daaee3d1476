"""Whether two nearly equal images are two shots from a tripod or a still hand, and not copies.

Only for images of one size in pixels, as shots of one camera have: a copy of that size needs no
translation at all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.matching.recompression import RecompressionResidual
from explorer.matching.same_picture_thresholds import RETAKE
from explorer.photos.decode import PREVIEW_SIDE


def preview_offset(matrix: Sequence[float], width: int, height: int) -> float | None:
    """How far the second image is off the first, in pixels of the preview.

    Taken in the center, or at a corner where that counts for more. None if the image was cropped or
    turned. matrix: maps the second image to the first, as unit squares, row by row (2×3). width,
    height: of both, in pixels.
    """
    scale = min(1.0, PREVIEW_SIDE / max(width, height)) * np.array([width, height])
    deviation = np.reshape(matrix, (2, 3)) - np.eye(2, 3)
    corners_and_center = np.array([[0, 1, 0, 1, 0.5], [0, 0, 1, 1, 0.5], [1, 1, 1, 1, 1]])
    offsets = np.abs(deviation @ corners_and_center * scale[:, None])
    if offsets.max() > RETAKE.most_corner_offset:
        return None
    return float(max(offsets[:, -1].max(), offsets.max() * RETAKE.corner_weight))


def is_worth_recompressing(offset: float | None) -> bool:
    """Whether one file may have been made from the other, though their previews correlate too
    little."""
    return offset is not None and offset <= RETAKE.surely_made_most_offset


def is_retake(residual: RecompressionResidual | None, *, changed: bool, moved: bool) -> bool:
    """Whether two images are two shots.

    residual: what recompression does not explain; None if unknown. changed: something is visible in
    one image alone. moved: it looks as if it had come, gone or moved.
    """
    if residual is None:
        return moved
    if residual.explained > RETAKE.least_explained:
        return False
    excess, shared = (
        (RETAKE.changed_least_excess, RETAKE.changed_most_shared)
        if changed
        else (RETAKE.least_excess, RETAKE.most_shared)
    )
    return moved or (residual.excess > excess and residual.shared < shared)
