"""Opening a broken picture, and pictures that cannot be read yet."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from explorer.photos.damage import find_damage
from explorer.photos.picture_loader import open_picture
from tests import pictures
from tests.photos.test_damage import DRAWN


def test_opening_a_broken_picture_does_not_hide_the_damage() -> None:
    data = bytearray(pictures.encoded(DRAWN, "PNG"))
    at = data.index(b"IDAT") + 1000
    data[at : at + 1000] = np.random.default_rng(1).integers(0, 256, 1000, np.uint8).tobytes()
    with pytest.raises((OSError, SyntaxError)):
        open_picture(bytes(data)).load()


def test_a_tiff_of_an_unusual_compression_is_damaged_only_if_truncated() -> None:
    data = pictures.encoded(DRAWN, "TIFF", compression="jpeg")
    assert find_damage(data) is None
    assert find_damage(data[: len(data) // 2]) is not None
    grey = pictures.encoded(Image.new("1", (64, 64)), "TIFF", compression="group4")
    assert find_damage(grey) is None
