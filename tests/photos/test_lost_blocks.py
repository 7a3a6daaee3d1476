"""Blocks of zeros in compressed image data."""

from __future__ import annotations

import functools
import io
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from explorer.errors import DamagedPhoto
from explorer.photos.decode import decode
from explorer.photos.lost_blocks import LOST_BLOCK, has_lost_block
from tests import pictures

NOISE = Image.fromarray(np.random.default_rng(1).integers(0, 255, (200, 260, 3), np.uint8))


@functools.cache
def encoded(kind: str, **options: Any) -> bytes:
    if kind != "HEIF":
        return pictures.encoded(NOISE, kind, **options)
    file, made = pillow_heif.from_pillow(NOISE), io.BytesIO()
    file.save(made, quality=80)
    return made.getvalue()


def with_zeros(data: bytes, size: int = 4096) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(size) + data[middle + size :]


FILES = [
    ("JPEG", {}),
    ("JPEG", {"restart_marker_blocks": 20}),
    ("HEIF", {}),
    ("AVIF", {"speed": 10}),
    ("WEBP", {"quality": 90}),
    ("WEBP", {"quality": 90, "exif": pictures.exif("2019:07:12 14:30:00")}),
]


@pytest.mark.parametrize(("kind", "options"), FILES, ids=str)
def test_a_block_of_zeros_is_damage(kind: str, options: dict[str, Any]) -> None:
    whole = encoded(kind, **options)
    assert not has_lost_block(whole) and decode(whole, None).damaged is None
    torn = with_zeros(whole)
    assert has_lost_block(torn)
    try:
        assert decode(torn, None).damaged == LOST_BLOCK
    except DamagedPhoto as error:
        # A decoder may refuse it.
        assert str(error) == LOST_BLOCK


@pytest.mark.parametrize(("kind", "options"), FILES, ids=str)
def test_zeros_elsewhere_are_not(kind: str, options: dict[str, Any]) -> None:
    whole = encoded(kind, **options)
    assert decode(whole + bytes(9000), None).damaged is None
    assert not has_lost_block(with_zeros(whole, 1000))


def test_zeros_in_a_plain_area_are_not() -> None:
    """With tables made for the picture, a plain area is coded as zeros."""
    plain = pictures.encoded(Image.new("RGB", (2000, 1600), "white"), optimize=True)
    assert bytes(4096) in plain
    assert decode(plain, None).damaged is None


def test_zeros_between_segments_are_not() -> None:
    data = pictures.encoded(NOISE)
    comment = b"\xff\xfe" + (9002).to_bytes(2, "big") + bytes(9000)
    assert not has_lost_block(data[:2] + b"\xff" + comment + data[2:])


@pytest.mark.parametrize(
    "data", [bytes(5000), b"\xff\xd8\xff\xda" + bytes(5000), b"BM" + bytes(5000)]
)
def test_other_files(data: bytes) -> None:
    assert not has_lost_block(data)


def test_a_scan_without_its_tables() -> None:
    data = pictures.encoded(NOISE)
    while (at := data.find(b"\xff\xc4")) >= 0:
        data = data[:at] + data[at + 2 + int.from_bytes(data[at + 2 : at + 4], "big") :]
    assert not has_lost_block(with_zeros(data))


@pytest.mark.parametrize("options", [{}, {"restart_marker_rows": 1}])
def test_a_jpeg_of_which_the_end_was_lost_is_damaged(options: dict[str, int]) -> None:
    """It has no end marker either. Behind a restart marker, no decoder minds the zeros."""
    whole = encoded("JPEG", **options)
    begun = len(whole) * 2 // 3
    assert decode(whole[:begun] + bytes(len(whole) - begun), None).damaged
    assert not decode(whole[:-2], None).damaged
