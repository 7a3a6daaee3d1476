from __future__ import annotations

import io
import struct
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from explorer.photos.metadata import exif
from explorer.photos.metadata.fields import MetadataFields
from tests import pictures

PICTURE = pictures.draw(1, (64, 48))


def block(fill: Callable[[Image.Exif], None] = lambda _: None) -> exif.ExifBlocks:
    """What is read of a photo with the block that `fill` makes."""
    made = Image.Exif()
    fill(made)
    return exif.read_exif(Image.open(io.BytesIO(pictures.encoded(PICTURE, exif=made.tobytes()))))


def of(
    main: dict[int, Any] | None = None,
    details: dict[int, Any] | None = None,
    gps: dict[int, Any] | None = None,
) -> exif.ExifBlocks:
    return exif.ExifBlocks(main or {}, details or {}, gps or {})


# --- blocks


def test_all_three_blocks_are_read() -> None:
    def fill(made: Image.Exif) -> None:
        made[0x010F] = "Canon"
        made.get_ifd(0x8769)[0x9003] = "2015:08:22 10:08:59"
        made.get_ifd(0x8825)[1] = "N"

    found = block(fill)
    assert (
        found.ifd0[0x010F] == "Canon"
        and found.exif_ifd[0x9003] == "2015:08:22 10:08:59"
        and found.gps_ifd[1] == "N"
    )
    assert found.broken == ()


def test_a_photo_without_exif_is_not_broken() -> None:
    plain = exif.read_exif(Image.open(io.BytesIO(pictures.encoded(PICTURE))))
    assert plain == exif.ExifBlocks({}, {}, {})
    assert block().broken == ()


def raw(entries: list[tuple[int, int, int, int]]) -> exif.ExifBlocks:
    body = (
        struct.pack(">H", len(entries))
        + b"".join(struct.pack(">HHII", *entry) for entry in entries)
        + bytes(4)
    )
    data = pictures.encoded(PICTURE, exif=b"Exif\0\0MM\0*\0\0\0\x08" + body)
    return exif.read_exif(Image.open(io.BytesIO(data)))


@pytest.mark.filterwarnings("ignore")
def test_unreadable_blocks_are_named() -> None:
    model = (0x0110, 2, 4, int.from_bytes(b"X10\0", "big"))
    assert raw([model]).broken == ()
    assert raw([model, (0x8769, 4, 1, 0xFFFFFF)]).broken == ("EXIF data of the camera",)
    assert raw([model, (0x8825, 4, 1, 0xFFFFFF)]).broken == ("EXIF data of the place",)
    # The last offset at which a block could begin, and the first at which none can; the header is
    # not counted.
    end = 2 + 2 * 12 + 4 + 8
    assert raw([model, (0x8769, 4, 1, end - 2)]).broken == ()
    assert raw([model, (0x8769, 4, 1, end - 1)]).broken == ("EXIF data of the camera",)
    assert raw([model, (0x8769, 4, 1, 7)]).broken == ("EXIF data of the camera",)
    garbage = exif.read_exif(
        Image.open(io.BytesIO(pictures.encoded(PICTURE, exif=b"Exif\0\0" + b"\x01garbage" * 9)))
    )
    assert garbage.broken[:1] == ("EXIF data",)
    assert [each.about for each in exif.read_fields(garbage).unread][:1] == ["all"]
    zeros = exif.read_exif(Image.open(io.BytesIO(pictures.encoded(PICTURE, exif=bytes(100)))))
    assert zeros.broken == ()


def test_an_unreadable_orientation_means_upright() -> None:
    class Broken:
        def getexif(self) -> None:
            raise ValueError

    assert exif.orientation(Broken()) == 1  # type: ignore[arg-type]
    found = exif.read_exif(type("Broken", (Broken,), {"info": {}})())
    assert found.broken == ("EXIF data", "EXIF data of the camera", "EXIF data of the place")


@pytest.mark.parametrize(("value", "turned"), [(1, 1), (8, 8), (0, 1), (9, 1), ("6", 1), (6, 6)])
def test_orientation(value: Any, turned: int) -> None:
    picture = Image.new("RGB", (4, 4))
    picture.getexif()[0x0112] = value
    assert exif.orientation(picture) == turned


