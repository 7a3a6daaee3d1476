"""Measure how the tones of a copy differ: whether it was converted to grayscale, and how much
brighter it is. Measured on small color images, where they overlap.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from explorer.matching.geometry import Matrix, unit_to_pixels

Color = npt.NDArray[np.uint8]

# Mean chroma in levels (of 255). A grayscale image has only as much as compression causes; the
# color image that it was made from has more.
_MAX_IN_GRAYSCALE, _MIN_IN_COLOR = 3.0, 8.0


class ToneChange(NamedTuple):
    """How the tones of the second image differ from those of the first."""

    desaturated: int
    """1 if only the second image is grayscale, -1 if only the first is, else 0."""
    brightness: float
    """Mean difference in brightness, in levels (of 255); positive if the second is brighter."""


def tone_change(one: Color, other: Color, unit: Matrix) -> ToneChange:
    """Compare the tones of two images where they overlap.

    one, other: (height, width, 3). unit: maps `other` to `one`, as unit squares (2×3). Without
    overlap, no difference is reported.
    """
    height, width = one.shape[:2]
    matrix = unit_to_pixels(unit, one.shape, other.shape)
    everywhere = np.full(other.shape[:2], 255, np.uint8)
    overlap = cv2.warpAffine(everywhere, matrix, (width, height), flags=cv2.INTER_NEAREST) > 0
    if not overlap.any():
        return ToneChange(0, 0.0)
    warped = cv2.warpAffine(other, matrix, (width, height), flags=cv2.INTER_AREA)[overlap]
    base = one[overlap]
    chroma, warped_chroma = _mean_chroma(base), _mean_chroma(warped)
    return ToneChange(
        int(_is_desaturated(warped_chroma, chroma)) - int(_is_desaturated(chroma, warped_chroma)),
        float(warped.mean() - base.mean()),
    )


def _is_desaturated(chroma: float, other: float) -> bool:
    """Whether an image is grayscale and the other one is not, judged by their mean chroma."""
    return chroma <= _MAX_IN_GRAYSCALE and other >= _MIN_IN_COLOR


def _mean_chroma(pixels: npt.NDArray[Any]) -> float:
    """The mean difference between the strongest and the weakest channel. pixels: (n, 3)."""
    red, green, blue = pixels.T
    strongest = np.maximum(np.maximum(red, green), blue)
    weakest = np.minimum(np.minimum(red, green), blue)
    return float((strongest - weakest).mean())
