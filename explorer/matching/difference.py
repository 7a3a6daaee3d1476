"""What differs between two pictures that lie on each other: leaves, water and faces that have
stirred, or something that was put on."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

# Pixels around which brighter and darker are weighed against each other, and below which detail is
# fine.
_AROUND, _FINE = 33, 9
# Things that stirred by a pixel or two are as much brighter as darker (0.1 to 0.35; what was put
# on: 0.5 and more, but for blurred or pixelated places), and have as much texture as before (0.9 to
# 1.15; stamps, words and pixelated places: 0.1 to 0.5 or 2 and more), which is not the same
# texture, a little brighter (compression, veils: 0.15 and more; stirred: below 0).
_LOPSIDED, _TEXTURE, _ALIKE = 0.35, (0.7, 1.4), 0.05
_LEAST = 20


def one_sidedness(other: Floats, toned: Floats, where: Mask) -> float:
    """From 0, where each place has become as much brighter as darker, to 1, where it has become
    only one of both. Arguments as below."""
    if where.sum() < _LEAST:
        return 0.0
    apart, size = np.where(where, other - toned, np.float32(0)), (_AROUND, _AROUND)
    return float(
        np.abs(cv2.blur(apart, size))[where].sum()
        / max(1e-6, float(cv2.blur(np.abs(apart), size)[where].sum()))
    )


def is_local_motion(one: Floats, other: Floats, toned: Floats, where: Mask) -> bool:
    """Whether what differs is what was there before, a little beside. one, other: the pictures,
    laid onto each other. toned: the first with the tones of the second. where: pixels that differ.
    """
    if where.sum() < _LEAST or one_sidedness(other, toned, where) > _LOPSIDED:
        return False
    texture = [float(np.median(_range(x)[where])) for x in (one, other)]
    if not _TEXTURE[0] < (texture[0] + 0.5) / (texture[1] + 0.5) < _TEXTURE[1]:
        return False
    fine = [
        (x - np.asarray(cv2.blur(x, (_FINE, _FINE)), np.float32))[where] for x in (toned, other)
    ]
    spread = float(fine[0].std() * fine[1].std())
    return (
        spread > 0
        and float(((fine[0] - fine[0].mean()) * (fine[1] - fine[1].mean())).mean())
        < _ALIKE * spread
    )


def _range(x: Floats) -> Floats:
    """From the darkest to the brightest of the nine pixels around each."""
    around = np.ones((3, 3), np.uint8)
    return np.asarray(cv2.dilate(x, around) - cv2.erode(x, around), np.float32)
