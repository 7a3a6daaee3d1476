"""Write what a user set for a photo to the photo's XMP sidecar, and read it from one.

The properties are those that other programs read: `xmp:Rating`, `dc:title`, `dc:description`,
`dc:subject`, `exif:DateTimeOriginal` with `photoshop:DateCreated`, and `exif:GPSLatitude` with
`exif:GPSLongitude`. XMP has no property for favorites, so `fstop:favorite` (F-Stop, PhotoPrism,
PiGallery2) and digiKam's pick label “accepted” are written. Everything else in a sidecar is kept.

Runs in a decode process, because a sidecar may come from anywhere. `explorer/sidecars/` writes
files.
"""

from __future__ import annotations

import json
import os
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from explorer.photos.metadata import xmp, xmp_writer
from explorer.photos.metadata.field_reader import read_if_exists
from explorer.photos.metadata.field_values import parse_rating, unique_keywords, xml_text
from explorer.photos.metadata.partial_dates import known_part, parse_date
from explorer.photos.metadata.xmp_packet import InvalidXmp, XmpPacket, parse_packet, qname

_FAVOURITE, _PICK_LABEL, _ACCEPTED = "fstop:favorite", "digiKam:PickLabel", "3"
CAPTURE_DATES = ("exif:DateTimeOriginal", "photoshop:DateCreated")
"""The properties with the date of capture, the most trustworthy first."""
_PERCENT_RATINGS = ("MicrosoftPhoto:Rating", "MicrosoftPhoto_1_:Rating")
# Windows' percentages of 0 to 5 stars.
_PERCENT = ("0", "1", "25", "50", "75", "99")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_DEFAULT = "x-default"


class SidecarValues(NamedTuple):
    """Values of a photo. None means that a value is not set, and is left unchanged."""

    favourite: bool | None = None
    rating: float | None = None
    """Stars, 0 to 5; 0 means not rated."""
    title: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] | None = None
    removed_keywords: tuple[str, ...] = ()
    """Keywords that the user removed from the photo."""
    date: str | None = None
    """The known part in ISO 8601, such as `1985-07`."""
    place: tuple[float, float] | None = None
    """Latitude and longitude, in degrees."""

    def __bool__(self) -> bool:
        """Whether anything is set."""
        return self != SidecarValues()


def parse_values(stored: dict[str, Any]) -> SidecarValues:
    """Values received from another process. Raises TypeError or ValueError if they are
    malformed."""
    values = SidecarValues(**stored)
    place = values.place
    return values._replace(
        favourite=None if values.favourite is None else bool(values.favourite),
        rating=None if values.rating is None else float(values.rating),
        title=None if values.title is None else str(values.title),
        description=None if values.description is None else str(values.description),
        date=None if values.date is None else str(values.date),
        keywords=None if values.keywords is None else tuple(map(str, values.keywords)),
        removed_keywords=tuple(map(str, values.removed_keywords)),
        place=None if place is None else (float(place[0]), float(place[1])),
    )


def read_values(data: bytes) -> SidecarValues:
    """The values in a sidecar. Raises InvalidXmp."""
    return read_packet(xmp.parse_lenient(data))


def write_values(before: bytes | None, values: SidecarValues) -> bytes | None:
    """The bytes of a sidecar with these values; None if it has all of them already.

    before: its current bytes; None for a new sidecar. Raises InvalidXmp if it is not valid XMP.
    """
    packet = parse_packet(xmp_writer.EMPTY_PACKET if before is None else before, strict=True)
    known, root = read_packet(packet), packet.root
    changed = _write_keywords(root, known.keywords or (), values)
    description = xmp_writer.first_description(root)
    if values.favourite is not None and values.favourite != known.favourite:
        changed |= _write_favourite(root, description, favourite=values.favourite)
    if values.rating is not None and values.rating != known.rating:
        changed = True
        _write_rating(root, description, values.rating)
    for name, text, old in (
        ("dc:title", values.title, known.title),
        ("dc:description", values.description, known.description),
    ):
        if text is not None and (clean := xml_text(text)) and clean != old:
            changed = True
            _write_text(root, description, name, clean)
    if values.date is not None and values.date != known.date:
        changed = True
        for name in CAPTURE_DATES:
            xmp_writer.set_property(root, description, name, values.date)
    if values.place is not None and _rounded(values.place) != known.place:
        changed = True
        xmp_writer.set_place(root, description, values.place)
    return xmp_writer.serialize(packet) if changed else None


def read_packet(packet: XmpPacket) -> SidecarValues:
    """The values in a parsed sidecar."""
    root = packet.root
    try:
        place = xmp.gps_position(packet)
    except ValueError:
        place = None
    # Accept even a date that no camera could have written: the user may have set it.
    written = (parse_date(xmp.property_value(root, name)) for name in CAPTURE_DATES)
    date = next(filter(None, written), None) or next(xmp.capture_dates(packet), None)
    return SidecarValues(
        _favourite(root),
        _rating(packet),
        next((text for each in xmp.titles(packet) if (text := xml_text(each))), None),
        next((text for each in xmp.descriptions(packet) if (text := xml_text(each))), None),
        xmp.keywords(packet) or None,
        date=known_part(date.text, date.precision) if date else None,
        place=place,
    )


