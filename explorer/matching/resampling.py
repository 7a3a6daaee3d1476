"""Resample an image to the pixels of a coarser one."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from explorer.matching.geometry import Matrix, Shape, rescale

# Scales that differ by less than this are not resampled before they are aligned.
_EQUAL_SCALE = 0.02


def resample_to_coarser(
    finer: npt.NDArray[np.uint8], matrix: Matrix, size: tuple[int, int]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """An image in the pixels of a coarser one, and which of these it covers.

    Pixels that are not covered repeat the edge. matrix: maps the finer image to the coarser one, in
    pixels (2×3). size: (width, height) of the coarser one.
    """
    scale = float(abs(np.linalg.det(matrix[:, :2]))) ** 0.5
    if scale < 1 - _EQUAL_SCALE:
        height, width = (max(1, round(side * scale)) for side in finer.shape[:2])
        reduced = np.array([finer.shape[1] / width, finer.shape[0] / height])
        finer = np.asarray(cv2.resize(finer, (width, height), interpolation=cv2.INTER_AREA))
        matrix = rescale(matrix, reduced, np.ones(2))
    moved = cv2.warpAffine(
        finer, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, np.uint8), _covered(finer.shape, matrix, size)


def _covered(source: Shape, matrix: Matrix, size: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Which pixels of an image a transform without oblique turns covers with those of its
    source."""
    corners = np.array([[-0.5, source[1] - 0.5], [-0.5, source[0] - 0.5], [1, 1]])
    edges = matrix @ corners
    covered = np.zeros(size[::-1], bool)
    # A pixel is covered if its center is.
    left, top = (max(0, math.ceil(edge)) for edge in edges.min(axis=1))
    right, bottom = (math.ceil(edge) for edge in edges.max(axis=1))
    covered[top : max(0, bottom), left : max(0, right)] = True
    return covered
