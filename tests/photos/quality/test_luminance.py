from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from explorer.photos.quality.luminance import luminance, rgb

PICTURE = Image.fromarray(np.random.default_rng(2).integers(0, 256, (20, 30, 3), np.uint8))


@pytest.mark.parametrize("transpose", list(Image.Transpose))
def test_luminance_is_transposed_as_the_picture_is(transpose: Image.Transpose) -> None:
    upright = luminance(np.asarray(PICTURE.transpose(transpose)))
    assert np.array_equal(luminance(np.asarray(PICTURE), transpose), upright)


def test_a_fourth_channel_does_not_count() -> None:
    four = np.asarray(PICTURE.convert("RGBA"))
    assert np.array_equal(luminance(four), luminance(np.asarray(PICTURE)))
    assert np.array_equal(rgb(four), np.asarray(PICTURE))
    assert np.array_equal(rgb(np.asarray(PICTURE)), np.asarray(PICTURE))


def test_luminance_is_that_of_rec_601() -> None:
    pixels = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    assert luminance(pixels).tolist() == [[76, 150, 29]]


def test_gray_is_its_own_luminance() -> None:
    grey = np.arange(12, dtype=np.uint8).reshape(3, 4)
    assert np.array_equal(luminance(grey), grey)
