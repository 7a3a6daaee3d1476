"""Read from XMP the faces that other programs have marked in a photo, as regions of the Metadata
Working Group (digiKam, Lightroom, Picasa) or of Microsoft (Windows Photo Gallery), and the names of
the people in it, with or without a region."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree as ET

from PIL import Image

from explorer.photos.metadata.exif import orientation
from explorer.photos.metadata.field_values import clean_text
from explorer.photos.metadata.xmp import parse_lenient
from explorer.photos.metadata.xmp_packet import InvalidXmp, find_packet, qname
from explorer.photos.photo_region import Box

MAX_FACES, MAX_NAME_LENGTH = 100, 120
"""Further faces are dropped, and longer names truncated."""
_MWG = "{http://www.metadataworkinggroup.com/schemas/regions/}"
_AREA = "{http://ns.adobe.com/xmp/sType/Area#}"
_MICROSOFT = "{http://ns.microsoft.com/photo/1.2/t/Region#}"
_IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"


class FaceRegion(NamedTuple):
    """A face that was marked in a photo."""

    name: str
    """The person's name; '' if it is not given."""
    box: Box
    """The position of the face in the upright photo."""


def face_regions(picture: Image.Image) -> list[FaceRegion]:
    """The faces marked in an opened picture, from left to right. Its pixels need not be decoded.

    Broken regions count as absent.
    """
    packet = find_packet(picture)
    if b"Region" not in packet.replace(b"\0", b""):
        return []
    try:
        root = parse_lenient(packet).root
    except InvalidXmp:
        return []
    turn = orientation(picture)
    found = list(_mwg_regions(root)) or list(_microsoft_regions(root))
    faces = [FaceRegion(name, upright_box(box, turn)) for name, box in found[:MAX_FACES]]
    return sorted(faces, key=lambda face: face.box[0])


def person_names(root: ET.Element) -> tuple[str, ...]:
    """The names of the people in a photo, without duplicates: those of its faces, and those listed
    in `Iptc4xmpExt:PersonInImage`. root: its parsed XMP packet."""
    names = [
        *(
            _property(item, f"{_MWG}Name")
            for item in _items(root, f"{_MWG}RegionList")
            if _property(item, f"{_MWG}Type") in ("", "Face")
        ),
        *(_property(item, f"{_MICROSOFT}PersonDisplayName") for item in root.iter(qname("rdf:li"))),
        *(item.text or "" for item in _items(root, f"{_IPTC}PersonInImage")),
    ]
    return tuple(dict.fromkeys(filter(None, map(_name, names))))


def upright_box(box: Box, turn: int) -> Box:
    """Convert a box in the stored picture to the upright photo. turn: the EXIF orientation
    (1–8)."""
    left, top, width, height = box
    right, bottom = 1 - left - width, 1 - top - height
    return {
        2: (right, top, width, height),
        3: (right, bottom, width, height),
        4: (left, bottom, width, height),
        5: (top, left, height, width),
        6: (bottom, left, height, width),
        7: (bottom, right, height, width),
        8: (top, right, height, width),
    }.get(turn, box)


def _mwg_regions(root: ET.Element) -> Iterator[tuple[str, Box]]:
    for item in _items(root, f"{_MWG}RegionList"):
        if _property(item, f"{_MWG}Type") not in ("", "Face"):
            continue
        area = next(item.iter(f"{_MWG}Area"), None)
        if area is None or _property(area, f"{_AREA}unit") not in ("", "normalized"):
            continue
        numbers = _numbers([_property(area, _AREA + side) for side in "xywh"])
        if numbers is not None:
            x, y, width, height = numbers
            # The area is given by its center.
            if (box := _within((x - width / 2, y - height / 2, width, height))) is not None:
                yield _name(_property(item, f"{_MWG}Name")), box


def _microsoft_regions(root: ET.Element) -> Iterator[tuple[str, Box]]:
    for item in root.iter(qname("rdf:li")):
        numbers = _numbers(_property(item, f"{_MICROSOFT}Rectangle").split(","))
        if numbers is not None and (box := _within(numbers)) is not None:
            yield _name(_property(item, f"{_MICROSOFT}PersonDisplayName")), box


def _items(root: ET.Element, name: str) -> Iterator[ET.Element]:
    for each in root.iter(name):
        yield from each.iter(qname("rdf:li"))


def _property(element: ET.Element, name: str) -> str:
    """A property of a structure, written as an attribute or an element; '' if it is absent."""
    for each in element.iter():
        if (value := each.get(name)) is not None:
            return value.strip()
        if each.tag == name:
            return (each.text or "").strip()
    return ""


def _numbers(texts: list[str]) -> Box | None:
    try:
        left, top, width, height = map(float, texts)
    except ValueError:
        return None
    return left, top, width, height


def _within(box: Box) -> Box | None:
    """The part of a box that is within the photo; None if there is none."""
    left, top, width, height = box
    if not all(map(math.isfinite, box)):
        return None
    right, bottom = min(1.0, left + width), min(1.0, top + height)
    left, top = max(0.0, left), max(0.0, top)
    if right <= left or bottom <= top:
        return None
    return left, top, right - left, bottom - top


def _name(text: str) -> str:
    return clean_text(text, MAX_NAME_LENGTH) or ""
