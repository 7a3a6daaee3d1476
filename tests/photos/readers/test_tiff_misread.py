"""TIFF files that Pillow opens but decodes wrongly, and damage in compressed ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.errors import DamagedPhoto
from explorer.photos.decode import decode
from explorer.photos.metadata.iptc import find_iptc
from explorer.photos.metadata.xmp_packet import find_packet
from explorer.photos.picture_loader import open_picture
from tests import pictures
from tests.fixtures.picture_checks import difference
from tests.fixtures.tiffs import tiff as write
from tests.photos.readers.test_tiff import (
    COLOUR,
    DRAWN,
    GREY,
    LAYOUTS,
    OPAQUE,
    SPEC,
    WANTED,
    WANTED_GREY,
    shown,
    wide,
)

COLOURFUL = wide(COLOUR)
# Samples and photometric interpretation; 0 is white in the second and the fourth.
WRONG_IN_PILLOW: list[tuple[np.ndarray, int]] = [
    (GREY.astype(np.uint32) << 24, 1),
    (65535 - wide(GREY), 0),
    (GREY.astype(np.int16) << 7, 1),
    (0xFFFFFFFF - GREY.astype(np.uint32) * 0x1010101, 0),
]


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("compression", [1, 8])
@pytest.mark.parametrize(("samples", "photometric"), WRONG_IN_PILLOW, ids=range(4))
def test_gray_of_many_bits(
    samples: np.ndarray, photometric: int, compression: int, order: str
) -> None:
    data = write(samples, photometric, order=order, compression=compression)
    assert difference(shown(data), WANTED_GREY) < 2


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_separate_planes_of_16_bits(layout: dict[str, Any], order: str) -> None:
    planes = {**layout, "order": order, "planar": 2}
    assert difference(shown(write(COLOURFUL, 2, **planes)), WANTED) < 1
    clear = write(np.concatenate([COLOURFUL, OPAQUE], axis=2), 2, tags={338: (2,)}, **planes)
    assert difference(shown(clear), WANTED) < 1


def test_separate_planes_of_gray_and_alpha() -> None:
    values = np.concatenate([GREY, np.full_like(GREY, 255)], axis=2)
    data = write(values, 1, tags={338: (2,)}, planar=2, compression=8)
    assert difference(shown(data), WANTED_GREY) < 1


def test_gray_of_12_bits() -> None:
    values = (GREY[:, :, 0].astype(np.uint16) * 257) >> 4
    pairs = values.reshape(70, 45, 2)
    packed = np.stack(
        [pairs[..., 0] >> 4, (pairs[..., 0] & 15) << 4 | pairs[..., 1] >> 8, pairs[..., 1] & 255],
        axis=2,
    )
    data = write(GREY, 1, bits=12, packed=packed.astype(np.uint8).tobytes())
    assert difference(shown(data), WANTED_GREY) < 1


def test_metadata_of_pictures_that_pillow_does_not_decode() -> None:
    packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/' />"
    iptc = b"\x1c\x02\x05\x00\x03abc"
    resources = b"8BIM\x04\x04\0\0" + len(iptc).to_bytes(4, "big") + iptc
    for number, value in ((33723, iptc), (34377, resources)):
        # The type of these tags is often wrongly given as a number of several bytes.
        pairs = np.frombuffer(value, "<u2")
        tags = {700: tuple(np.frombuffer(packet, "<u2")), number: tuple(pairs)}
        found = open_picture(write(65535 - wide(GREY), 0, tags=tags))
        assert find_packet(found) == packet and find_iptc(found) == iptc


@pytest.mark.parametrize("compression", ["tiff_lzw", "jpeg"])
def test_corrupt_strips_are_damage(compression: str) -> None:
    data = pictures.encoded(DRAWN.resize((640, 480)), "TIFF", compression=compression)
    middle = len(data) // 2
    torn = data[:middle] + bytes(4096) + data[middle + 4096 :]
    try:
        assert decode(torn, SPEC).damaged is not None
    except DamagedPhoto:
        return


def test_jpeg_tables_beyond_the_end_are_damage() -> None:
    data = pictures.encoded(DRAWN, "TIFF", compression="jpeg")
    assert data.rindex(b"\xff\xd9") > len(data) - 20
    with pytest.raises(DamagedPhoto, match="beyond its end"):
        decode(data[:-20], SPEC)
