"""Find small areas of two aligned pictures that differ in color, perhaps at equal brightness: a red
and a green traffic light, a corrected red eye."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from explorer.matching.geometry import Matrix, invert
from explorer.matching.registration import BLOCK_SIZE
from explorer.matching.resampling import resample_to_coarser

# The difference in chroma levels from which pixels differ. Previews of 210 copies, down to JPEG
# quality 20 and to 15% of the size: 0 to 29. A circle in another color that is 1.2% as wide as the
# photo, at equal brightness: 56 to 80 for red and blue, 34 to 48 for a red eye.
_MIN_DIFFERENCE = 32
# JPEG stores chroma at half the size, so pixels are compared with those in a larger area than in
# grayscale: the sigma of the blur, and the side of the area.
_SIGMA, _AREA, _MARGIN = 1.0, 5, 4
# The minimum number of different pixels within the area of one block.
_MIN_PIXELS = 4


def color_details_differ(
    one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8], matrix: Matrix
) -> bool:
    """Whether something small has another color in one of two pictures, where they overlap.

    one, other: (height, width, 3), as OpenCV reads them. matrix: maps `other` to `one`, in pixels.
    """
    if abs(np.linalg.det(matrix[:, :2])) > 1:
        # `other` is the coarser one.
        one, other, matrix = other, one, invert(matrix)
    moved, covered = resample_to_coarser(other, matrix, (one.shape[1], one.shape[0]))
    margin = np.ones((2 * _MARGIN + 1, 2 * _MARGIN + 1), np.uint8)
    inside = cv2.erode(
        covered.astype(np.uint8), margin, borderType=cv2.BORDER_CONSTANT, borderValue=(0, 0, 0, 0)
    ).astype(bool)
    if not inside.any():
        return False
    window, planes = np.ones((_AREA, _AREA), np.uint8), (_chroma(one), _chroma(moved))
    differs = np.zeros(inside.shape, bool)
    for channel in range(2):
        base, like = (np.ascontiguousarray(each[..., channel]) for each in planes)
        # A cast over the whole picture is not a detail.
        cast = round(float(base[inside].mean()) - float(like[inside].mean()))
        like = (like.astype(np.int16) + cast).clip(0, 255).astype(np.uint8)
        ranges = [(cv2.erode(each, window), cv2.dilate(each, window)) for each in (base, like)]
        for each, (low, high) in zip((base, like), ranges[::-1], strict=True):
            beyond = cv2.max(cv2.subtract(each, high), cv2.subtract(low, each))
            differs |= np.asarray(beyond) >= _MIN_DIFFERENCE
    counted = (differs & inside).astype(np.float32)
    in_block = cv2.boxFilter(counted, -1, (BLOCK_SIZE, BLOCK_SIZE), normalize=False)
    return bool(in_block.max() > _MIN_PIXELS - 0.5)


def _chroma(picture: npt.NDArray[np.uint8]) -> npt.NDArray[Any]:
    """The two chroma planes, evened out."""
    planes = cv2.cvtColor(picture, cv2.COLOR_BGR2YCrCb)[..., 1:]
    return np.asarray(cv2.GaussianBlur(planes, (0, 0), _SIGMA))
