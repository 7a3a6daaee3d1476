"""Tells motion from additions where two aligned images differ.

Leaves, water and faces that move between two shots become brighter and darker in equal parts and
keep their texture. Text, stamps and stickers do not.
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
    """What counts as local motion.

    Set on the copies and shots that `python run.py bench duplicates --shots` makes.
    """

    window: int = 33
    """Side of the window, in pixels, in which brighter and darker pixels are balanced."""
    detail_window: int = 9
    """Side of the window, in pixels, below which structure counts as fine detail."""
    most_one_sided: float = 0.35
    """Largest `one_sidedness`. Motion: 0.1 to 0.35. Additions: 0.5 and more, apart from blurred or
    pixelated areas."""
    least_texture: float = 0.7
    most_texture: float = 1.4
    """Range of the ratio of the two textures. Motion: 0.9 to 1.15. Stamps, text and pixelated
    areas: 0.1 to 0.5, or 2 and more."""
    most_correlation: float = 0.05
    """Largest correlation of the fine detail. Motion: below 0. Recompression and transparent
    overlays: 0.15 and more."""
    least_pixels: int = 20
    """With fewer changed pixels, nothing is concluded."""


THRESHOLDS = MotionThresholds()


def one_sidedness(other: Floats, toned: Floats, changed: Mask) -> float:
    """Whether changed pixels became all brighter or all darker, 0 to 1.

    0 if every area became brighter and darker in equal parts, 1 if only one of both. Arguments as
    in `is_local_motion`.
    """
    if changed.sum() < THRESHOLDS.least_pixels:
        return 0.0
    size = (THRESHOLDS.window, THRESHOLDS.window)
    difference = np.where(changed, other - toned, np.float32(0))
    return float(
        np.abs(cv2.blur(difference, size))[changed].sum()
        / max(1e-6, float(cv2.blur(np.abs(difference), size)[changed].sum()))
    )


def is_local_motion(one: Floats, other: Floats, toned: Floats, changed: Mask) -> bool:
    """Whether changed pixels show what was there before, moved by a little.

    one, other: the images, aligned. toned: `one` with the tones of `other`. changed: the pixels
    that differ.
    """
    if (
        changed.sum() < THRESHOLDS.least_pixels
        or one_sidedness(other, toned, changed) > THRESHOLDS.most_one_sided
    ):
        return False
    texture = [float(np.median(_local_range(x)[changed])) for x in (one, other)]
    ratio = (texture[0] + 0.5) / (texture[1] + 0.5)
    if not THRESHOLDS.least_texture < ratio < THRESHOLDS.most_texture:
        return False
    size = (THRESHOLDS.detail_window, THRESHOLDS.detail_window)
    detail = [(x - np.asarray(cv2.blur(x, size), np.float32))[changed] for x in (toned, other)]
    deviations = float(detail[0].std() * detail[1].std())
    covariance = float(((detail[0] - detail[0].mean()) * (detail[1] - detail[1].mean())).mean())
    return deviations > 0 and covariance < THRESHOLDS.most_correlation * deviations


def _local_range(x: Floats) -> Floats:
    """The range of gray levels in the 3×3 pixels around each pixel."""
    around = np.ones((3, 3), np.uint8)
    return np.asarray(cv2.dilate(x, around) - cv2.erode(x, around), np.float32)
