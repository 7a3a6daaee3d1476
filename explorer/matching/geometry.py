"""Affine transforms between two images, and boxes.

A transform is a 2×3 matrix that maps pixel coordinates of the source image to pixel coordinates of
the target image. Pixel centers are at integer coordinates, so an image spans −0.5 to width − 0.5.
An orientation is a number from 0 to 7, a sum of: 1 mirrors left to right, 2 mirrors top to bottom,
4 swaps the axes (applied first).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Gray = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels from the top left corner of the image."""
Shape = tuple[int, ...]
"""(height, width, …), as in NumPy; further axes are ignored."""


def compose(outer: Matrix, inner: Matrix) -> Matrix:
    """The transform that applies `inner` and then `outer`."""
    return np.asarray((np.vstack([outer, [0, 0, 1]]) @ np.vstack([inner, [0, 0, 1]]))[:2])


def invert(matrix: Matrix) -> Matrix:
    """The inverse transform. Raises LinAlgError if there is none."""
    return np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]


def axis_aligned(matrix: Matrix, source: Shape) -> Matrix:
    """The nearest transform that consists only of quarter turns, mirroring, scaling and
    translation. The center of the source image is mapped to the same point."""
    linear = matrix[:, :2]
    kept = np.abs(linear) == np.abs(linear).max(axis=1, keepdims=True)
    if not kept.any(axis=0).all():
        kept = np.eye(2, dtype=bool)
    center = np.array([source[1] / 2, source[0] / 2])
    new = np.where(kept, linear, 0.0)
    return np.column_stack([new, matrix @ np.append(center, 1) - new @ center])


def image_to_image(orientation: int, target: Shape, source: Shape) -> Matrix:
    """The transform that maps the whole source image to the whole target image."""
    return box_to_box(
        orientation, (0.0, 0.0, target[1], target[0]), (0.0, 0.0, source[1], source[0])
    )


def box_to_box(orientation: int, target: Box, source: Box) -> Matrix:
    """The transform that maps the source box to the target box."""
    edges = box_to_box_edges(orientation, target, source)
    # Pixel centers are half a pixel from their edges.
    return np.column_stack([edges[:, :2], edges @ [0.5, 0.5, 1] - 0.5])


def box_to_box_edges(orientation: int, target: Box, source: Box) -> Matrix:
    """Like `box_to_box`, for coordinates in which integers are pixel edges, as in unit squares."""
    (left, top, right, bottom), (x, y, x_end, y_end) = target, source
    unit = (
        np.array([[0.0, 1, 0], [1, 0, 0]])
        if orientation & 4
        else np.array([[1.0, 0, 0], [0, 1, 0]])
    )
    for axis in (0, 1):
        if orientation & (1 << axis):
            unit[axis] = [-unit[axis, 0], -unit[axis, 1], 1 - unit[axis, 2]]
    size = np.array([right - left, bottom - top])
    linear = unit[:, :2] * size[:, None] / [x_end - x, y_end - y]
    return np.column_stack([linear, unit[:, 2] * size + [left, top] - linear @ [x, y]])


def unit_to_pixels(unit: Matrix, target: Shape, source: Shape) -> Matrix:
    """Convert a transform between unit squares to one between the pixels of images of these
    shapes."""
    scale = np.array([target[1], target[0]])
    linear = unit[:, :2] * scale[:, None] / [source[1], source[0]]
    return np.column_stack([linear, unit[:, 2] * scale + linear @ [0.5, 0.5] - 0.5])


def pixels_to_unit(matrix: Matrix, target: Shape, source: Shape) -> Matrix:
    """The inverse of `unit_to_pixels`."""
    edge = edge_coordinates(matrix)[:, 2]
    scale = np.array([target[1], target[0]])
    linear = matrix[:, :2] * [source[1], source[0]] / scale[:, None]
    return np.column_stack([linear, edge / scale])


def edge_coordinates(matrix: Matrix) -> Matrix:
    """The same transform for coordinates in which integers are pixel edges, not centers."""
    return np.column_stack([matrix[:, :2], matrix[:, 2] - matrix[:, :2] @ [0.5, 0.5] + 0.5])


def rescale(matrix: Matrix, source: Matrix, target: Matrix) -> Matrix:
    """The same transform between images that have been reduced.

    source, target: (2,), the factors, horizontal and vertical, by which each image was reduced.
    """
    edge = matrix[:, :2] @ [-0.5, -0.5] + matrix[:, 2] + 0.5
    linear = matrix[:, :2] * source[None] / target[:, None]
    return np.column_stack([linear, edge / target + linear @ [0.5, 0.5] - 0.5])


def overhang(outer: Box, inner: Box, matrix: Matrix) -> float:
    """How far the transformed box `inner` extends beyond `outer`, in pixels; negative if it lies
    inside."""
    corners = (
        np.array([[inner[i], inner[j]] for i in (0, 2) for j in (1, 3)]) @ matrix[:, :2].T
        + matrix[:, 2]
    )
    low, high = corners.min(axis=0), corners.max(axis=0)
    return float(max(outer[0] - low[0], outer[1] - low[1], high[0] - outer[2], high[1] - outer[3]))