# --- when


def test_dates_come_in_order_with_their_zones() -> None:
    found = of(
        details={
            0x9003: "2015:08:22 10:08:59",
            0x9011: "+02:00",
            0x9004: "2016:01:02 03:04:05",
            0x9012: "-05:00",
            0x9010: "+09:00",
        }
    )
    assert [date.iso for date in exif.capture_dates(found)] == [
        "2015-08-22T10:08:59+02:00",
        "2016-01-02T03:04:05-05:00",
    ]
    assert [
        date.zone
        for date in exif.capture_dates(
            of(details={0x9003: "2015:08:22 10:08:59", 0x9011: "   :  "})
        )
    ] == [""]
    assert [
        date.zone
        for date in exif.capture_dates(
            of(details={0x9003: "2015:08:22 10:08:59Z", 0x9011: "+02:00"})
        )
    ] == ["Z"]


def test_implausible_dates_are_in_their_tag_but_no_capture_dates() -> None:
    found = of(details={0x9003: "2093:01:01 00:00:00"})
    assert list(exif.capture_dates(found)) == []
    date = exif.date_in_tag(found, 0x9003)
    assert date is not None and date.text == "2093-01-01T00:00:00"


def test_modification_date() -> None:
    date = exif.modified_date(of(main={0x0132: "2020:01:02 03:04:05"}))
    assert date is not None and date.text == "2020-01-02T03:04:05"
    assert exif.modified_date(of(main={0x0132: "1970:01:01 00:00:00"})) is None


@pytest.mark.parametrize(
    ("gps", "iso"),
    [
        ({29: "2019:07:12", 7: (12.0, 30.0, 0.5)}, "2019-07-12T12:30:00Z"),
        ({29: "2019-7-2", 7: (12.0, 30.0)}, "2019-07-02"),
        ({29: "2019:07:12", 7: (12.0, float("nan"), 0.0)}, "2019-07-12"),
        ({29: "2019:07:12 garbage"}, None),
        ({29: "2999:07:12"}, None),
        ({7: (12.0, 30.0, 0.0)}, None),
    ],
)
def test_gps_time(gps: dict[int, Any], iso: str | None) -> None:
    date = exif.gps_date(of(gps=gps))
    assert (date and date.iso) == iso


# --- where

HERE = {1: "N", 2: (48.0, 8.0, 24.0), 3: "E", 4: (11.0, 34.0, 12.0)}


@pytest.mark.parametrize(
    ("gps", "place"),
    [
        (HERE, (48.14, 11.57)),
        (HERE | {1: "s", 3: "West"}, (-48.14, -11.57)),
        # Greenwich and the equator are places; only both together are none.
        (HERE | {4: (0.0, 0.0, 0.0)}, (48.14, 0.0)),
        (HERE | {2: (0.0, 0.0, 0.0)}, (0.0, 11.57)),
        (HERE | {2: (0.0,), 4: (0.0,)}, None),
        (HERE | {2: (48.14,), 4: 11.57}, (48.14, 11.57)),
        (HERE | {2: (90.0,), 4: (180.0,)}, (90.0, 180.0)),
        (HERE | {2: (90.1,)}, None),
        (HERE | {4: (180.1,)}, None),
        (HERE | {1: "E"}, None),
        (HERE | {3: "N"}, None),
        (HERE | {1: None}, None),
        (HERE | {2: ()}, None),
        (HERE | {2: (48.0, float("nan"), 36.0)}, (48.01, 11.57)),
        (HERE | {2: (48.0, 8.4, 0.0, 50.0)}, (48.14, 11.57)),
        (HERE | {2: (-48.0, 8.0, 24.0)}, None),
    ],
)
def test_places_are_parsed(gps: dict[int, Any], place: tuple[float, float] | None) -> None:
    assert exif.gps_position(of(gps=gps)) == (place and pytest.approx(place, abs=1e-6))


# --- what is worth keeping