def _favourite(root: ET.Element) -> bool | None:
    marked = xmp.property_value(root, _FAVOURITE).lower()
    if marked:
        return marked in ("1", "true", "yes")
    return True if xmp.property_value(root, _PICK_LABEL) == _ACCEPTED else None


def _rating(packet: XmpPacket) -> float | None:
    stars = xmp.rating(packet)
    if stars is not None:
        return stars
    try:
        # None of the ratings is above 0.
        text = xmp.property_value(packet.root, "xmp:Rating")
        return 0.0 if text and parse_rating(text) is None and float(text) == 0 else None
    except ValueError:
        return None


def _write_favourite(root: ET.Element, description: ET.Element, *, favourite: bool) -> bool:
    accepted = xmp.property_value(root, _PICK_LABEL) == _ACCEPTED
    marked = bool(xmp.property_value(root, _FAVOURITE))
    if not (favourite or accepted or marked):
        # No program treats an unmarked photo as a favorite, so there is nothing to write.
        return False
    xmp_writer.set_property(root, description, _FAVOURITE, str(int(favourite)))
    if favourite or accepted:
        label = _ACCEPTED if favourite else "0"
        xmp_writer.set_property(root, description, _PICK_LABEL, label)
    return True


def _write_rating(root: ET.Element, description: ET.Element, stars: float) -> None:
    text = str(int(stars)) if stars == int(stars) else repr(stars)
    xmp_writer.set_property(root, description, "xmp:Rating", text)
    for name in _PERCENT_RATINGS:
        if xmp.property_value(root, name):
            xmp_writer.set_property(root, description, name, _PERCENT[round(stars)])


def _write_text(root: ET.Element, description: ET.Element, name: str, text: str) -> None:
    """Set a property's text in the default language, and keep the other languages."""
    nodes = root.iter(qname("rdf:Description"))
    found = next((each for node in nodes for each in node.findall(qname(name))), None)
    items = None if found is None else found.find(qname("rdf:Alt"))
    if items is None:
        xmp_writer.drop_property(root, name)
        items = ET.SubElement(ET.SubElement(description, qname(name)), qname("rdf:Alt"))
    for each in items.findall(qname("rdf:li")):
        if each.get(_LANGUAGE) == _DEFAULT:
            items.remove(each)
    item = ET.Element(qname("rdf:li"), {_LANGUAGE: _DEFAULT})
    item.text = text
    items.insert(0, item)


def _write_keywords(root: ET.Element, known: tuple[str, ...], values: SidecarValues) -> bool:
    """Add keywords, and remove those that the user removed; return whether anything changed."""
    wanted = unique_keywords(values.keywords or ())
    removed = set(unique_keywords(values.removed_keywords)) - set(wanted)
    found = removed & set(known)
    if found:
        _remove_keywords(root, found)
    added = tuple(word for word in wanted if word not in known)
    if added:
        xmp_writer.add_keywords(root, xmp_writer.first_description(root), added)
    return bool(found or added)


def _remove_keywords(root: ET.Element, words: set[str]) -> None:
    """Remove keywords from all properties that have them, including hierarchical ones that end in
    them."""
    for name, separator in xmp.KEYWORD_PROPERTIES:

        def gone(text: str | None, separator: str = separator) -> bool:
            last = (text or "").rpartition(separator)[2] if separator else text or ""
            return xml_text(last) in words

        for node in root.iter(qname("rdf:Description")):
            if gone(node.get(qname(name))):
                del node.attrib[qname(name)]
            for each in node.findall(qname(name)):
                for items in list(each):
                    for item in items.findall(qname("rdf:li")):
                        if gone("".join(item.itertext())):
                            items.remove(item)
                if not len(each) and gone(each.text):
                    node.remove(each)


def _rounded(place: tuple[float, float]) -> tuple[float, float]:
    return round(place[0], 7), round(place[1], 7)


def answer_request(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Read a sidecar, or work out its new content, for another process.

    request: `path`, in hexadecimal, and `values`, those to write, or None to read the sidecar's.
    Returns the header and the payload of the answer: the values read, in JSON, or else the content
    before and after writing. Raises PhotoError if the sidecar cannot be read.
    """
    path = os.fsdecode(bytes.fromhex(request["path"]))
    before, refused, after = read_if_exists(path), "", None
    try:
        if request["values"] is not None:
            after = write_values(before, parse_values(request["values"]))
        elif before is not None:
            found = read_values(before)._asdict()
            before, after = None, json.dumps(found).encode("ascii")
    except InvalidXmp as error:
        refused = f"{os.path.basename(path)} is not valid XMP: {error}"
    header = {
        "before": None if before is None else len(before),
        "after": after is not None,
        "refused": refused.encode("utf-8", "replace").decode(),
    }
    return header, (before or b"") + (after or b"")
