from __future__ import annotations

import datetime as dt
import os
import time
from typing import Any

import pytest
from PIL import Image

from explorer.photos.metadata.file_name_dates import parse_file_name_date
from tests.photos.metadata.exif_photos import MTIME, photo_with_exif, rational


def taken(**facts: Any) -> tuple[str | None, str | None]:
    """When it was taken and how that is known. facts: original, digitized, changed: EXIF dates;
    others as `photo_with_exif`."""
    dates = {key: facts.pop(key, None) for key in ("original", "digitized", "changed", "gps")}

    def fill(block: Image.Exif) -> None:
        if dates["changed"]:
            block[0x0132] = dates["changed"]
        if dates["gps"]:
            block.get_ifd(0x8825).update(dates["gps"])
        for tag, key in ((0x9003, "original"), (0x9004, "digitized")):
            if dates[key]:
                block.get_ifd(0x8769)[tag] = dates[key]

    photo = photo_with_exif(fill, **facts)
    return photo.taken_at, photo.taken_source


def test_the_capture_date_ranks_first() -> None:
    everything = {
        "changed": "2020:01:01 00:00:00",
        "name": "IMG_20180101_000000.jpg",
        "mtime": MTIME,
    }
    assert taken(original="2019:07:12 14:30:00", digitized="2019:07:13 00:00:00", **everything) == (
        "2019-07-12T14:30:00",
        "exif",
    )
    assert taken(digitized="2019:07:13 00:00:00", **everything) == ("2019-07-13T00:00:00", "exif")
    assert taken(**everything) == ("2020-01-01T00:00:00", "exif")
    del everything["changed"]
    assert taken(**everything) == ("2018-01-01T00:00:00", "name")
    del everything["name"]
    assert taken(**everything) == ("2021-05-06T07:08:09", "file")
    assert taken() == (None, None)


@pytest.mark.parametrize(
    "nonsense",
    [
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "1970:01:01 00:00:00",
        "1904:01:01 00:00:00",
        "2999:01:01 00:00:00",
        "2019:13:01 00:00:00",
        "2019:02:30 10:00:00",
        "2019:13",
        "yesterday",
        "2019 or so",
        "\0\0\0",
        "0201:01:01 00:00:00",
    ],
)
def test_implausible_dates_are_skipped(nonsense: str) -> None:
    assert taken(original=nonsense, mtime=MTIME) == ("2021-05-06T07:08:09", "file")
    assert taken(original=nonsense, digitized="2019:07:12 14:30:00") == (
        "2019-07-12T14:30:00",
        "exif",
    )


def test_malformed_dates_are_understood() -> None:
    for text in (
        "2019-07-12 14:30:00",
        "2019/07/12 14:30:00",
        "2019:07:12T14:30:00",
        "2019:07:12 14:30:00.123",
        "2019:07:12 14:30:00\0xx",
    ):
        assert taken(original=text) == ("2019-07-12T14:30:00", "exif"), text


def test_scans_of_old_photos_have_old_dates() -> None:
    assert taken(original="1931:08:20 12:00:00") == ("1931-08-20T12:00:00", "exif")


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
    assert taken(xmp=packet) == ("2012-03-04T05:06:07", "exif")
    assert taken(xmp=packet, original="2019:07:12 14:30:00") == ("2019-07-12T14:30:00", "exif")


def test_dates_in_xmp_without_seconds() -> None:
    assert taken(xmp=b'<x exif:DateTimeOriginal="2012-03-04T05:06"/>') == (
        "2012-03-04T05:06:00",
        "exif",
    )
    assert taken(xmp=b'<x exif:DateTimeOriginal="2012-03"/>') == ("2012-03-01T00:00:00", "exif")


def test_gps_time_is_a_capture_date() -> None:
    time_of_day = (rational(12, 1), rational(30, 1), rational(0, 1))
    assert taken(gps={29: "2019:07:12", 7: time_of_day}, changed="2022:01:01 00:00:00") == (
        "2019-07-12T12:30:00",
        "gps",
    )
    assert taken(gps={29: "2019:07:12"}) == ("2019-07-12T00:00:00", "gps")
    assert taken(gps={29: "2019:07:12", 7: (rational(99, 1), rational(0, 0), rational(0, 1))}) == (
        "2019-07-12T00:00:00",
        "gps",
    )
    assert taken(gps={29: "0000:00:00", 7: time_of_day}) == (None, None)
    assert taken(xmp=b"<exif:GPSTimeStamp>2023-11-15T12:30:00Z</exif:GPSTimeStamp>") == (
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
        ("received_1562941800000.jpg", None),
        ("DSC02019.jpg", None),
        ("", None),
    ],
)
def test_dates_in_file_names(name: str, date: str | None) -> None:
    found = parse_file_name_date(name)
    assert (found.text if found else None) == date
    assert taken(name=name) == (date, "name" if date else None)


def test_unix_time_in_a_file_name_comes_before_the_file_time() -> None:
    local = dt.datetime.fromtimestamp(1562941800).isoformat()
    assert taken(name="1562941800000.jpg", mtime=1.6e9) == (local, "name")


@pytest.mark.parametrize(
    "mtime", [0.0, -1.0, 1e18, float("nan"), float("inf"), dt.datetime(1980, 1, 1).timestamp(), 4e9]
)
def test_file_times_that_were_never_set_are_ignored(mtime: float) -> None:
    assert taken(mtime=mtime) == (None, None)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows sets no time zone for one process")
def test_file_times_are_local_times(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = dt.datetime(2021, 5, 6, 7, 8, 9, tzinfo=dt.UTC).timestamp()
    before = os.environ.get("TZ")
    try:
        monkeypatch.setenv("TZ", "UTC-9")
        time.tzset()
        assert taken(mtime=moment) == ("2021-05-06T16:08:09", "file")
    finally:
        monkeypatch.setenv("TZ", before or "")
        if before is None:
            monkeypatch.delenv("TZ")
        time.tzset()