def test_all_fields_are_read() -> None:
    found = exif.read_fields(
        of(
            {0x4746: 4, 0x9C9E: "Köln; Zoë;".encode("utf-16-le") + b"\0\0"},
            {0x9003: "2015:08:22 10:08:59"},
            HERE,
        )
    )
    assert found.fields == MetadataFields(
        "2015-08-22T10:08:59", exif.gps_position(of(gps=HERE)), 4, ("Köln", "Zoë")
    )
    assert found.unread == ()
    assert exif.read_fields(of()).fields == MetadataFields()


def test_ratings_and_keywords_of_windows() -> None:
    assert exif.rating(of({0x4746: 4})) == 4 and exif.rating(of()) is None
    assert exif.read_fields(of({0x4749: 75})).fields.rating == 4
    assert exif.read_fields(of({0x4746: 2, 0x4749: 75})).fields.rating == 2
    assert exif.read_fields(of({0x4746: 0, 0x4749: 99})).fields.rating == 5
    assert exif.read_fields(of({0x9C9E: tuple("Köln".encode("utf-16-le"))})).fields.keywords == (
        "Köln",
    )
    # Numbers that are no bytes are left out; the words around them are kept.
    stray = (*"Kö".encode("utf-16-le"), 256, 300, -1, *"ln".encode("utf-16-le"))
    assert exif.keywords(of({0x9C9E: stray})) == ("Köln",)
    assert exif.read_fields(of({0x9C9E: b"plain;words"})).fields.keywords == ("plain", "words")
    assert exif.read_fields(of({0x9C9E: "\ufeffsea".encode("utf-16-le")})).fields.keywords == (
        "sea",
    )
    assert exif.read_fields(of({0x9C9E: 5})).fields.keywords == ()


@pytest.mark.parametrize(
    ("found", "about"),
    [
        (of(details={0x9003: "some day in 1987"}), ["date"]),
        (of(details={0x9004: "some day in 1987"}), ["date"]),
        (of(details={0x9003: "2015:13:45"}), ["date"]),
        (of(details={0x9003: "0000:00:00 00:00:00", 0x9004: "    :  :     :  :  "}), []),
        (of(details={0x9003: "2093:01:01 00:00:00"}), []),
        (of(details={0x9003: "2015:08:22 99:99:99"}), []),
        (of(gps=HERE | {1: None}), ["place"]),
        (of(gps=HERE | {2: (99.0,)}), ["place"]),
        (of(gps={2: (48.0, 8.0, 24.0)}), ["place"]),
        (of(gps={4: (48.0, 8.0, 24.0)}), ["place"]),
        # Coordinates in words cannot be read, but they are there.
        (of(gps={2: "48.14 north", 4: b"11.57 east"}), ["place"]),
        (of(gps={4: b"\1\2"}), ["place"]),
        (of(gps=HERE | {2: ("48.14 north",)}), ["place"]),
        (of(gps={2: "  \0", 4: b"0\0\0"}), []),
        (of(gps={1: "N", 3: "E", 0: b"\2\3\0\0"}), []),
        (of(gps=HERE | {2: (IFDRational(0, 0),) * 3, 4: (IFDRational(0, 0),) * 3}), []),
        (of(gps={2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)}), []),
        (of({0x4746: 9}), ["rating"]),
        (of({0x4746: "many"}), ["rating"]),
        (of({0x4749: 500}), ["rating"]),
        (of({0x4746: 0, 0x4749: 0}), []),
    ],
)
def test_unreadable_fields_are_reported(found: exif.ExifBlocks, about: list[str]) -> None:
    assert [each.about for each in exif.read_fields(found).unread] == about


@pytest.mark.parametrize(
    ("value", "left_open"),
    [
        (None, True), ("", True), ("  ", True), (b"\0\0", True), ("0", True), ((0, 0, 0), True),
        ((float("nan"), 0, 0), True), ((0, 0, float("nan")), True), ("x", False), (b"x", False),
        (("x", 0, 0), False), ((None, 0, 0), False), ((0, 1, 0), False), ((1, 0, 0), False),
    ],
)  # fmt: skip
def test_what_cameras_write_without_a_signal_is_no_place(value: object, left_open: bool) -> None:
    assert exif._left_open(value) is left_open
