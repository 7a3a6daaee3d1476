from __future__ import annotations

import struct
from typing import Any

import pytest
from PIL import Image

from explorer.photos.decode import DecodedPhoto, decode
from tests import pictures
from tests.photos.metadata.exif_photos import MTIME, PICTURE, photo_with_exif, rational


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_every_format_that_carries_metadata_is_read(kind: str) -> None:
    block = pictures.exif(
        taken="2019:07:12 14:30:00", place=(-33.8568, 151.2153), camera=("Canon", "Canon EOS 7D")
    )
    photo = decode(pictures.encoded(PICTURE, kind, exif=block), None)
    assert (photo.taken_at, photo.taken_source) == ("2019-07-12T14:30:00", "exif")
    assert photo.latitude == pytest.approx(-33.8568, abs=1e-5)
    assert photo.longitude == pytest.approx(151.2153, abs=1e-5)
    assert photo.camera == "Canon EOS 7D"


def _placed(gps: dict[int, Any]) -> tuple[float | None, float | None]:
    photo = photo_with_exif(lambda block: block.get_ifd(0x8825).update(gps))
    return photo.latitude, photo.longitude


_NORTH = (rational(48, 1), rational(8, 1), rational(2340, 100))


_EAST = (rational(11, 1), rational(34, 1), rational(0, 1))


def test_positions_in_all_four_hemispheres() -> None:
    for ns, up in (("N", 1), ("S", -1)):
        for ew, right in (("E", 1), ("W", -1)):
            latitude, longitude = _placed({1: ns, 2: _NORTH, 3: ew, 4: _EAST})
            assert latitude == pytest.approx(up * 48.1398333, abs=1e-6)
            assert longitude == pytest.approx(right * 11.5666667, abs=1e-6)


@pytest.mark.parametrize(
    "gps",
    [
        {2: _NORTH, 4: _EAST},
        {1: "N", 2: _NORTH},
        {1: "N", 2: _NORTH, 4: _EAST},
        {1: "", 2: _NORTH, 3: "", 4: _EAST},
        {1: "N", 2: (rational(0, 0), rational(8, 1), rational(0, 1)), 3: "E", 4: _EAST},
        {1: "N", 2: (rational(148, 1), rational(8, 1), rational(0, 1)), 3: "E", 4: _EAST},
        {1: "N", 2: _NORTH, 3: "E", 4: (rational(190, 1), rational(8, 1), rational(0, 1))},
        {1: "N", 2: (rational(0, 1),) * 3, 3: "E", 4: (rational(0, 1),) * 3},
    ],
    ids=[
        "no sides",
        "no longitude",
        "one side",
        "empty sides",
        "zero denominator",
        "beyond the pole",
        "beyond 180",
        "nowhere",
    ],
)
def test_invalid_positions_are_ignored(gps: dict[int, Any]) -> None:
    assert _placed(gps) == (None, None)


def test_unreadable_seconds_of_a_position_count_as_zero() -> None:
    latitude, _ = _placed(
        {1: "N", 2: (rational(48, 1), rational(30, 1), rational(0, 0)), 3: "E", 4: _EAST}
    )
    assert latitude == 48.5


def _made(make: Any = None, model: Any = None, **details: Any) -> DecodedPhoto:
    tags = {"lens": 0xA434, "exposure": 0x829A, "f": 0x829D, "iso": 0x8827, "focal": 0x920A}

    def fill(block: Image.Exif) -> None:
        for tag, value in ((0x010F, make), (0x0110, model)):
            if value is not None:
                block[tag] = value
        block.get_ifd(0x8769).update({tags[key]: value for key, value in details.items()})

    return photo_with_exif(fill)


def test_camera_and_exposure() -> None:
    photo = _made(
        "NIKON CORPORATION",
        "NIKON D90",
        lens="18-55 mm",
        exposure=rational(1, 250),
        f=rational(28, 10),
        iso=400,
        focal=rational(35, 1),
    )
    assert (photo.camera, photo.lens) == ("NIKON D90", "18-55 mm")
    assert (photo.exposure_time, photo.f_number, photo.iso, photo.focal_length) == (
        0.004,
        2.8,
        400,
        35,
    )


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("Apple", "iPhone 7", "Apple iPhone 7"),
        ("Canon\0\0\0", "Canon EOS 7D\0garbage", "Canon EOS 7D"),
        ("  SONY ", None, "SONY"),
        (None, " X100 ", "X100"),
        ("\0", "\0", None),
        ("\x01\x02", "A\tB\nC", "A B C"),
        ("M" * 500, None, "M" * 200),
    ],
)
def test_camera_names_are_cleaned(make: str | None, model: str | None, camera: str | None) -> None:
    assert _made(make, model).camera == camera


def test_invalid_numbers_are_ignored() -> None:
    photo = _made(exposure=rational(0, 0), f=rational(1, 0), iso=0, focal=rational(0, 5))
    assert (photo.exposure_time, photo.f_number, photo.iso, photo.focal_length) == (
        None,
        None,
        None,
        None,
    )


def _raw_block(entries: list[tuple[int, int, int, int]]) -> bytes:
    body = (
        struct.pack(">H", len(entries))
        + b"".join(struct.pack(">HHII", *entry) for entry in entries)
        + bytes(4)
    )
    return b"Exif\0\0MM\0*\0\0\0\x08" + body


def test_a_broken_block_does_not_affect_the_others() -> None:
    """The camera's details lie beyond the block's end; what the main part says still counts."""
    model = (0x0110, 2, 4, int.from_bytes(b"X10\0", "big"))
    for entries in (
        [model, (0x8769, 4, 1, 0xFFFFFF)],
        [model, (0x8825, 4, 1, 0xFFFFFF)],
        [model, (0x8769, 4, 1, 8), (0x8825, 4, 1, 8)],
    ):
        photo = decode(pictures.encoded(PICTURE, exif=_raw_block(entries)), None, mtime=MTIME)
        assert photo.camera == "X10"
        assert photo.taken_source == "file"
        assert photo.damaged is None


@pytest.mark.parametrize(
    "block",
    [
        b"Exif\0\0",
        b"Exif\0\0II",
        b"Exif\0\0garbage",
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff",
        bytes(100),
    ],
)
def test_a_malformed_block_is_ignored(block: bytes) -> None:
    photo = decode(pictures.encoded(PICTURE, exif=block), None, mtime=MTIME)
    assert (photo.taken_source, photo.camera, photo.damaged) == ("file", None, None)


def test_values_of_the_wrong_type_are_ignored() -> None:
    """Text where a number belongs, numbers where text belongs."""
    entries = [(0x010F, 3, 1, 7 << 16), (0x0112, 2, 4, int.from_bytes(b"abc\0", "big"))]
    photo = decode(pictures.encoded(PICTURE, exif=_raw_block(entries)), None)
    assert (photo.camera, photo.width) == (None, 64)
