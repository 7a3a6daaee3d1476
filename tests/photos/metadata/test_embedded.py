from __future__ import annotations

import io
import struct
from typing import Any

import pytest
from PIL import Image

from explorer.photos.decoded_photo import Metadata
from explorer.photos.metadata import impossible_date, read_metadata
from tests import pictures
from tests.photos.metadata.packets import xmp
from tests.photos.metadata.test_iptc import data, jpeg

PICTURE = pictures.draw(1, (64, 48))


def photo(
    details: dict[int, Any] | None = None,
    gps: dict[int, Any] | None = None,
    main: dict[int, Any] | None = None,
    packet: str = "",
    iptc: bytes = b"",
) -> Image.Image:
    """An opened JPEG with these EXIF values, this XMP packet and these IPTC data."""
    block = Image.Exif()
    block.update(main or {})
    block.get_ifd(0x8769).update(details or {})
    block.get_ifd(0x8825).update(gps or {})
    options: dict[str, Any] = {"xmp": packet.encode()} if packet else {}
    made = pictures.encoded(PICTURE, exif=block.tobytes(), **options)
    if iptc:
        plain = jpeg(iptc)
        segment = plain[2 : 4 + struct.unpack(">H", plain[4:6])[0]]
        made = made[:2] + segment + made[2:]
    return Image.open(io.BytesIO(made))


def taken(
    picture: Image.Image, name: str = "", mtime: float | None = None
) -> tuple[str | None, str | None, str | None]:
    found = read_metadata(picture, name=name, mtime=mtime)
    return found.taken_at, found.taken_precision, found.taken_source


GPS = {29: "2014:07:12", 7: (12.0, 30.0, 0.0)}
IPTC = data(((2, 55), b"19880605"))


def test_dates_are_ranked() -> None:
    """Each the date of a year of its own; the first that is there counts."""
    carriers: list[tuple[dict[str, Any], str]] = [
        ({"details": {0x9003: "2010:01:02 03:04:05"}}, "2010"),
        ({"details": {0x9004: "2011:01:02 03:04:05"}}, "2011"),
        (
            {
                "packet": xmp(
                    'exif:DateTimeOriginal="2012-01-02T03:04:05"'
                    ' exif:GPSTimeStamp="2015-01-02T03:04:05Z"'
                )
            },
            "2012",
        ),
        ({"iptc": data(((2, 55), b"20130102"), ((2, 60), b"030405"))}, "2013"),
        ({"gps": GPS}, "2014"),
        ({"packet": xmp('exif:GPSTimeStamp="2015-01-02T03:04:05Z"')}, "2015"),
        ({"main": {0x0132: "2016:01:02 03:04:05"}}, "2016"),
    ]
    for first in range(len(carriers)):
        facts: dict[str, Any] = {}
        for carrier, _ in reversed(carriers[first:]):
            for key, value in carrier.items():
                facts[key] = {**facts.get(key, {}), **value} if isinstance(value, dict) else value
        found = taken(photo(**facts), "IMG_20170102_030405.jpg", 1514862245)
        assert found[0] is not None and found[0][:4] == carriers[first][1]
        assert found[2] == ("gps" if carriers[first][1] in ("2014", "2015") else "exif")
    assert taken(photo(), "IMG_20170102_030405.jpg", 1514862245) == (
        "2017-01-02T03:04:05",
        "second",
        "name",
    )
    assert taken(photo(), "a.jpg", 1514862245)[2] == "file"
    assert taken(photo()) == (None, None, None)


def test_precision_is_kept() -> None:
    assert taken(photo({0x9003: "2015:08:00 00:00:00"})) == ("2015-08-01T00:00:00", "month", "exif")
    assert taken(photo({0x9003: "2015"})) == ("2015-01-01T00:00:00", "year", "exif")
    assert taken(photo(packet=xmp('photoshop:DateCreated="1987-06-05"'))) == (
        "1987-06-05T00:00:00",
        "day",
        "exif",
    )
    assert taken(photo(iptc=IPTC)) == ("1988-06-05T00:00:00", "day", "exif")
    assert taken(photo(packet=xmp('photoshop:DateCreated="1987-06-05T10:11"'))) == (
        "1987-06-05T10:11:00",
        "minute",
        "exif",
    )


