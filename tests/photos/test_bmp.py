"""BMP files with a fourth byte per pixel."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from explorer.photos.decode import decode
from explorer.photos.input_spec import InputSpec
from tests import pictures
from tests.fixtures.picture_checks import difference

SPEC = InputSpec(64, "squash", "bicubic")
DRAWN = pictures.draw(3, (160, 120))
MASKS = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)


def bmp(alpha: np.ndarray, header_size: int) -> bytes:
    """alpha: (height, width). header_size: 56, 108 or 124 bytes, for the versions 3 to 5."""
    rows = np.dstack([np.asarray(DRAWN)[:, :, ::-1], alpha])[::-1].astype(np.uint8).tobytes()
    header = struct.pack("<IiiHHIIiiII", header_size, *DRAWN.size, 1, 32, 3, len(rows), 0, 0, 0, 0)
    start = 14 + header_size
    file_header = b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start)
    return file_header + (header + MASKS).ljust(header_size, b"\0") + rows


@pytest.mark.parametrize("header_size", [56, 108, 124])
def test_a_fourth_byte_that_is_always_zero_is_not_transparency(header_size: int) -> None:
    plain = decode(pictures.encoded(DRAWN, "PNG"), SPEC).input
    photo = decode(bmp(np.zeros((120, 160)), header_size), SPEC)
    assert photo.format == "BMP" and difference(photo.input, plain) < 1


def test_transparency_is_shown_as_white() -> None:
    alpha = np.zeros((120, 160))
    alpha[:, 80:] = 255
    shown = decode(bmp(alpha, 124), SPEC).input
    assert shown is not None and shown[:, :28].min() > 250 and shown[:, 36:].min() < 200
