"""Decide whether a rewritten file still shows the same picture.

Programs that change a file's metadata leave its pixels as they are, turn them, or compress them
again. Both previews are then the same, but for the noise of compression.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

# Previews are compared at this fraction of their size, which averages out the noise of compression.
_SHRINK = 4
# The maximum difference of a color in any one pixel, in levels, and the mean over all pixels. A
# date printed in a corner exceeds the first, other tones the second. A picture of little contrast
# may only differ by these shares of its standard deviation.
_MAX_DIFFERENCE, _MAX_MEAN = 20.0, 2.0
_DIFFERENCE_SHARE, _MEAN_SHARE = 0.5, 0.05


def is_same_picture_rewritten(before: bytes, after: bytes) -> bool:
    """Whether two previews (JPEG) show one picture, possibly turned or mirrored. False if one of
    them cannot be decoded.

    This is stricter than the comparison of duplicates: another shot of the same scene, a crop and
    a retouched picture are other pictures.
    """
    if before == after:
        return True
    one, other = _pixels(before), _pixels(after)
    if one is None or other is None:
        return False
    small = _shrunk(one)
    return any(
        turned.shape == one.shape and _are_alike(small, _shrunk(turned))
        for turned in _turned(other)
    )


def _pixels(jpeg: bytes) -> Pixels | None:
    try:
        found = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return None if found is None else np.asarray(found, np.uint8)


def _turned(pixels: Pixels) -> Iterator[Pixels]:
    """The picture in all eight orientations."""
    for view in (pixels, pixels[:, ::-1]):
        for turns in range(4):
            yield np.ascontiguousarray(np.rot90(view, turns))


def _shrunk(pixels: Pixels) -> npt.NDArray[np.int16]:
    height, width = (max(1, side // _SHRINK) for side in pixels.shape[:2])
    small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.int16)


def _are_alike(one: npt.NDArray[np.int16], other: npt.NDArray[np.int16]) -> bool:
    difference, contrast = np.abs(one - other), float(one.std())
    return bool(
        difference.max() <= min(_MAX_DIFFERENCE, _DIFFERENCE_SHARE * contrast)
        and difference.mean() <= min(_MAX_MEAN, _MEAN_SHARE * contrast)
    )
