"""What Google Takeout says of a photo in a JSON file beside it: when it was taken (seconds of UTC)
and where."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

from explorer.photos.metadata.field_values import decode_text
from explorer.photos.metadata.fields import MetadataFields, MetadataReading, UnreadableField
from explorer.photos.metadata.partial_dates import PartialDate, plausible

_EPOCH = dt.datetime(1970, 1, 1)
# Where the photo was placed, by a person or by Google, and where its own EXIF data place it.
_PLACES = ("geoData", "geoDataExif")


def read_fields(data: bytes) -> MetadataReading:
    """What the file says; an object of another kind says nothing."""
    if not data.strip():
        return MetadataReading()
    try:
        said = json.loads(_text(data))
    except (ValueError, RecursionError):
        return MetadataReading(unread=(UnreadableField("all", "what an export says of it (JSON)"),))
    if not isinstance(said, dict):
        return MetadataReading()
    unread = list[UnreadableField]()
    date = place = None
    try:
        date = plausible(_date(said.get("photoTakenTime")))
    except (ValueError, TypeError, AttributeError, OverflowError):
        unread.append(UnreadableField("date", "the date that an export says of it (JSON)"))
    for name in _PLACES:
        try:
            place = place or _place(said.get(name))
        except (ValueError, TypeError, AttributeError):
            unread.append(UnreadableField("place", "the place that an export says of it (JSON)"))
    return MetadataReading(MetadataFields(date.iso if date else None, place), tuple(unread))


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    return decode_text(data).removeprefix("\ufeff")


def _date(said: Any) -> PartialDate | None:
    """`{"timestamp": "1440201600"}`; None where it is not said, or 0."""
    if said is None or said.get("timestamp") in (None, ""):
        return None
    seconds = int(said["timestamp"])
    return (
        PartialDate(
            (_EPOCH + dt.timedelta(seconds=seconds)).isoformat(timespec="seconds"), "second", "Z"
        )
        if seconds
        else None
    )


def _place(said: Any) -> tuple[float, float] | None:
    """`{"latitude": 48.85, "longitude": 2.29}`; 0, 0 is nowhere."""
    if said is None:
        return None
    found = said.get("latitude"), said.get("longitude")
    if found == (None, None):
        return None
    latitude, longitude = float(found[0]), float(found[1])
    if not (
        math.isfinite(latitude)
        and math.isfinite(longitude)
        and abs(latitude) <= 90
        and abs(longitude) <= 180
    ):
        raise ValueError("no place")
    return None if (latitude, longitude) == (0, 0) else (latitude, longitude)
