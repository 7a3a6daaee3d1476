"""Distinguish motion from additions in the areas where two aligned images differ.

Leaves, water and faces that move between two shots get brighter in some places and darker in
others, and keep their texture. Text, stamps and stickers do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class MotionThresholds:
    """Thresholds for local motion.

    Chosen on the copies and shots that `python run.py bench duplicates --shots` makes.
    """

    window: int = 33
    """Side of the window, in pixels, in which brighter and darker pixels cancel out."""
    detail_window: int = 9
    """Side of the window, in pixels. Smaller structures count as fine detail."""
    max_one_sided: float = 0.35
    """Largest `one_sidedness`. Motion: 0.1 to 0.35. Additions: 0.5 and more, except for blurred or
    pixelated areas."""
    min_texture: float = 0.7
    max_texture: float = 1.4
    """Range of the ratio of the textures of both images. Motion: 0.9 to 1.15. Stamps, text and
    pixelated areas: 0.1 to 0.5, or 2 and more."""
    max_correlation: float = 0.05
    """Largest correlation of the fine detail. Motion: below 0. Recompression and transparent
    overlays: 0.15 and more."""
    min_pixels: int = 20
    """The minimum number of changed pixels; with fewer, the result is negative."""


THRESHOLDS = MotionThresholds()


def one_sidedness(other: Floats, toned: Floats, changed: Mask) -> float:
    """How uniformly changed pixels became brighter, or darker, from 0 to 1.

    0 if changes cancel out in every area; 1 if all pixels became brighter or all darker. The
    arguments are those of `is_local_motion`.
    """
    if changed.sum() < THRESHOLDS.min_pixels:
        return 0.0
    size = (THRESHOLDS.window, THRESHOLDS.window)
    difference = np.where(changed, other - toned, np.float32(0))
    return float(
        np.abs(cv2.blur(difference, size))[changed].sum()
        / max(1e-6, float(cv2.blur(np.abs(difference), size)[changed].sum()))
    )


def is_local_motion(one: Floats, other: Floats, toned: Floats, changed: Mask) -> bool:
    """Whether the changed pixels show content that has only moved a little.

    one, other: the aligned images, (height, width). toned: `one` with the tones of `other`.
    changed: the mask of the pixels that differ.
    """
    if (
        changed.sum() < THRESHOLDS.min_pixels
        or one_sidedness(other, toned, changed) > THRESHOLDS.max_one_sided
    ):
        return False
    texture = [float(np.median(_local_range(x)[changed])) for x in (one, other)]
    ratio = (texture[0] + 0.5) / (texture[1] + 0.5)
    if not THRESHOLDS.min_texture < ratio < THRESHOLDS.max_texture:
        return False
    size = (THRESHOLDS.detail_window, THRESHOLDS.detail_window)
    detail = [(x - np.asarray(cv2.blur(x, size), np.float32))[changed] for x in (toned, other)]
    deviations = float(detail[0].std() * detail[1].std())
    covariance = float(((detail[0] - detail[0].mean()) * detail[1]).mean())
    return covariance < THRESHOLDS.max_correlation * deviations


def _local_range(x: Floats) -> Floats:
    """The range of gray levels in the 3×3 neighborhood of each pixel."""
    around = np.ones((3, 3), np.uint8)
    return np.asarray(cv2.dilate(x, around) - cv2.erode(x, around), np.float32)
