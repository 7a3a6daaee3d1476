"""Read the JSON file that Google Takeout exports with a photo: its time (UTC), its place, its
description, the names of the people in it, and whether it is a favorite."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any, NamedTuple

from explorer.photos.metadata.field_values import decode_text, unique_keywords, xml_text
from explorer.photos.metadata.fields import MetadataFields, MetadataReading, UnreadableField
from explorer.photos.metadata.partial_dates import PartialDate, plausible

_EPOCH = dt.datetime(1970, 1, 1)
# The position set by a person or by Google, and the one from the EXIF data.
_PLACES = ("geoData", "geoDataExif")


class TakeoutExport(NamedTuple):
    """What an export says about a photo."""

    reading: MetadataReading = MetadataReading()
    """Its time and place, and those that are present but unreadable."""
    description: str = ""
    favourite: bool = False
    people: tuple[str, ...] = ()
    """The names of the people whom Google Photos recognized."""


def read_fields(data: bytes) -> MetadataReading:
    """The fields of the file, and those that are present but unreadable.

    JSON that is not an object has no fields.
    """
    return read_export(data).reading


def read_export(data: bytes) -> TakeoutExport:
    """Everything that the file says. JSON that is not an object says nothing."""
    if not data.strip():
        return TakeoutExport()
    try:
        exported = json.loads(_text(data))
    except (ValueError, RecursionError):
        unreadable = UnreadableField("all", "its export data (JSON)")
        return TakeoutExport(MetadataReading(unread=(unreadable,)))
    if not isinstance(exported, dict):
        return TakeoutExport()
    description = exported.get("description")
    text = xml_text(description) if isinstance(description, str) else ""
    favourite = exported.get("favorited") is True
    return TakeoutExport(_read_object(exported), text, favourite, _people(exported.get("people")))


def _read_object(exported: dict[str, Any]) -> MetadataReading:
    unread = list[UnreadableField]()
    date = place = None
    try:
        date = plausible(_date(exported.get("photoTakenTime")))
    except (ValueError, TypeError, AttributeError, OverflowError):
        unread.append(UnreadableField("date", "the date in its export data (JSON)"))
    for name in _PLACES:
        try:
            place = place or _place(exported.get(name))
        except (ValueError, TypeError, AttributeError, OverflowError):
            unread.append(UnreadableField("place", "the place in its export data (JSON)"))
    return MetadataReading(MetadataFields(date.iso if date else None, place), tuple(unread))


def _people(exported: Any) -> tuple[str, ...]:
    """Parse `[{"name": "Ada"}]`. Anything else has no names."""
    people = exported if isinstance(exported, list) else []
    names = (each.get("name") for each in people if isinstance(each, dict))
    return unique_keywords(name for name in names if isinstance(name, str))


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    return decode_text(data).removeprefix("\ufeff")


def _date(exported: Any) -> PartialDate | None:
    """Parse `{"timestamp": "1440201600"}`; None if it is absent."""
    if exported is None or exported.get("timestamp") in (None, ""):
        return None
    at = _EPOCH + dt.timedelta(seconds=int(exported["timestamp"]))
    return PartialDate(at.isoformat(timespec="seconds"), "second", "Z")


def _place(exported: Any) -> tuple[float, float] | None:
    """Parse `{"latitude": 48.85, "longitude": 2.29}`; None if it is absent or (0, 0)."""
    if exported is None:
        return None
    found = exported.get("latitude"), exported.get("longitude")
    if found == (None, None):
        return None
    latitude, longitude = float(found[0]), float(found[1])
    if not (
        math.isfinite(latitude)
        and math.isfinite(longitude)
        and abs(latitude) <= 90
        and abs(longitude) <= 180
    ):
        raise ValueError("not a position")
    return None if (latitude, longitude) == (0, 0) else (latitude, longitude)
