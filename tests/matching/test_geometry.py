"""Transforms between two images, and boxes."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.matching import geometry
from explorer.matching.geometry import Box, Matrix

A = np.array([[1.5, 0.2, 3.0], [-0.1, 0.8, -2.0]])
B = np.array([[0.9, 0.0, 1.0], [0.3, 2.0, 5.0]])


def at(matrix: Matrix, x: float, y: float) -> list[float]:
    found: list[float] = (matrix @ [x, y, 1]).tolist()
    return found


def test_transforms_are_composed_and_inverted() -> None:
    assert at(geometry.compose(A, B), 4, 7) == pytest.approx(at(A, *at(B, 4, 7)))
    assert at(geometry.invert(A), *at(A, 4, 7)) == pytest.approx([4, 7])


@pytest.mark.parametrize("orientation", range(8))
def test_each_pixel_of_an_image_has_its_place_in_another_orientation(orientation: int) -> None:
    source = np.arange(12).reshape(3, 4)
    target = source.T if orientation & 4 else source
    target = target[:, ::-1] if orientation & 1 else target
    target = target[::-1] if orientation & 2 else target
    matrix = geometry.image_to_image(orientation, target.shape, source.shape)
    for (y, x), value in np.ndenumerate(source):
        column, row = at(matrix, x, y)
        assert target[round(row), round(column)] == value
        assert (row, column) == pytest.approx((round(row), round(column)))


def test_boxes_are_mapped_to_each_other() -> None:
    target, source = (2.0, 1.0, 10.0, 13.0), (3.0, 5.0, 7.0, 8.0)
    edges = geometry.box_to_box_edges(0, target, source)
    assert at(edges, 3, 5) == pytest.approx([2, 1]) and at(edges, 7, 8) == pytest.approx([10, 13])
    edges = geometry.box_to_box_edges(5, target, source)
    assert at(edges, 3, 5) == pytest.approx([10, 1]) and at(edges, 7, 8) == pytest.approx([2, 13])
    # Pixel centers are half a pixel from the edges: the first edge is at -0.5.
    pixels = geometry.box_to_box(0, target, source)
    assert at(pixels, 2.5, 4.5) == pytest.approx([1.5, 0.5])
    assert at(pixels, 6.5, 7.5) == pytest.approx([9.5, 12.5])


def test_unit_squares_and_pixels() -> None:
    unit = np.array([[0.5, 0.0, 0.25], [0.1, 0.8, 0.1]])
    target, source = (600, 800, 3), (30, 40)
    pixels = geometry.unit_to_pixels(unit, target, source)
    # The center of the source is at (0.5, 0.5), and that of its pixels at (19.5, 14.5).
    assert at(pixels, 19.5, 14.5) == pytest.approx([0.5 * 800 - 0.5, 0.55 * 600 - 0.5])
    assert at(pixels, -0.5, 29.5) == pytest.approx([0.25 * 800 - 0.5, 0.9 * 600 - 0.5])
    assert geometry.pixels_to_unit(pixels, target, source) == pytest.approx(unit)


def test_edges_are_half_a_pixel_from_centers() -> None:
    edges = geometry.edge_coordinates(A)
    x, y = at(A, 10, 20)
    assert at(edges, 10.5, 20.5) == pytest.approx([x + 0.5, y + 0.5])


def test_a_transform_is_rescaled_for_reduced_images() -> None:
    source, target = np.array([2.0, 4.0]), np.array([5.0, 3.0])
    found = geometry.rescale(A, source, target)
    x, y = at(A, 10, 20)
    assert at(found, 10.5 / 2 - 0.5, 20.5 / 4 - 0.5) == pytest.approx(
        [(x + 0.5) / 5 - 0.5, (y + 0.5) / 3 - 0.5]
    )
    assert at(found, 0.5 / 2 - 0.5, 0.5 / 4 - 0.5) == pytest.approx(
        [(A[0, 2] + 0.5) / 5 - 0.5, (A[1, 2] + 0.5) / 3 - 0.5]
    )


@pytest.mark.parametrize(
    ("linear", "expected"),
    [
        ([[1.5, 0.2], [-0.1, 0.8]], [[1.5, 0], [0, 0.8]]),
        ([[0.2, -1.5], [0.8, 0.1]], [[0, -1.5], [0.8, 0]]),
        # Neither: the x axis is the longer part of both.
        ([[1.5, 0.2], [0.8, 0.1]], [[1.5, 0], [0, 0.1]]),
    ],
)
def test_the_nearest_axis_aligned_transform(
    linear: list[list[float]], expected: list[list[float]]
) -> None:
    matrix = np.column_stack([linear, [3.0, -2.0]])
    found = geometry.axis_aligned(matrix, (60, 80))
    assert found[:, :2].tolist() == expected
    assert at(found, 40, 30) == pytest.approx(at(matrix, 40, 30))


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ((1.0, 1.0, 9.0, 5.0), -1.0),
        ((-2.0, 1.0, 9.0, 5.0), 2.0),
        ((1.0, -3.0, 9.0, 5.0), 3.0),
        ((1.0, 1.0, 14.0, 5.0), 4.0),
        ((1.0, 1.0, 9.0, 11.0), 5.0),
        ((0.5, 0.75, 9.9, 5.7), -0.1),
    ],
)
def test_the_overhang_of_a_box(inner: Box, expected: float) -> None:
    outer = (0.0, 0.0, 10.0, 6.0)
    assert geometry.overhang(outer, inner, np.eye(2, 3)) == pytest.approx(expected)
    # Whatever corner becomes which.
    turned = np.array([[-1.0, 0, 10], [0, -1, 6]])
    mirrored = (10 - inner[2], 6 - inner[3], 10 - inner[0], 6 - inner[1])
    assert geometry.overhang(outer, mirrored, turned) == pytest.approx(expected)
