"""Measure how the tones of a copy differ: whether it was converted to grayscale, how much brighter
it is, and how much its tones and colors differ anywhere. Measured on small color images, where they
overlap.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from explorer.matching.geometry import Matrix, invert, unit_to_pixels
from explorer.matching.resampling import resample_to_coarser

Color = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

# Mean chroma in levels (of 255). A grayscale image has only as much as compression causes; the
# color image that it was made from has more.
_MAX_IN_GRAYSCALE, _MIN_IN_COLOR = 3.0, 8.0
# The side of the areas whose mean colors are compared, as a share of the longer side of the coarser
# image's overlap, and the quantile of their differences that counts. An area is larger than what
# compression or scaling changes.
_AREA_SIDE, _MIN_AREA_SIDE, _QUANTILE = 1 / 16, 3, 0.99
_AROUND = np.ones((3, 3), np.uint8)


class ToneChange(NamedTuple):
    """How the tones of the second image differ from those of the first."""

    desaturated: int
    """1 if only the second image is grayscale, -1 if only the first is, else 0."""
    brightness: float
    """Mean difference in brightness, in levels (of 255); positive if the second is brighter."""
    deviation: float
    """Difference of the mean colors, in levels (of 255), in the areas where it is largest: in
    brightness alone if one image is grayscale."""


def tone_change(one: Color, other: Color, unit: Matrix) -> ToneChange:
    """Compare the tones of two images where they overlap.

    one, other: (height, width, 3), blue, green and red as OpenCV reads them. unit: maps `other` to
    `one`, as unit squares (2×3). Without overlap, no difference is reported.
    """
    matrix = unit_to_pixels(unit, one.shape, other.shape)
    # The base is the coarser one.
    swapped = abs(np.linalg.det(matrix[:, :2])) > 1
    base, finer = (other, one) if swapped else (one, other)
    size = base.shape[1], base.shape[0]
    moved, covered = resample_to_coarser(finer, invert(matrix) if swapped else matrix, size)
    if not covered.any():
        return ToneChange(0, 0.0, 0.0)
    mask = covered.view(np.uint8)
    chroma, moved_chroma = (_mean_chroma(x, mask) for x in (base, moved))
    desaturated = int(_is_desaturated(moved_chroma, chroma)) - int(
        _is_desaturated(chroma, moved_chroma)
    )
    sign = -1 if swapped else 1
    return ToneChange(
        sign * desaturated,
        sign * (_mean_level(moved, mask) - _mean_level(base, mask)),
        _deviation(base, moved, covered, gray=desaturated != 0),
    )


def _deviation(base: Color, moved: Color, covered: Mask, *, gray: bool) -> float:
    """`ToneChange.deviation` of two aligned images, where both are covered."""
    extent = max(covered.any(axis=0).sum(), covered.any(axis=1).sum())
    side = max(_MIN_AREA_SIDE, round(extent * _AREA_SIDE))
    images = (cv2.cvtColor(x, cv2.COLOR_BGR2GRAY)[..., None] if gray else x for x in (base, moved))
    means = [np.asarray(cv2.blur(x, (side, side)), np.uint8) for x in images]
    # Edges are displaced by a fraction of a pixel, so a mean differs only if it is beyond the range
    # of those around the same place in the other image.
    ranges = [(cv2.erode(x, _AROUND), cv2.dilate(x, _AROUND)) for x in means]
    beyond = [
        cv2.max(cv2.subtract(x, high), cv2.subtract(low, x))
        for x, (low, high) in zip(means, ranges[::-1], strict=True)
    ]
    kernel = np.ones((side + 2, side + 2), np.uint8)
    whole = cv2.erode(covered.astype(np.uint8), kernel, borderValue=(0,)).astype(bool)
    if not whole.any():
        return 0.0
    channels = cv2.split(cv2.max(*beyond))
    levels = np.asarray(functools.reduce(cv2.max, channels))[whole]
    return float(np.quantile(levels, _QUANTILE))


def _is_desaturated(chroma: float, other: float) -> bool:
    """Whether an image is grayscale and the other one is not, judged by their mean chroma."""
    return chroma <= _MAX_IN_GRAYSCALE and other >= _MIN_IN_COLOR


def _mean_chroma(image: Color, mask: npt.NDArray[np.uint8]) -> float:
    """The mean difference between the strongest and the weakest channel, where the mask is not
    0."""
    channels = cv2.split(image)
    strongest, weakest = functools.reduce(cv2.max, channels), functools.reduce(cv2.min, channels)
    return cv2.mean(cv2.subtract(strongest, weakest), mask)[0]


def _mean_level(image: Color, mask: npt.NDArray[np.uint8]) -> float:
    """The mean of all channels where the mask is not 0."""
    return sum(cv2.mean(image, mask)[:3]) / 3
