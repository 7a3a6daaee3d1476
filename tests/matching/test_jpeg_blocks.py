"""The coefficients of JPEG's blocks, and how far compression moves them."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from explorer.matching.jpeg_blocks import beyond, coefficients, tolerances
from tests.pictures import draw, encoded


def luma(size: tuple[int, int] = (160, 120)) -> np.ndarray:
    return np.asarray(draw(5, size).convert("L"), np.float32)


def test_coefficients_are_the_cosine_transform_of_each_whole_block() -> None:
    gray = luma((37, 27))
    found = coefficients(gray)
    assert found.shape == (4 * 3, 64)
    block = cv2.dct(gray[8:16, 16:24])
    # By horizontal frequency first.
    assert np.allclose(found[4 + 2].reshape(8, 8), block.T, atol=1e-2)


@pytest.mark.parametrize("quality", [30, 60, 85, 95])
def test_compression_alone_moves_no_coefficient_beyond_its_tolerance(quality: int) -> None:
    gray = luma()
    opened = Image.open(
        io.BytesIO(encoded(Image.fromarray(gray.astype(np.uint8)), quality=quality))
    )
    table = opened.quantization[0]  # type: ignore[attr-defined]
    excess = beyond(np.asarray(opened, np.float32), gray, tolerances(table))
    # Apart from what is clipped.
    assert np.count_nonzero(excess) < 0.01 * excess.size
    assert np.count_nonzero(beyond(np.asarray(opened, np.float32), gray, tolerances(None))) > 500


def test_a_difference_beyond_the_tolerance_keeps_its_sign() -> None:
    even = np.full((8, 8), 100, np.float32)
    assert beyond(even - 1, even, tolerances(None))[0, 0] == pytest.approx(-4)
    assert beyond(even + 1, even, tolerances(None))[0, 0] == pytest.approx(4)
    assert not beyond(even + 0.5, even, tolerances(None)).any()
