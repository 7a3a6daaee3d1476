"""Find small areas of two aligned pictures that differ in color, perhaps at equal brightness: a red
and a green traffic light, a corrected red eye."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from explorer.matching.geometry import Matrix, invert, unit_to_pixels
from explorer.matching.resampling import resample_to_coarser

# The difference in chroma levels from which pixels differ. Previews of 210 copies, down to JPEG
# quality 20 and to 15% of the size: 0 to 29. A circle in another color that is 1.2% as wide as the
# photo, at equal brightness: 56 to 80 for red and blue, 34 to 48 for a red eye.
_MIN_DIFFERENCE = 32
# The sigma of the blur that evens out compression, the side of the area in which a pixel must have
# its counterpart, and the margin that is not compared.
_SIGMA, _AREA, _MARGIN = 0.5, 3, 2


def color_details_differ(
    one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8], unit: Matrix
) -> bool:
    """Whether something small has another color in one of two pictures, where they overlap.

    one, other: previews at half their size, at which JPEG stores chroma: (height, width, 3), as
    OpenCV reads them. unit: maps `other` to `one`, as unit squares.
    """
    matrix = unit_to_pixels(unit, one.shape, other.shape)
    if abs(np.linalg.det(matrix[:, :2])) > 1:
        # `other` is the coarser one.
        one, other, matrix = other, one, invert(matrix)
    moved, covered = resample_to_coarser(_chroma(other), matrix, (one.shape[1], one.shape[0]))
    margin = np.ones((2 * _MARGIN + 1, 2 * _MARGIN + 1), np.uint8)
    inside = np.asarray(cv2.erode(covered.view(np.uint8), margin, borderValue=(0,)), np.uint8)
    if not inside.any():
        return False
    window, differs = np.ones((_AREA, _AREA), np.uint8), np.zeros(inside.shape, bool)
    planes = zip(cv2.split(_blurred(_chroma(one))), cv2.split(_blurred(moved)), strict=True)
    for base, like in planes:
        # A cast over the whole picture is not a detail.
        cast = round(cv2.mean(base, inside)[0] - cv2.mean(like, inside)[0])
        shifted = (like.astype(np.int16) + cast).clip(0, 255).astype(np.uint8)
        for each, around in ((base, shifted), (shifted, base)):
            beyond = cv2.max(
                cv2.subtract(each, cv2.dilate(around, window)),
                cv2.subtract(cv2.erode(around, window), each),
            )
            differs |= np.asarray(beyond) >= _MIN_DIFFERENCE
    return bool((differs & inside.astype(bool)).any())


def _chroma(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The two chroma planes."""
    planes = cv2.split(cv2.cvtColor(picture, cv2.COLOR_BGR2YCrCb))
    return np.asarray(cv2.merge(planes[1:]), np.uint8)


def _blurred(planes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.GaussianBlur(planes, (0, 0), _SIGMA), np.uint8)
