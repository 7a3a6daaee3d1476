from __future__ import annotations

import datetime as dt
import os
import struct
import time
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, TiffImagePlugin

from explorer.photos.decode import DecodedPhoto, decode
from explorer.photos.metadata.file_name_dates import parse_file_name_date
from tests import pictures

_PICTURE = pictures.draw(1, (64, 48))
MTIME = dt.datetime(2021, 5, 6, 7, 8, 9).timestamp()


def _rational(numerator: int, denominator: int) -> TiffImagePlugin.IFDRational:
    return TiffImagePlugin.IFDRational(numerator, denominator)


def _photo(
    fill: Callable[[Image.Exif], None] = lambda _: None, kind: str = "JPEG", **facts: Any
) -> DecodedPhoto:
    """A photo with the EXIF block that `fill` makes. facts: xmp for the file; mtime and name for
    the decode."""
    block = Image.Exif()
    fill(block)
    told = {key: facts.pop(key) for key in ("mtime", "name") if key in facts}
    return decode(pictures.encoded(_PICTURE, kind, exif=block.tobytes(), **facts), None, **told)


def _taken(**facts: Any) -> tuple[str | None, str | None]:
    """When it was taken and how that is known. facts: original, digitized, changed: EXIF dates;
    others as `_photo`."""
    dates = {key: facts.pop(key, None) for key in ("original", "digitized", "changed", "gps")}

    def fill(block: Image.Exif) -> None:
        if dates["changed"]:
            block[0x0132] = dates["changed"]
        if dates["gps"]:
            block.get_ifd(0x8825).update(dates["gps"])
        for tag, key in ((0x9003, "original"), (0x9004, "digitized")):
            if dates[key]:
                block.get_ifd(0x8769)[tag] = dates[key]

    photo = _photo(fill, **facts)
    return photo.taken_at, photo.taken_source


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_every_format_that_carries_metadata_is_read(kind: str) -> None:
    block = pictures.exif(
        taken="2019:07:12 14:30:00", place=(-33.8568, 151.2153), camera=("Canon", "Canon EOS 7D")
    )
    photo = decode(pictures.encoded(_PICTURE, kind, exif=block), None)
    assert (photo.taken_at, photo.taken_source) == ("2019-07-12T14:30:00", "exif")
    assert photo.latitude == pytest.approx(-33.8568, abs=1e-5)
    assert photo.longitude == pytest.approx(151.2153, abs=1e-5)
    assert photo.camera == "Canon EOS 7D"


# --- when


def test_the_moment_of_taking_comes_first() -> None:
    everything = {
        "changed": "2020:01:01 00:00:00",
        "name": "IMG_20180101_000000.jpg",
        "mtime": MTIME,
    }
    assert _taken(
        original="2019:07:12 14:30:00", digitized="2019:07:13 00:00:00", **everything
    ) == ("2019-07-12T14:30:00", "exif")
    assert _taken(digitized="2019:07:13 00:00:00", **everything) == ("2019-07-13T00:00:00", "exif")
    assert _taken(**everything) == ("2020-01-01T00:00:00", "exif")
    del everything["changed"]
    assert _taken(**everything) == ("2018-01-01T00:00:00", "name")
    del everything["name"]
    assert _taken(**everything) == ("2021-05-06T07:08:09", "file")
    assert _taken() == (None, None)


@pytest.mark.parametrize(
    "nonsense",
    [
        "0000:00:00 00:00:00", "    :  :     :  :  ", "1970:01:01 00:00:00", "1904:01:01 00:00:00", "2999:01:01 00:00:00",
        "2019:13:01 00:00:00", "2019:02:30 10:00:00", "2019:13", "yesterday", "2019 or so", "\0\0\0", "0201:01:01 00:00:00",
    ],
)  # fmt: skip
def test_dates_that_cannot_be_are_passed_over(nonsense: str) -> None:
    assert _taken(original=nonsense, mtime=MTIME) == ("2021-05-06T07:08:09", "file")
    assert _taken(original=nonsense, digitized="2019:07:12 14:30:00") == (
        "2019-07-12T14:30:00",
        "exif",
    )


def test_dates_as_careless_programs_write_them() -> None:
    for text in (
        "2019-07-12 14:30:00",
        "2019/07/12 14:30:00",
        "2019:07:12T14:30:00",
        "2019:07:12 14:30:00.123",
        "2019:07:12 14:30:00\0xx",
    ):
        assert _taken(original=text) == ("2019-07-12T14:30:00", "exif"), text


