"""The measurements at which two images stop being copies and are two shots."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.matching import retakes
from explorer.matching.recompression import RecompressionResidual


@pytest.mark.parametrize("seed", range(12))
def test_the_offset_at_the_center_counts_more_than_those_at_the_corners(seed: int) -> None:
    random = np.random.default_rng(seed)
    x, y = random.uniform(-0.002, 0.002, (2, 3))
    # Nearly in place at the center.
    x[2], y[2] = -(x[0] + x[1]) / 2 + 0.0002, -(y[0] + y[1]) / 2 - 0.0001
    matrix = [1 + x[0], x[1], x[2], y[0], 1 + y[1], y[2]]
    corners = [
        max(abs(x @ [across, down, 1]) * 512, abs(y @ [across, down, 1]) * 384)
        for across in (0, 1)
        for down in (0, 1)
    ]
    center = max(abs(x @ [0.5, 0.5, 1]) * 512, abs(y @ [0.5, 0.5, 1]) * 384)
    expected = max(center, 0.4 * max(corners))
    assert retakes.preview_offset(matrix, 512, 384) == pytest.approx(expected)
    # In pixels of the preview, whatever the size of the photos.
    assert retakes.preview_offset(matrix, 4096, 3072) == pytest.approx(expected)
    assert retakes.preview_offset(matrix, 256, 192) == pytest.approx(expected / 2)


@pytest.mark.parametrize(("corner", "is_known"), [(2.9, True), (3.1, False)])
def test_an_enlarged_crop_has_no_offset(corner: float, is_known: bool) -> None:
    scale = 1 + 2 * corner / 512
    matrix = [scale, 0, -corner / 512, 0, 1, 0]
    assert (retakes.preview_offset(matrix, 512, 384) is not None) is is_known


@pytest.mark.parametrize(
    ("offset", "worth"), [(None, False), (0.0, True), (0.5, True), (0.51, False)]
)
def test_files_in_one_place_are_worth_recompressing(offset: float | None, worth: bool) -> None:
    assert retakes.is_worth_recompressing(offset) is worth


@pytest.mark.parametrize(
    ("residual", "changed", "moved", "retake"),
    [
        ((0.09, 0.93, 0.6), False, False, True),
        ((0.08, 0.93, 0.6), False, False, False),
        ((0.09, 0.94, 0.6), False, False, False),
        ((0.09, 0.93, 0.61), False, False, False),
        # What is visible in only one of them needs less.
        ((0.03, 0.96, 0.6), True, False, True),
        ((0.03, 0.96, 0.6), False, False, False),
        ((0.02, 0.96, 0.6), True, False, False),
        ((0.03, 0.97, 0.6), True, False, False),
        ((0.03, 0.96, 0.61), True, False, False),
        # What moved needs nothing, unless one was made from the other.
        ((0.0, 1.0, 0.6), True, True, True),
        ((0.0, 1.0, 0.61), True, True, False),
        (None, True, True, True),
        (None, True, False, False),
    ],
)
def test_the_limits_of_a_retake(
    residual: tuple[float, float, float] | None, changed: bool, moved: bool, retake: bool
) -> None:
    given = None if residual is None else RecompressionResidual(*residual)
    assert retakes.is_retake(given, changed=changed, moved=moved) is retake
