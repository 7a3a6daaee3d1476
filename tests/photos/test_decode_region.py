"""Parts are cut out of the upright photo, at the resolution of the original."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from explorer.errors import PhotoError
from explorer.photos.decode_region import PREVIEW_SIDE, decode_region
from explorer.photos.input_spec import InputSpec
from tests import pictures

SPEC = InputSpec(32, "squash", "bilinear")
COLORS = {"red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}


def quarters(size: tuple[int, int]) -> Image.Image:
    """Red, green, blue and white: top left, top right, bottom left, bottom right."""
    width, height = size
    picture = Image.new("RGB", size)
    for number, color in enumerate(COLORS):
        at = (number % 2 * width // 2, number // 2 * height // 2)
        picture.paste(color, (*at, at[0] + width // 2, at[1] + height // 2))
    return picture


@pytest.mark.parametrize("size", [(400, 300), (2400, 1800), (90, 60)])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_boxes_are_of_the_upright_photo(size: tuple[int, int], orientation: int) -> None:
    upright = quarters(size)
    back = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    stored = upright.transpose(back) if back is not None else upright
    exif, data = Image.Exif(), io.BytesIO()
    exif[274] = orientation
    stored.save(data, "JPEG", quality=95, exif=exif)
    boxes = [
        (0.02, 0.02, 0.44, 0.44),
        (0.54, 0.02, 0.44, 0.44),
        (0.02, 0.54, 0.44, 0.44),
        (0.54, 0.54, 0.44, 0.44),
    ]
    found = decode_region(data.getvalue(), SPEC, boxes)
    assert found.inputs.shape == (4, 32, 32, 3) and found.inputs.dtype == np.uint8
    for part, color in zip(found.inputs, COLORS.values(), strict=True):
        assert np.abs(part.astype(int) - color).max() < 12
    preview = Image.open(io.BytesIO(found.preview))
    assert max(preview.size) <= PREVIEW_SIDE
    red = np.asarray(preview).mean(axis=(0, 1))
    assert red == pytest.approx(COLORS["red"], abs=6)


def test_a_small_part_of_a_large_photo_keeps_its_detail() -> None:
    # Stripes of one pixel, which any reduction of the photo would blur to grey.
    stripes = np.zeros((1600, 1600, 3), np.uint8)
    stripes[:, ::2] = 255
    data = io.BytesIO()
    Image.fromarray(stripes).save(data, "PNG", compress_level=1)
    part = decode_region(data.getvalue(), SPEC, [(0.5, 0.5, 0.02, 0.02)]).inputs[0]
    assert part.std() > 100


def test_one_pixel_is_enough() -> None:
    data = io.BytesIO()
    pictures.plain("red", (3, 3)).save(data, "PNG")
    found = decode_region(data.getvalue(), SPEC, [(0.99, 0.99, 0.01, 0.01)])
    assert np.abs(found.inputs.astype(int) - COLORS["red"]).max() < 3


@pytest.mark.parametrize("data", [b"", b"no photo", b"\xff\xd8\xff\xe0" + bytes(300)])
def test_a_file_that_is_not_a_photo_raises_a_photo_error(data: bytes) -> None:
    with pytest.raises(PhotoError):
        decode_region(data, SPEC, [(0.0, 0.0, 1.0, 1.0)])
