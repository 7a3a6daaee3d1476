"""Heat maps as pictures and in words."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from explorer.search.results.heat_map import describe_heat_map, draw_heat_map, hottest_cell


def hot(row: int, column: int, shape: tuple[int, int] = (9, 9)) -> np.ndarray:
    grid = np.zeros(shape, np.float32)
    grid[row, column] = 1
    return grid


@pytest.mark.parametrize("size", [(4000, 3000), (300, 1200), (1, 1), (9000, 10)])
def test_a_map_has_the_shape_of_its_photo(size: tuple[int, int]) -> None:
    picture = Image.open(io.BytesIO(draw_heat_map(hot(2, 7), *size)))
    assert picture.mode == "RGBA" and max(picture.size) == 256
    assert (
        picture.size[0] / picture.size[1] == pytest.approx(size[0] / size[1], rel=0.05)
        or 1 in picture.size
    )


def test_a_map_is_clearest_where_the_photo_matches() -> None:
    opacity = np.asarray(Image.open(io.BytesIO(draw_heat_map(hot(2, 7), 900, 900))))[..., 3]
    y, x = np.unravel_index(opacity.argmin(), opacity.shape)
    assert abs(y / 256 - 2.5 / 9) < 0.05 and abs(x / 256 - 7.5 / 9) < 0.05
    assert opacity.min() < 60 and opacity[-1, 0] > 150


def test_the_hottest_cell_is_found() -> None:
    assert hottest_cell(hot(0, 3, (2, 4))) == (0.875, 0.25)


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [(0, 0, "upper left"), (4, 4, "the middle"), (8, 4, "lower middle"), (4, 8, "middle right")],
)
def test_a_map_is_described_in_words(row: int, column: int, words: str) -> None:
    assert words in describe_heat_map(hot(row, column))


def test_a_map_without_a_maximum_is_described_in_words() -> None:
    assert "No part" in describe_heat_map(np.zeros((9, 9), np.float32))