def test_old_paper_photos_may_be_old() -> None:
    assert _taken(original="1931:08:20 12:00:00") == ("1931-08-20T12:00:00", "exif")


@pytest.mark.parametrize(
    "packet",
    [
        b'<x exif:DateTimeOriginal="2012-03-04T05:06:07"/>',
        b"<exif:DateTimeOriginal>2012-03-04T05:06:07.25+02:00</exif:DateTimeOriginal>",
        b"<x xmp:CreateDate='2015-01-01T00:00:00' photoshop:DateCreated = '2012-03-04T05:06:07Z'/>",
        b'<x exif:DateTimeOriginal="0000-00-00T00:00:00" xmp:CreateDate="2012-03-04T05:06:07"/>',
    ],
)
def test_dates_in_xmp(packet: bytes) -> None:
    assert _taken(xmp=packet) == ("2012-03-04T05:06:07", "exif")
    assert _taken(xmp=packet, original="2019:07:12 14:30:00") == ("2019-07-12T14:30:00", "exif")


def test_dates_in_xmp_without_seconds() -> None:
    assert _taken(xmp=b'<x exif:DateTimeOriginal="2012-03-04T05:06"/>') == (
        "2012-03-04T05:06:00",
        "exif",
    )
    assert _taken(xmp=b'<x exif:DateTimeOriginal="2012-03"/>') == ("2012-03-01T00:00:00", "exif")


def test_the_satellites_know_the_date_too() -> None:
    time_of_day = (_rational(12, 1), _rational(30, 1), _rational(0, 1))
    assert _taken(gps={29: "2019:07:12", 7: time_of_day}, changed="2022:01:01 00:00:00") == (
        "2019-07-12T12:30:00",
        "gps",
    )
    assert _taken(gps={29: "2019:07:12"}) == ("2019-07-12T00:00:00", "gps")
    assert _taken(
        gps={29: "2019:07:12", 7: (_rational(99, 1), _rational(0, 0), _rational(0, 1))}
    ) == ("2019-07-12T00:00:00", "gps")
    assert _taken(gps={29: "0000:00:00", 7: time_of_day}) == (None, None)
    assert _taken(xmp=b"<exif:GPSTimeStamp>2023-11-15T12:30:00Z</exif:GPSTimeStamp>") == (
        "2023-11-15T12:30:00",
        "gps",
    )


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("IMG_20190712_143000.jpg", "2019-07-12T14:30:00"),
        ("PXL_20201225_101112345.jpg", "2020-12-25T10:11:12"),
        ("2019-07-12 14.30.00.png", "2019-07-12T14:30:00"),
        ("2019-07-12 14.30.00-1.jpg", "2019-07-12T14:30:00"),
        ("Screenshot_2019-07-12-14-30-00.png", "2019-07-12T14:30:00"),
        ("Screenshot 2019-07-12 at 14.30.00.png", "2019-07-12T14:30:00"),
        ("WhatsApp Image 2019-07-12 at 14.30.00.jpeg", "2019-07-12T14:30:00"),
        ("signal-2019-07-12-143000.jpg", "2019-07-12T14:30:00"),
        ("20190712143000.jpg", "2019-07-12T14:30:00"),
        ("IMG-20190712-WA0003.jpg", "2019-07-12T00:00:00"),
        ("Zoo 2019-07-12.jpg", "2019-07-12T00:00:00"),
        ("20190712_253000.jpg", "2019-07-12T00:00:00"),
        ("IMG_0001.jpg", None),
        ("IMG_20191345.jpg", None),
        ("20190230_101010.jpg", None),
        ("29990101_101010.jpg", None),
        ("1562941800000.jpg", None),
        ("DSC02019.jpg", None),
        ("", None),
    ],
)
def test_dates_in_names(name: str, date: str | None) -> None:
    found = parse_file_name_date(name)
    assert (found.text if found else None) == date
    assert _taken(name=name) == (date, "name" if date else None)


@pytest.mark.parametrize(
    "mtime", [0.0, -1.0, 1e18, float("nan"), float("inf"), dt.datetime(1980, 1, 1).timestamp(), 4e9]
)
def test_file_times_that_nobody_set(mtime: float) -> None:
    assert _taken(mtime=mtime) == (None, None)


# --- where


def _placed(gps: dict[int, Any]) -> tuple[float | None, float | None]:
    photo = _photo(lambda block: block.get_ifd(0x8825).update(gps))
    return photo.latitude, photo.longitude


