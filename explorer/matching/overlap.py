"""The overlap of two aligned pictures, with the same pixels and the same tones."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from explorer.matching.geometry import Gray, Matrix, invert
from explorer.matching.resampling import resample_to_coarser

# The sigma in pixels of the Gaussian blur that evens out compression and resampling, and the margin
# along the edges of the overlap that is not compared.
_SIGMA, _MARGIN = 0.8, 4
# The minimum number of pixels of a level for which the mapping of tones is measured.
_MIN_COUNT = 20


class Overlap(NamedTuple):
    """Two pictures in the pixels of the coarser one, slightly blurred."""

    coarser: Gray
    """With the tones of the finer one."""
    finer: Gray
    inside: npt.NDArray[np.bool_]
    """Which pixels both of them cover."""


def matched_overlap(one: Gray, other: Gray, matrix: Matrix, min_tone_share: float) -> Overlap:
    """The overlap of two pictures. matrix: maps `other` to `one`, in pixels. min_tone_share: the
    share of pixels that a tone must have to be matched."""
    if abs(np.linalg.det(matrix[:, :2])) > 1:
        # `other` is the coarser one.
        one, other, matrix = other, one, invert(matrix)
    moved, covered = resample_to_coarser(other, matrix, (one.shape[1], one.shape[0]))
    margin = np.ones((2 * _MARGIN + 1, 2 * _MARGIN + 1), np.uint8)
    inside = cv2.erode(covered.astype(np.uint8), margin, borderValue=(0,)).astype(bool)
    finer = _blurred(moved)
    return Overlap(_match_tones(_blurred(one), finer, inside, min_tone_share), finer, inside)


def _blurred(gray: Gray) -> Gray:
    return np.asarray(cv2.GaussianBlur(gray, (0, 0), _SIGMA), np.uint8)


def _match_tones(gray: Gray, like: Gray, inside: npt.NDArray[np.bool_], min_share: float) -> Gray:
    """A picture with the tones of the other one, its brightness and contrast."""
    # Every second pixel in both directions is enough.
    inside = inside[::2, ::2]
    sample, targets = gray[::2, ::2][inside], like[::2, ::2][inside]
    levels = sample >> 2
    count = np.bincount(levels)
    frequent = np.flatnonzero(count > max(_MIN_COUNT, min_share * len(levels)))
    if len(frequent) < 2:
        return gray
    old, new = (
        np.bincount(levels, weights=values)[frequent] / count[frequent]
        for values in (sample, targets)
    )
    table = np.arange(256.0)
    # Rarer tones beyond these, such as those of a bird in the sky, stay as far beyond.
    table = np.interp(table, old, new) + table - table.clip(old[0], old[-1])
    return np.asarray(cv2.LUT(gray, table.round().clip(0, 255).astype(np.uint8)), np.uint8)
