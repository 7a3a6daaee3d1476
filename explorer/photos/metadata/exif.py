"""Read EXIF, which cameras and phones write. A broken block does not affect the others."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from PIL import ExifTags, Image

from explorer.photos.metadata.field_values import (
    as_list,
    clean_text,
    decimal_degrees,
    decode_text,
    parse_rating,
    positive_number,
    rating_from_percent,
    unique_keywords,
)
from explorer.photos.metadata.fields import MetadataFields, MetadataReading, UnreadableField
from explorer.photos.metadata.partial_dates import (
    PartialDate,
    from_parts,
    is_blank,
    parse_date,
    plausible,
)

_TAG, _GPS = ExifTags.Base, ExifTags.GPS
# Windows' tags: ratings in stars and percent; texts in UTF-16.
_RATING, _RATING_PERCENT = 0x4746, 0x4749
_XP_TITLE, _XP_COMMENT, _XP_KEYWORDS, _XP_SUBJECT = 0x9C9B, 0x9C9C, 0x9C9E, 0x9C9F
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_ZONE = re.compile(r"[+-]\d\d:\d\d")
# The dates of capture and of digitization, each with the tag of its time zone.
_DATES = (
    (_TAG.DateTimeOriginal, _TAG.OffsetTimeOriginal),
    (_TAG.DateTimeDigitized, _TAG.OffsetTimeDigitized),
)
_HEADER_LENGTH = len(b"Exif\0\0")


class ExifBlocks(NamedTuple):
    """The blocks of EXIF data, tag → value; a block is empty if it is absent or broken."""

    ifd0: Mapping[int, Any]
    """The main block."""
    exif_ifd: Mapping[int, Any]
    """The camera's settings and dates."""
    gps_ifd: Mapping[int, Any]
    broken: tuple[str, ...] = ()
    """The blocks that are present but unreadable, as named in messages."""


def read_exif(picture: Image.Image) -> ExifBlocks:
    """The EXIF blocks of an opened picture, whose pixels need not be decoded."""
    raw, found, broken = picture.info.get("exif"), list[Mapping[int, Any]](), list[str]()
    for ifd, name in (
        (None, "EXIF data"),
        (_EXIF_IFD, "EXIF data of the camera"),
        (_GPS_IFD, "EXIF data of the place"),
    ):
        block: Mapping[int, Any] = {}
        try:
            exif = picture.getexif()
            block = dict(exif) if ifd is None else dict(exif.get_ifd(ifd))
            failed = not block and _is_present(ifd, exif.get(ifd) if ifd else None, raw)
        except Exception:  # noqa: BLE001  a broken EXIF block may raise anything
            failed = True
        found.append(block)
        if failed:
            broken.append(name)
    return ExifBlocks(found[0], found[1], found[2], tuple(broken))


def _is_present(ifd: int | None, offset: object, raw: object) -> bool:
    """Whether a block that reads as empty is in fact present but unreadable."""
    size = len(raw) if isinstance(raw, bytes) else 0
    if ifd is None:
        # An empty block has 20 bytes: a header, a count of 0 and no further block.
        return size > 20 and isinstance(raw, bytes) and bool(raw.strip(b"\0"))
    return (
        offset is not None
        and size > 0
        and (not isinstance(offset, int) or not 8 <= offset <= size - _HEADER_LENGTH - 2)
    )


def orientation(picture: Image.Image) -> int:
    """The EXIF orientation, 1 to 8. Anything else counts as 1: upright."""
    try:
        value = picture.getexif().get(_TAG.Orientation)
    except Exception:  # noqa: BLE001  a broken EXIF block may raise anything
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


# --- dates


def capture_dates(exif: ExifBlocks) -> Iterator[PartialDate]:
    """The dates of capture and then of digitization by the camera's clock, if plausible."""
    for tag, zone in _DATES:
        if date := plausible(date_in_tag(exif, tag)):
            offset = clean_text(exif.exif_ifd.get(zone)) or ""
            yield date._replace(zone=date.zone or offset) if _ZONE.fullmatch(offset) else date


def date_in_tag(exif: ExifBlocks, tag: int) -> PartialDate | None:
    """The date in this tag, plausible or not."""
    return parse_date(clean_text(exif.exif_ifd.get(tag)))


def modified_date(exif: ExifBlocks) -> PartialDate | None:
    """The date at which the camera or a program last wrote the file, if plausible."""
    return plausible(parse_date(clean_text(exif.ifd0.get(_TAG.DateTime))))


def gps_date(exif: ExifBlocks) -> PartialDate | None:
    """The GPS time, in UTC. It may differ from the camera's clock by hours, but is nearly always on
    the right day."""
    day = re.fullmatch(
        r"(\d{4})[:\-](\d{1,2})[:\-](\d{1,2})",
        clean_text(exif.gps_ifd.get(_GPS.GPSDateStamp)) or "",
    )
    if not day:
        return None
    time = [
        positive_number(part, zero=True) for part in as_list(exif.gps_ifd.get(_GPS.GPSTimeStamp))
    ]
    whole = time if len(time) == 3 and None not in time else []
    date = plausible(from_parts(*day.groups(), *whole))
    return date and date._replace(zone="Z")


# --- position