_NORTH = (_rational(48, 1), _rational(8, 1), _rational(2340, 100))
_EAST = (_rational(11, 1), _rational(34, 1), _rational(0, 1))


def test_all_four_quarters_of_the_world() -> None:
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
        {1: "N", 2: (_rational(0, 0), _rational(8, 1), _rational(0, 1)), 3: "E", 4: _EAST},
        {1: "N", 2: (_rational(148, 1), _rational(8, 1), _rational(0, 1)), 3: "E", 4: _EAST},
        {1: "N", 2: _NORTH, 3: "E", 4: (_rational(190, 1), _rational(8, 1), _rational(0, 1))},
        {1: "N", 2: (_rational(0, 1),) * 3, 3: "E", 4: (_rational(0, 1),) * 3},
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
def test_places_that_are_none(gps: dict[int, Any]) -> None:
    assert _placed(gps) == (None, None)


def test_seconds_that_cannot_be_read_count_as_none() -> None:
    latitude, _ = _placed(
        {1: "N", 2: (_rational(48, 1), _rational(30, 1), _rational(0, 0)), 3: "E", 4: _EAST}
    )
    assert latitude == 48.5


# --- with what


def _made(make: Any = None, model: Any = None, **details: Any) -> DecodedPhoto:
    tags = {"lens": 0xA434, "exposure": 0x829A, "f": 0x829D, "iso": 0x8827, "focal": 0x920A}

    def fill(block: Image.Exif) -> None:
        for tag, value in ((0x010F, make), (0x0110, model)):
            if value is not None:
                block[tag] = value
        block.get_ifd(0x8769).update({tags[key]: value for key, value in details.items()})

    return _photo(fill)


def test_camera_and_exposure() -> None:
    photo = _made(
        "NIKON CORPORATION",
        "NIKON D90",
        lens="18-55 mm",
        exposure=_rational(1, 250),
        f=_rational(28, 10),
        iso=400,
        focal=_rational(35, 1),
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
def test_names_are_made_fit_to_be_read(
    make: str | None, model: str | None, camera: str | None
) -> None:
    assert _made(make, model).camera == camera


def test_numbers_that_are_none() -> None:
    photo = _made(exposure=_rational(0, 0), f=_rational(1, 0), iso=0, focal=_rational(0, 5))
    assert (photo.exposure_time, photo.f_number, photo.iso, photo.focal_length) == (
        None,
        None,
        None,
        None,
    )


# --- broken blocks


def _raw_block(entries: list[tuple[int, int, int, int]]) -> bytes:
    body = (
        struct.pack(">H", len(entries))
        + b"".join(struct.pack(">HHII", *entry) for entry in entries)
        + bytes(4)
    )
    return b"Exif\0\0MM\0*\0\0\0\x08" + body


def test_a_broken_part_costs_only_itself() -> None:
    """The camera's details lie beyond the block's end; what the main part says still counts."""
    model = (0x0110, 2, 4, int.from_bytes(b"X10\0", "big"))
    for entries in (
        [model, (0x8769, 4, 1, 0xFFFFFF)],
        [model, (0x8825, 4, 1, 0xFFFFFF)],
        [model, (0x8769, 4, 1, 8), (0x8825, 4, 1, 8)],
    ):
        photo = decode(pictures.encoded(_PICTURE, exif=_raw_block(entries)), None, mtime=MTIME)
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
def test_a_block_that_makes_no_sense_is_ignored(block: bytes) -> None:
    photo = decode(pictures.encoded(_PICTURE, exif=block), None, mtime=MTIME)
    assert (photo.taken_source, photo.camera, photo.damaged) == ("file", None, None)


def test_values_of_the_wrong_kind() -> None:
    """Text where a number belongs, numbers where text belongs."""
    entries = [(0x010F, 3, 1, 7 << 16), (0x0112, 2, 4, int.from_bytes(b"abc\0", "big"))]
    photo = decode(pictures.encoded(_PICTURE, exif=_raw_block(entries)), None)
    assert (photo.camera, photo.width) == (None, 64)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows sets no time zone for one process")
def test_file_times_are_local_times(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = dt.datetime(2021, 5, 6, 7, 8, 9, tzinfo=dt.UTC).timestamp()
    before = os.environ.get("TZ")
    try:
        monkeypatch.setenv("TZ", "UTC-9")
        time.tzset()
        assert _taken(mtime=moment) == ("2021-05-06T16:08:09", "file")
    finally:
        monkeypatch.setenv("TZ", before or "")
        if before is None:
            monkeypatch.delenv("TZ")
        time.tzset()
