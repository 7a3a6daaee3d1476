"""Whether a copy was made grey, and by how much it is brighter: told from small colour pictures, where they overlap."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from explorer.photos.placing import Matrix, from_unit

Colour = npt.NDArray[np.uint8]

# Levels (of 255) between a pixel's strongest and weakest channel, in the mean: a grey picture has no more than compression leaves, and one
# that was made grey had more.
_GREY, _COLOUR = 3.0, 8.0


class Tones(NamedTuple):
    """What the second picture is beside the first. grey: 1 where it alone is grey, -1 where the first one alone is, else 0. light: by how
    many levels (of 255) it is brighter, in the mean."""

    grey: int
    light: float


def tones(one: Colour, other: Colour, unit: Matrix) -> Tones:
    """one, other: (height, width, 3). unit: lays `other` onto `one`, both as unit squares (2×3)."""
    height, width = one.shape[:2]
    onto = from_unit(unit, one.shape, other.shape)
    there = np.full(other.shape[:2], 255, np.uint8)
    inside = cv2.warpAffine(there, onto, (width, height), flags=cv2.INTER_NEAREST) > 0
    if not inside.any():
        return Tones(0, 0.0)
    laid = cv2.warpAffine(other, onto, (width, height), flags=cv2.INTER_AREA)[inside].astype(np.int16)
    mine = one[inside].astype(np.int16)
    colour = [float((some.max(axis=1) - some.min(axis=1)).mean()) for some in (mine, laid)]
    grey = [value <= _GREY and against >= _COLOUR for value, against in zip(colour, reversed(colour), strict=True)]
    return Tones(int(grey[1]) - int(grey[0]), float(laid.mean() - mine.mean()))