def gps_position(exif: ExifBlocks) -> tuple[float, float] | None:
    """Latitude and longitude in degrees; None if they are absent, invalid or (0, 0)."""
    latitude = _degrees(
        exif.gps_ifd.get(_GPS.GPSLatitude), exif.gps_ifd.get(_GPS.GPSLatitudeRef), "NS", 90
    )
    longitude = _degrees(
        exif.gps_ifd.get(_GPS.GPSLongitude), exif.gps_ifd.get(_GPS.GPSLongitudeRef), "EW", 180
    )
    # Phones write (0, 0), which is in the Atlantic, when they have no position.
    return (
        None
        if latitude is None or longitude is None or (latitude, longitude) == (0, 0)
        else (latitude, longitude)
    )


def _degrees(value: Any, ref: Any, axis: str, limit: float) -> float | None:
    """Convert degrees, minutes and seconds with a hemisphere to decimal degrees.

    None without a hemisphere, because two places are then possible.
    """
    parts = [positive_number(part, zero=True) for part in as_list(value)]
    side = (clean_text(ref) or "").upper()[:1]
    if not parts or parts[0] is None or not side or side not in axis:
        return None
    degrees = decimal_degrees(part or 0.0 for part in parts[:3])
    degrees = -degrees if side == axis[1] else degrees
    return round(degrees, 7) if abs(degrees) <= limit else None


def _position_left_open(exif: ExifBlocks) -> bool:
    """Whether the position is absent, blank, 0, or 0 divided by 0, which cameras write without a
    signal."""
    return all(_left_open(exif.gps_ifd.get(tag)) for tag in (_GPS.GPSLatitude, _GPS.GPSLongitude))


def _left_open(value: Any) -> bool:
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, str):
        return is_blank(value.replace("\0", ""))
    return all(positive_number(part, zero=True) == 0 or _is_nan(part) for part in as_list(value))


def _is_nan(value: Any) -> bool:
    try:
        return math.isnan(float(value))
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return False


# --- fields that are carried over


def read_fields(exif: ExifBlocks) -> MetadataReading:
    """The fields of the EXIF data, and those that are present but unreadable.

    The date is that of the camera's clock.
    """
    unread = [UnreadableField("all", f"its {name}") for name in exif.broken]
    date = next(capture_dates(exif), None)
    for tag, _ in _DATES:
        text = clean_text(exif.exif_ifd.get(tag))
        if text and not is_blank(text) and date_in_tag(exif, tag) is None:
            unread.append(UnreadableField("date", f"the date in its EXIF data (“{text[:40]}”)"))
    where = gps_position(exif)
    if where is None and not _position_left_open(exif):
        unread.append(UnreadableField("place", "the place in its EXIF data"))
    stars, broken_ratings = _read_rating(exif)
    return MetadataReading(
        MetadataFields(date.iso if date else None, where, stars, keywords(exif)),
        (*unread, *broken_ratings),
    )


def rating(exif: ExifBlocks) -> float | None:
    """Stars, above 0 and up to 5; None if the photo is not rated."""
    return _read_rating(exif)[0]


def _read_rating(exif: ExifBlocks) -> tuple[float | None, list[UnreadableField]]:
    stars: float | None = None
    unread = list[UnreadableField]()
    for tag, convert in ((_RATING, parse_rating), (_RATING_PERCENT, rating_from_percent)):
        said = exif.ifd0.get(tag, 0)
        try:
            stars = stars or convert(said)
        except (TypeError, ValueError, ArithmeticError):
            unread.append(
                UnreadableField(
                    "rating", f"the rating in its EXIF data (“{clean_text(str(said))}”)"
                )
            )
    return stars, unread


def keywords(exif: ExifBlocks) -> tuple[str, ...]:
    """Keywords as Windows writes them, separated by semicolons."""
    return unique_keywords(_decode_xp(exif.ifd0.get(_XP_KEYWORDS)).split(";"))


# --- titles and descriptions


def titles(exif: ExifBlocks) -> Iterator[str]:
    """The titles of the photo, not yet cleaned."""
    yield _decode_xp(exif.ifd0.get(_XP_TITLE))


def descriptions(exif: ExifBlocks) -> Iterator[str]:
    """The descriptions of the photo, not yet cleaned, the most common field first."""
    said = exif.ifd0.get(_TAG.ImageDescription)
    if isinstance(said, str):
        # Pillow decodes it as Latin-1, but most programs write UTF-8.
        text = said
        try:
            said = text.encode("latin-1")
        except UnicodeEncodeError:
            yield text
    if isinstance(said, bytes):
        yield decode_text(said.split(b"\0")[0])
    yield _decode_xp(exif.ifd0.get(_XP_COMMENT))
    yield _decode_xp(exif.ifd0.get(_XP_SUBJECT))


def _decode_xp(value: Any) -> str:
    """Decode a text in one of Windows' tags: UTF-16, although some programs write other
    encodings."""
    if isinstance(value, tuple | list):
        value = bytes(part for part in value if isinstance(part, int) and 0 <= part < 256)
    if not isinstance(value, bytes):
        return ""
    text = value.decode("utf-16-le", "replace") if b"\0" in value else decode_text(value)
    return text.removeprefix("\ufeff").split("\0")[0]
