"""Whether a copy was made grey, and by how much it is brighter: told from small colour pictures,
where they overlap."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from explorer.matching.geometry import Matrix, from_unit

Colour = npt.NDArray[np.uint8]

# Levels (of 255) between a pixel's strongest and weakest channel, in the mean: a grey picture has
# no more than compression leaves, and one that was made grey had more.
_GREY, _COLOUR = 3.0, 8.0


class ToneChange(NamedTuple):
    """What the second picture is beside the first. grey: 1 where it alone is grey, -1 where the
    first one alone is, else 0. light: by how many levels (of 255) it is brighter, in the mean."""

    grey: int
    light: float


def tones(one: Colour, other: Colour, unit: Matrix) -> ToneChange:
    """one, other: (height, width, 3). unit: lays `other` onto `one`, both as unit squares (2×3)."""
    height, width = one.shape[:2]
    onto = from_unit(unit, one.shape, other.shape)
    there = np.full(other.shape[:2], 255, np.uint8)
    inside = cv2.warpAffine(there, onto, (width, height), flags=cv2.INTER_NEAREST) > 0
    if not inside.any():
        return ToneChange(0, 0.0)
    laid, mine = (
        cv2.warpAffine(other, onto, (width, height), flags=cv2.INTER_AREA)[inside],
        one[inside],
    )
    colour = [_colour(some) for some in (mine, laid)]
    grey = [
        value <= _GREY and against >= _COLOUR
        for value, against in zip(colour, reversed(colour), strict=True)
    ]
    return ToneChange(int(grey[1]) - int(grey[0]), float(laid.mean() - mine.mean()))


def _colour(pixels: npt.NDArray[Any]) -> float:
    """Levels between the strongest and the weakest channel, in the mean. pixels: (n, 3)."""
    red, green, blue = pixels.T
    strongest, weakest = (
        np.maximum(np.maximum(red, green), blue),
        np.minimum(np.minimum(red, green), blue),
    )
    return float((strongest - weakest).mean())
