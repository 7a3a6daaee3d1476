"""Read what the files beside photos say about them, for the index, from XMP sidecars and Google
Takeout's JSON.

Runs in a decode process, because a sidecar may come from anywhere.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from explorer.errors import PhotoError
from explorer.photos.metadata import takeout, xmp
from explorer.photos.metadata.face_regions import person_names
from explorer.photos.metadata.field_reader import MAX_JSON_BYTES, read_if_exists
from explorer.photos.metadata.field_values import unique_keywords
from explorer.photos.metadata.partial_dates import parse_date, plausible
from explorer.photos.metadata.sidecar_values import CAPTURE_DATES, read_packet
from explorer.photos.metadata.xmp_packet import InvalidXmp

SIDECAR_VERSION = 2
"""Incremented when more is read from sidecars, so that those read earlier are read again."""

SidecarSource = Literal["xmp", "takeout", ""]


class SidecarContent(NamedTuple):
    """What a sidecar says about its photos. None means that it does not say."""

    source: SidecarSource = ""
    """'' for files that are not read, such as the settings of raw converters."""
    favourite: bool | None = None
    rating: float | None = None
    """Stars, 0 to 5; 0 means not rated."""
    title: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    """Including the names of the people in the photos."""
    date: str | None = None
    """The known part in ISO 8601."""
    captured: bool = True
    """Whether `date` is the date of capture rather than of digitization."""
    place: tuple[float, float] | None = None
    """Latitude and longitude, in degrees."""

    def packed(self) -> str:
        """The values in JSON, without those that are not given."""
        given = {
            name: value
            for name, value in self._asdict().items()
            if value != self._field_defaults[name]
        }
        return json.dumps(given, ensure_ascii=False)


def unpack_content(text: str) -> SidecarContent:
    """The inverse of `packed`. Raises ValueError if the text is malformed."""
    try:
        stored = SidecarContent(**json.loads(text))
        place, date = stored.place, stored.date
        return SidecarContent(
            stored.source if stored.source in ("xmp", "takeout") else "",
            None if stored.favourite is None else bool(stored.favourite),
            None if stored.rating is None else float(stored.rating),
            None if stored.title is None else str(stored.title),
            None if stored.description is None else str(stored.description),
            tuple(map(str, stored.keywords)),
            None if date is None or parse_date(date) is None else date,
            bool(stored.captured),
            None if place is None else (float(place[0]), float(place[1])),
        )
    except (TypeError, ValueError, LookupError, OverflowError, RecursionError) as error:
        raise ValueError("not the content of a sidecar") from error


def is_read(name: str) -> bool:
    """Whether files of this name are read."""
    return name.lower().endswith((".xmp", ".json"))


def read_content(name: str, data: bytes) -> SidecarContent:
    """What a sidecar says. Raises PhotoError, with the reason, if it cannot be parsed."""
    is_json = name.lower().endswith(".json")
    if not data.strip(b"\0 \t\r\n"):
        return SidecarContent("takeout" if is_json else "xmp")
    if is_json:
        return _read_takeout(data)
    try:
        packet = xmp.parse_lenient(data)
    except InvalidXmp as error:
        raise PhotoError(f"it is not valid XMP: {error}") from error
    values = read_packet(packet)
    captured = any(
        plausible(parse_date(xmp.property_value(packet.root, each))) for each in CAPTURE_DATES
    )
    return SidecarContent(
        "xmp",
        values.favourite,
        values.rating,
        values.title,
        values.description,
        unique_keywords((*(values.keywords or ()), *person_names(packet.root))),
        values.date,
        captured or values.date is None,
        values.place,
    )


def _read_takeout(data: bytes) -> SidecarContent:
    if len(data) > MAX_JSON_BYTES:
        raise PhotoError(f"it has more than {MAX_JSON_BYTES / 1e6:.0f} MB")
    export = takeout.read_export(data)
    for each in export.reading.unread:
        if each.about == "all":
            raise PhotoError("it is not valid JSON")
    return SidecarContent(
        "takeout",
        favourite=export.favourite or None,
        description=export.description or None,
        keywords=export.people,
        date=export.reading.fields.taken_at,
        place=export.reading.fields.place,
    )


class SidecarReading(NamedTuple):
    """The result of reading a sidecar."""

    content: SidecarContent
    problem: str = ""
    """Why the sidecar is not used, in plain language; '' if it is used."""
    final: bool = True
    """Whether its bytes were read. Reading it again would then give the same result."""


def answer_request(paths: Iterable[str]) -> tuple[dict[str, Any], bytes]:
    """Read sidecars for another process.

    paths: absolute, in hexadecimal. Returns the header and the payload of the answer. The payload
    is a JSON list with the fields of a `SidecarReading` for each path, its content packed.
    """
    found = list[tuple[str, str, bool]]()
    for each in paths:
        path = os.fsdecode(bytes.fromhex(each))
        content, problem, final = SidecarContent(), "", False
        try:
            data = read_if_exists(path)
            if data is None:
                raise PhotoError("it no longer exists")
            final = True
            content = read_content(os.path.basename(path), data)
        except PhotoError as error:
            problem = str(error)
        found.append((content.packed(), problem.encode("utf-8", "replace").decode(), final))
    return {"read": len(found)}, json.dumps(found).encode("ascii")
