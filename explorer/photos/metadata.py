"""Date, place and camera, from what a photo carries with it. Whatever is broken counts as absent."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import ExifTags, Image

from explorer.photos.facts import Metadata, TakenSource

_TAG, _GPS = ExifTags.Base, ExifTags.GPS
_EXIF_DATE = re.compile(r"(\d{4})[:\-./](\d{2})[:\-./](\d{2})[ T]+(\d{2}):(\d{2}):(\d{2})")
# As an attribute or as an element. Adobe leaves seconds out where it does not know them.
_XMP_DATES, _XMP_GPS = (
    [re.compile(name + rb"\s*(?:=\s*[\"']|>)\s*(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?") for name in names]
    for names in ((rb"exif:DateTimeOriginal", rb"photoshop:DateCreated", rb"xmp:CreateDate"), (rb"exif:GPSTimeStamp",))
)
# 20190512_101530, 20190512101530, 2019-05-12 10.15.30, 2019-05-12 at 10.15.30; then a date alone, as in IMG-20190512-WA0001.
_NAME_TIMES = (
    re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)(?:[-_. T]|\sat\s)([0-2]\d)[-_.:h]?([0-5]\d)[-_.:m]?([0-5]\d)"),
    re.compile(r"(?<!\d)((?:19|20)\d\d)([01]\d)([0-3]\d)([0-2]\d)([0-5]\d)([0-5]\d)(?!\d)"),
)
_NAME_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_.]?)([01]\d)\2([0-3]\d)(?!\d)")


def read_metadata(picture: Image.Image, *, mtime: float | None = None, name: str = "") -> Metadata:
    """The metadata of an opened picture; it need not be decoded yet.

    mtime: the file's own time (Unix seconds) and name: its name, for photos that say nothing of when they were taken.
    """
    exif, details, gps = _blocks(picture)
    dates = _dates(exif, details, gps, picture.info.get("xmp"))
    taken_at, source = next(
        ((date, source) for source, date in [*dates, ("name", name_date(name)), ("file", _file_date(mtime))] if date), (None, None)
    )
    latitude, longitude = _place(gps)
    return Metadata(
        taken_at=taken_at,
        taken_source=source,
        latitude=latitude,
        longitude=longitude,
        camera=_camera(exif),
        lens=_text(details.get(_TAG.LensModel)),
        exposure_time=_number(details.get(_TAG.ExposureTime)),
        f_number=_number(details.get(_TAG.FNumber)),
        iso=_number(details.get(_TAG.ISOSpeedRatings)),
        focal_length=_number(details.get(_TAG.FocalLength)),
    )


def impossible_date(picture: Image.Image) -> str | None:
    """The date at which a photo says it was taken, where that lies in the future or is what a clock says that was never set."""
    _, details, _ = _blocks(picture)
    found = _EXIF_DATE.match(_text(details.get(_TAG.DateTimeOriginal)) or "")
    if not found or _date(*found.groups()) is not None or not int(found[1]):
        return None
    return "{}-{}-{}T{}:{}:{}".format(*found.groups())


def orientation(picture: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; anything else counts as 1, upright."""
    try:
        value = picture.getexif().get(_TAG.Orientation)
    except Exception:  # noqa: BLE001  a broken EXIF block raises whatever it likes
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _blocks(picture: Image.Image) -> tuple[Mapping[int, Any], Mapping[int, Any], Mapping[int, Any]]:
    """The main EXIF block, the camera's details and the GPS block; each empty where it is absent or broken."""
    blocks: list[Mapping[int, Any]] = []
    for number in (None, ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo):
        try:
            exif = picture.getexif()
            blocks.append(dict(exif) if number is None else dict(exif.get_ifd(number)))
        except Exception:  # noqa: BLE001  a broken EXIF block raises whatever it likes, and costs only itself
            blocks.append({})
    return blocks[0], blocks[1], blocks[2]


# --- when

# What clocks say that were never set: the beginnings of Unix's (west of Greenwich the day before) and of the Mac's time.
_UNSET = frozenset({"1970-01-01", "1969-12-31", "1904-01-01"})
# The beginning of DOS's time, which archives give to files. In EXIF it may be a person's guess at an old paper photo.
_UNSET_FILE = "1980-01-01"


def _dates(
    exif: Mapping[int, Any], details: Mapping[int, Any], gps: Mapping[int, Any], xmp: Any
) -> Iterator[tuple[TakenSource, str | None]]:
    """The dates inside the file, most trustworthy first."""
    yield "exif", _exif_date(details.get(_TAG.DateTimeOriginal))
    yield "exif", _exif_date(details.get(_TAG.DateTimeDigitized))
    yield "exif", _xmp_date(xmp, _XMP_DATES)
    yield "gps", _gps_date(gps)
    yield "gps", _xmp_date(xmp, _XMP_GPS)
    yield "exif", _exif_date(exif.get(_TAG.DateTime))


