"""Read IPTC-IIM, the older format of captions and keywords in a photo (IPTC-NAA Information
Interchange Model, version 4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from PIL import Image

from explorer.photos.metadata.field_values import decode_text, unique_keywords
from explorer.photos.metadata.fields import MetadataFields, MetadataReading, UnreadableField
from explorer.photos.metadata.partial_dates import PartialDate, from_parts, is_blank, plausible
from explorer.photos.metadata.text_profile import decode_text_profile

# Data sets (record, number): character set; keywords; title (“object name”), headline and caption;
# day and time of creation and of digitization.
_CHARACTER_SET, _KEYWORDS = (1, 90), (2, 25)
_TITLE, _HEADLINE, _CAPTION = (2, 5), (2, 105), (2, 120)
_DATES = (((2, 55), (2, 60)), ((2, 62), (2, 63)))
_ESCAPE_UTF8 = b"\x1b%G"
_MARKER = 0x1C
# The Photoshop resource that contains IPTC data; the TIFF tags of IPTC data and of resources.
_RESOURCE, _TIFF_IPTC, _TIFF_PHOTOSHOP = 0x0404, 33723, 34377
# The beginning of a JPEG segment with Photoshop resources.
_PHOTOSHOP = b"Photoshop 3.0\0"
_DAY = re.compile(r"(\d{4})\D?(\d\d)?\D?(\d\d)?.*", re.DOTALL)
_TIME = re.compile(r"(\d\d):?(\d\d):?(\d\d)?\s*([+-]\d\d:?\d\d|Z)?.*", re.DOTALL)


class IptcData(NamedTuple):
    """Parsed IPTC data."""

    values: dict[tuple[int, int], list[bytes]]
    """(record, number) of a data set → its values, in order."""
    broken: bool = False
    """Whether some of the data could not be parsed."""


def find_iptc(picture: Image.Image) -> bytes:
    """The IPTC data of an opened picture; b"" if it has none."""
    segments = getattr(picture, "applist", None)
    if segments:
        # Not from Pillow's list of resources, which ends at the first malformed one. Long resources
        # continue in the next segment.
        parts = (data for name, data in segments if name == "APP13" and data.startswith(_PHOTOSHOP))
        return _in_resources(b"".join(part[len(_PHOTOSHOP) :] for part in parts))
    tags = getattr(picture, "tag_v2", None)
    if tags is not None:
        # Use the raw bytes, because the tag's type is often wrongly given as LONG.
        raw = getattr(tags, "_tagdata", {})
        return raw.get(_TIFF_IPTC) or _in_resources(raw.get(_TIFF_PHOTOSHOP) or b"")
    # From the reader of TIFF files that Pillow cannot read.
    for name, parse in (("iptc", bytes), ("photoshop_resources", _in_resources)):
        if isinstance(raw := picture.info.get(name), bytes):
            return parse(raw)
    for name in ("Raw profile type iptc", "Raw profile type 8bim"):
        if isinstance(text := picture.info.get(name), str):
            profile = decode_text_profile(text)
            # Text that is not hexadecimal is returned unchanged. It counts as unreadable data, even
            # if it begins like a resource.
            is_decoded = not text.startswith("8BIM")
            has_resources = is_decoded and profile.startswith(b"8BIM")
            return _in_resources(profile) if has_resources else profile
    return b""


def _in_resources(data: bytes) -> bytes:
    """The IPTC data among Photoshop resources; b"" if there is none."""
    at = 0
    while data[at : at + 4] == b"8BIM" and at + 12 <= len(data):
        number, name = int.from_bytes(data[at + 4 : at + 6], "big"), data[at + 6]
        start = at + 6 + name + 1 + (name + 1) % 2
        size = int.from_bytes(data[start : start + 4], "big")
        if number == _RESOURCE:
            return data[start + 4 : start + 4 + size]
        at = start + 4 + size + size % 2
    return b""


def parse_iptc(data: bytes) -> IptcData:
    """Parse IPTC data into data sets."""
    values, at = dict[tuple[int, int], list[bytes]](), 0
    while at < len(data):
        if data[at] != _MARKER or at + 5 > len(data):
            # Only padding may follow the data sets.
            return IptcData(values, bool(data[at:].strip(b"\0 ")))
        key, size, start = (
            (data[at + 1], data[at + 2]),
            int.from_bytes(data[at + 3 : at + 5], "big"),
            at + 5,
        )
        if size & 0x8000:
            # An extended data set: the size is the number of bytes that hold its length.
            digits = size & 0x7FFF
            size, start = int.from_bytes(data[start : start + digits], "big"), start + digits
        if start + size > len(data):
            return IptcData(values, True)
        values.setdefault(key, []).append(data[start : start + size])
        at = start + size
    return IptcData(values)


def capture_dates(iptc: IptcData) -> Iterator[PartialDate]:
    """The dates of creation and then of digitization, if plausible."""
    for day, time in _DATES:
        if (date := plausible(_date(_text(iptc, day), _text(iptc, time)))) is not None:
            yield date


def _text(iptc: IptcData, key: tuple[int, int]) -> str:
    return decode_text(next(iter(iptc.values.get(key, ())), b"")).strip("\0 \t\r\n")


def _date(day: str, time: str) -> PartialDate | None:
    """Parse a date such as `19870605`, with 00 for unknown parts, and a time such as
    `101112+0200`."""
    found, clock = _DAY.fullmatch(day), _TIME.fullmatch(time)
    if not found:
        return None
    date = from_parts(*found.groups(), *(clock.groups()[:3] if clock else ()))
    zone = (clock[4] or "") if clock else ""
    if zone and zone != "Z" and ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:]}"
    return date and date._replace(zone=zone)


def keywords(iptc: IptcData) -> tuple[str, ...]:
    """The keywords, without duplicates."""
    return unique_keywords(_texts(iptc, _KEYWORDS))


def titles(iptc: IptcData) -> Iterator[str]:
    """The titles and then the headlines, not yet cleaned."""
    yield from _texts(iptc, _TITLE)
    yield from _texts(iptc, _HEADLINE)


def descriptions(iptc: IptcData) -> Iterator[str]:
    """The captions, not yet cleaned."""
    yield from _texts(iptc, _CAPTION)


def _texts(iptc: IptcData, key: tuple[int, int]) -> Iterator[str]:
    """The values of a data set, decoded as UTF-8 if declared so, else by `decode_text`."""
    utf8 = _ESCAPE_UTF8 in iptc.values.get(_CHARACTER_SET, ())
    for value in iptc.values.get(key, ()):
        yield value.decode("utf-8", "replace") if utf8 else decode_text(value)


def read_fields(data: bytes) -> MetadataReading:
    """The fields of IPTC data, and those that are present but unreadable."""
    iptc = parse_iptc(data)
    unread = [UnreadableField("all", "its IPTC data")] if iptc.broken else []
    for day, time in _DATES:
        text = _text(iptc, day)
        if text and not is_blank(text) and _date(text, _text(iptc, time)) is None:
            unread.append(UnreadableField("date", f"the date in its IPTC data (“{text[:40]}”)"))
    date = next(capture_dates(iptc), None)
    return MetadataReading(
        MetadataFields(date.iso if date else None, keywords=keywords(iptc)), tuple(unread)
    )