def test_a_date_is_refined_by_dates_that_agree() -> None:
    month = {0x9003: "2015:08:00 00:00:00"}
    assert taken(photo(month | {0x9004: "2015:08:22 10:08:59"}))[:2] == (
        "2015-08-22T10:08:59",
        "second",
    )
    assert taken(photo(month | {0x9004: "2016:08:22 10:08:59"}))[:2] == (
        "2015-08-01T00:00:00",
        "month",
    )
    assert taken(photo(month), "IMG_20150822_100859.jpg") == (
        "2015-08-22T10:08:59",
        "second",
        "name",
    )
    assert taken(photo(month), "IMG_20150922_100859.jpg") == (
        "2015-08-01T00:00:00",
        "month",
        "exif",
    )
    assert taken(photo(month, main={0x0132: "2015:08:22 10:08:59"}), "", 1440201600)[:2] == (
        "2015-08-01T00:00:00",
        "month",
    )
    assert (
        taken(
            photo(month, packet=xmp('xmp:CreateDate="2015-08-22"'), gps=GPS),
            "IMG_20150822_100859.jpg",
        )[1]
        == "second"
    )


def test_implausible_dates() -> None:
    for text, stated in {
        "2093:01:01 10:00:00": "2093-01-01T10:00:00",
        "1970:01:01 00:00:00": "1970-01-01T00:00:00",
        "0201:01:01 00:00:00": "0201-01-01T00:00:00",
        "2015:08:22 24:08:19": None,
        "2015:08:22 99:99:99": None,
        "2015:13:01 00:00:00": None,
        "0000:00:00 00:00:00": None,
        "": None,
    }.items():
        assert impossible_date(photo({0x9003: text})) == stated, text
    assert impossible_date(photo()) is None


HERE = xmp(
    'exif:GPSLatitude="48,51.5N" exif:GPSLongitude="2,17.4E" tiff:Make="Canon" tiff:Model="X1"'
)


def test_places_and_cameras_in_xmp_where_exif_has_none() -> None:
    found = read_metadata(photo(packet=HERE))
    assert (found.latitude, found.longitude, found.camera) == (48.8583333, 2.29, "Canon X1")
    gps = {1: "N", 2: (1.0, 0.0, 0.0), 3: "E", 4: (2.0, 0.0, 0.0)}
    found = read_metadata(photo(gps=gps, main={0x010F: "Nikon"}, packet=HERE))
    assert (found.latitude, found.longitude, found.camera) == (1.0, 2.0, "Nikon")


@pytest.mark.parametrize(
    "packet",
    [
        "no xml",
        xmp('exif:GPSLatitude="91,0N" exif:GPSLongitude="2,3E"'),
        xmp('exif:GPSLatitude="9,0N"'),
    ],
)
def test_broken_packets_count_as_absent(packet: str) -> None:
    assert read_metadata(photo(packet=packet)) == Metadata()


def test_xmp_is_not_parsed_where_exif_suffices() -> None:
    """Nothing is parsed for what EXIF says already."""
    from explorer.photos.metadata.embedded import EmbeddedMetadata

    gps = {1: "N", 2: (1.0, 0.0, 0.0), 3: "E", 4: (2.0, 0.0, 0.0)}
    inside = EmbeddedMetadata(photo({0x9003: "2010:01:02 03:04:05"}, gps, packet="no xml"))
    assert (
        inside.best_date()[0] == "exif"
        and inside.place() == (1.0, 2.0)
        and "xmp" not in vars(inside)
    )
    without = EmbeddedMetadata(photo({0x9003: "2010:01:02 03:04:05"}, packet=xmp('xmp:Rating="4"')))
    assert (
        without.best_date()[0] == "exif"
        and without.place() == (None, None)
        and "xmp" not in vars(without)
    )


def test_a_position_in_a_utf16_packet() -> None:
    picture = Image.open(io.BytesIO(pictures.encoded(PICTURE, xmp=HERE.encode("utf-16"))))
    assert read_metadata(picture).latitude == 48.8583333