def _date(*parts: Any) -> str | None:
    """Year, month, day and, if given, time → text; None for a date that cannot be, or that no camera can have meant."""
    try:
        year, month, day, hour, minute, second = [*(int(part) for part in parts), 0, 0, 0][:6]
        moment = dt.datetime(year, month, day, hour, minute, second)
    except (ValueError, TypeError, OverflowError):
        return None
    tomorrow = dt.datetime.now() + dt.timedelta(days=1)
    return moment.isoformat() if dt.datetime(1826, 1, 1) <= moment <= tomorrow and str(moment.date()) not in _UNSET else None


def _exif_date(value: Any) -> str | None:
    found = _EXIF_DATE.match(_text(value) or "")
    return _date(*found.groups()) if found else None


def _xmp_date(packet: Any, patterns: list[re.Pattern[bytes]]) -> str | None:
    """The first date that can be, in the order of the patterns."""
    text = packet if isinstance(packet, bytes) else str(packet or "").encode("utf-8", "replace")
    found = (pattern.search(text) for pattern in patterns) if text else ()
    return next(filter(None, (_date(*(part or b"0" for part in match.groups())) for match in found if match)), None)


def _gps_date(gps: Mapping[int, Any]) -> str | None:
    """GPS time is UTC, so it may be hours off the camera's own, but the day is nearly always right."""
    day = re.fullmatch(r"(\d{4})[:\-](\d{2})[:\-](\d{2})", _text(gps.get(_GPS.GPSDateStamp)) or "")
    time = [_number(part, zero=True) for part in _sequence(gps.get(_GPS.GPSTimeStamp))]
    if not day:
        return None
    return (_date(*day.groups(), *time) if len(time) == 3 and None not in time else None) or _date(*day.groups())


def name_date(name: str) -> str | None:
    """The date that cameras, phones and messengers write into file names, where there is one."""
    for pattern in _NAME_TIMES:
        if (found := pattern.search(name)) and (date := _date(*found.groups())):
            return date
    if found := _NAME_DAY.search(name):
        return _date(found[1], found[3], found[4])
    return None


def _file_date(mtime: float | None) -> str | None:
    if mtime is None:
        return None
    try:
        date = _date(*dt.datetime.fromtimestamp(int(mtime)).timetuple()[:6])
    except (ValueError, OverflowError, OSError):
        return None
    return None if date is None or date.startswith(_UNSET_FILE) else date


# --- where


def _place(gps: Mapping[int, Any]) -> tuple[float | None, float | None]:
    latitude = _degrees(gps.get(_GPS.GPSLatitude), gps.get(_GPS.GPSLatitudeRef), "S", 90)
    longitude = _degrees(gps.get(_GPS.GPSLongitude), gps.get(_GPS.GPSLongitudeRef), "W", 180)
    # 0, 0 lies in the Atlantic, and is what phones write when they do not know.
    if latitude is None or longitude is None or (latitude, longitude) == (0, 0):
        return None, None
    return latitude, longitude


def _degrees(value: Any, ref: Any, negative: str, limit: float) -> float | None:
    """Degrees, minutes, seconds and the hemisphere → degrees. Without a hemisphere it could be either of two places: none is named."""
    parts = [_number(part, zero=True) for part in _sequence(value)]
    side = (_text(ref) or "").upper()[:1]
    if not parts or parts[0] is None or side not in ("N", "S", "E", "W"):
        return None
    degrees = sum((part or 0.0) / 60**power for power, part in enumerate(parts[:3]))
    degrees = -degrees if side == negative else degrees
    return round(degrees, 7) if abs(degrees) <= limit else None


# --- with what


def _camera(exif: Mapping[int, Any]) -> str | None:
    """Make and model, the make only once: `NIKON CORPORATION`, `NIKON D90` is a `NIKON D90`."""
    make, model = _text(exif.get(_TAG.Make)), _text(exif.get(_TAG.Model))
    if not make or not model:
        return model or make
    return model if model.lower().startswith(make.split()[0].lower()) else f"{make} {model}"


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return None
    return " ".join("".join(c if c.isprintable() else " " for c in value.split("\0")[0]).split())[:200] or None


def _number(value: Any, *, zero: bool = False) -> float | None:
    """A positive (or, with `zero`, not negative) finite number, or None."""
    first = next(iter(_sequence(value)), None) if isinstance(value, tuple | list) else value
    try:
        number = float(first)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if math.isfinite(number) and (number > 0 or (zero and number == 0)) else None


def _sequence(value: Any) -> list[Any]:
    return list(value) if isinstance(value, tuple | list) else []
