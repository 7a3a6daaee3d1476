"""Comparing what came out of a decode with what went in."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from explorer.photos.decode import DecodedPhoto


def preview(photo: DecodedPhoto) -> Image.Image:
    picture = Image.open(io.BytesIO(photo.preview))
    picture.load()
    return picture


def difference(one: Image.Image | np.ndarray | None, other: Image.Image | np.ndarray | None) -> float:
    """The mean difference of two pictures' values, 0 to 255."""
    assert one is not None
    assert other is not None
    first, second = np.asarray(one, np.float64), np.asarray(other, np.float64)
    assert first.shape == second.shape
    return float(np.abs(first - second).mean())


def distance(one: bytes, other: bytes) -> int:
    """In how many bits two hashes differ."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


def middle(photo: DecodedPhoto) -> tuple[int, ...]:
    """The preview's colour in its middle."""
    picture = preview(photo)
    pixel = picture.getpixel((picture.width // 2, picture.height // 2))
    assert isinstance(pixel, tuple)
    return pixel
