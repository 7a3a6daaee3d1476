from __future__ import annotations

import gc

import numpy as np
import pytest
from PIL import Image

from explorer.photos.pixel_view import pixel_view


def random_picture(mode: str, size: tuple[int, int]) -> Image.Image:
    shape = (size[1], size[0], *((3,) if mode == "RGB" else ()))
    return Image.fromarray(np.random.default_rng(1).integers(0, 256, shape, np.uint8))


# Pillow keeps the last size in several blocks, which it cannot share.
@pytest.mark.parametrize("size", [(1, 1), (7, 5), (500, 375), (2600, 2000)])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_view_has_the_pixels_of_the_picture(mode: str, size: tuple[int, int]) -> None:
    picture = random_picture(mode, size)
    view = pixel_view(picture)
    found = view[..., :3] if mode == "RGB" else view
    assert np.array_equal(found, np.asarray(picture))


def test_a_view_outlives_its_picture() -> None:
    picture = random_picture("RGB", (300, 200))
    before, view = np.asarray(picture), pixel_view(picture)
    del picture
    gc.collect()
    others = [random_picture("L", (600, 400)) for _ in range(4)]
    assert np.array_equal(view[..., :3], before) and others


def test_a_view_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        pixel_view(random_picture("L", (4, 4)))[0, 0] = 1


def test_other_modes_are_refused() -> None:
    with pytest.raises(ValueError, match="CMYK"):
        pixel_view(Image.new("CMYK", (4, 4)))
