"""Metadata worth keeping, from a photo that goes to a sidecar of the one that stays: `keeper.jpg.xmp`, never into the photo.

A sidecar is an XMP packet in a file of its own (ISO 16684-1), by the name that darktable and digiKam read: the photo's and `.xmp`.
What is there already stays as it is, value for value; only what the keeper says nowhere is added.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import warnings
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from PIL import Image, ImageFile, IptcImagePlugin

from explorer.errors import PhotoError
from explorer.photos.formats import openers
from explorer.photos.metadata import read_metadata
from explorer.review.companions import beside

_NAMES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
_RATING_TAG = 0x4746
_LARGEST = 5_000_000
_DECLARED = re.compile(rb'xmlns:([A-Za-z][\w.-]*)\s*=\s*["\']([^"\']+)["\']')


@dataclass(frozen=True)
class Facts:
    """What is worth keeping. taken_at: `YYYY-MM-DDTHH:MM:SS`, with a `Z` where it is said in UTC. place: latitude and longitude in degrees.
    rating: 1 to 5."""

    taken_at: str | None = None
    place: tuple[float, float] | None = None
    rating: int | None = None
    keywords: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))


def sidecar_of(path: str) -> str:
    """The sidecar's path for a photo."""
    return path + ".xmp"


def _sidecars(path: str) -> tuple[str, str]:
    """By both of the names that programs give them."""
    return sidecar_of(path), os.path.splitext(path)[0] + ".xmp"  # noqa: PTH122


def facts_of(path: str) -> Facts:
    """What a photo says in itself, in its sidecars (`a.jpg.xmp`, `a.xmp`), and what an export says about it (`a.jpg.json`).

    What cannot be read counts as not said.
    """
    found = _from_photo(path)
    for sidecar in _sidecars(path):
        root = _parsed(_bytes(sidecar))
        if root is not None:
            found = _joined(found, _from_xmp(root))
    company = beside(path)
    for each in (*company.along, *company.shared):
        if each.path.lower().endswith(".json"):
            found = _joined(found, _from_export(each.path))
    return found


def merged(gone: str, keeper: str, *, same: bool = False) -> tuple[bytes | None, bytes | None]:
    """The keeper's sidecar as it is (None: there is none) and as it would be with what only the other photo says (None: nothing to add).

    same: both have the same bytes, so that where the keeper has no sidecar of its own the other's holds for it word for word, edits and
    all. A sidecar that cannot be understood is left alone.
    """
    target = sidecar_of(keeper)
    before = _bytes(target)
    if same and not any(map(os.path.lexists, _sidecars(keeper))):
        whole = next((data for each in _sidecars(gone) if _parsed(data := _bytes(each)) is not None), None)
        if whole is not None:
            return None, whole
    missing = lacking(facts_of(gone), facts_of(keeper))
    if not missing:
        return before, None
    root = _parsed(before) if before is not None else _empty()
    if root is None:
        return before, None
    for prefix, address in _DECLARED.findall(before or b""):
        _register(prefix.decode("ascii"), address.decode("utf-8", "replace"))
    _add(root, missing)
    return before, b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="utf-8") + b"\n"


def lacking(gone: Facts, kept: Facts) -> Facts:
    """What the first says and the second does not."""
    return Facts(
        gone.taken_at if kept.taken_at is None else None,
        gone.place if kept.place is None else None,
        gone.rating if kept.rating is None else None,
        tuple(word for word in gone.keywords if word not in kept.keywords),
    )


def _joined(one: Facts, two: Facts) -> Facts:
    more = lacking(two, one)
    return Facts(one.taken_at or more.taken_at, one.place or more.place, one.rating or more.rating, one.keywords + more.keywords)


# --- reading


def _from_photo(path: str) -> Facts:
    try:
        data = Path(path).read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=openers(data)) as picture:
                said = read_metadata(picture)
                rating = picture.getexif().get(_RATING_TAG)
                words = _iptc_words(picture)
                root = _parsed(_packet(picture))
    except (OSError, SyntaxError, ValueError, PhotoError):
        return Facts()
    place = (said.latitude, said.longitude) if said.latitude is not None and said.longitude is not None else None
    own = Facts(said.taken_at, place, rating if isinstance(rating, int) and 1 <= rating <= 5 else None, words)
    return _joined(own, _from_xmp(root)) if root is not None else own


def _packet(picture: Image.Image) -> bytes | None:
    packet = picture.info.get("xmp")
    return packet if isinstance(packet, bytes) else packet.encode("utf-8", "replace") if isinstance(packet, str) else None


def _iptc_words(picture: ImageFile.ImageFile) -> tuple[str, ...]:
    """Keywords of IPTC-IIM, data set 2:25."""
    block: Any = IptcImagePlugin.getiptcinfo(picture) or {}
    values = block.get((2, 25), [])
    values = values if isinstance(values, list) else [values]
    return tuple(dict.fromkeys(value.decode("utf-8", "replace").strip() for value in values if isinstance(value, bytes) and value.strip()))


def _bytes(path: str) -> bytes | None:
    try:
        if os.path.getsize(path) > _LARGEST:  # noqa: PTH202
            return b""
        return Path(path).read_bytes()
    except OSError:
        return None


def _parsed(data: bytes | None) -> ET.Element | None:
    """The packet's root, or None for what is no XMP. Documents that define entities are not opened."""
    if not data or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        return None
    try:
        # Entities, the way to harm a parser, were ruled out above.
        root = ET.fromstring(data.strip(b"\0 \n\r\t"))  # noqa: S314
    except ET.ParseError:
        return None
    return root if _description(root) is not None else None


def _description(root: ET.Element) -> ET.Element | None:
    return root.find(f".//{_q('rdf:Description')}")


def _q(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_NAMES[prefix]}}}{local}"


def _value(root: ET.Element, name: str) -> str | None:
    """A simple value, written as an attribute or as an element."""
    for each in root.iter(_q("rdf:Description")):
        found = each.get(_q(name))
        if found is None:
            found = each.findtext(_q(name))
        if found and found.strip():
            return found.strip()
    return None


def _from_xmp(root: ET.Element) -> Facts:
    date = next(filter(None, (_value(root, name) for name in ("exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate"))), None)
    found = re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", date or "")
    latitude, longitude = _degrees(_value(root, "exif:GPSLatitude"), "NS", 90), _degrees(_value(root, "exif:GPSLongitude"), "EW", 180)
    rating = _value(root, "xmp:Rating") or ""
    words = [
        item.text.strip() for each in root.iter(_q("dc:subject")) for item in each.iter(_q("rdf:li")) if item.text and item.text.strip()
    ]
    return Facts(
        (found[0] if found[1] else found[0] + ":00") if found else None,
        (latitude, longitude) if latitude is not None and longitude is not None else None,
        int(rating) if rating in ("1", "2", "3", "4", "5") else None,
        tuple(dict.fromkeys(words)),
    )


def _from_export(path: str) -> Facts:
    """What Google Takeout says about a photo: when it was taken, in seconds of UTC, and where, with 0, 0 for nowhere."""
    try:
        said = json.loads(_bytes(path) or b"")
        seconds, place = int(said["photoTakenTime"]["timestamp"]), said.get("geoData") or {}
        at = (float(place.get("latitude", 0)), float(place.get("longitude", 0)))
        taken = dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, OSError):
        return Facts()
    return Facts(taken, at if at != (0, 0) and abs(at[0]) <= 90 and abs(at[1]) <= 180 else None)


def _degrees(text: str | None, signs: str, most: float) -> float | None:
    """`48,51.5N` or `48,51,30N` → degrees (ISO 16684-1 leaves it to Exif's “GPSCoordinate”)."""
    found = re.fullmatch(rf"(\d+),(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?([{signs}])", text or "")
    if not found:
        return None
    degrees = int(found[1]) + float(found[2]) / 60 + float(found[3] or 0) / 3600
    return None if degrees > most else degrees if found[4] == signs[0] else -degrees


# --- writing


def _empty() -> ET.Element:
    root = ET.Element(_q("x:xmpmeta"))
    rdf = ET.SubElement(root, _q("rdf:RDF"))
    ET.SubElement(rdf, _q("rdf:Description"), {_q("rdf:about"): ""})
    return root


def _add(root: ET.Element, facts: Facts) -> None:
    for prefix, address in _NAMES.items():
        if prefix != "xml":
            ET.register_namespace(prefix, address)
    at = _description(root)
    if at is None:
        return
    if facts.taken_at:
        at.set(_q("exif:DateTimeOriginal"), facts.taken_at)
    if facts.place:
        at.set(_q("exif:GPSLatitude"), _minutes(facts.place[0], "NS"))
        at.set(_q("exif:GPSLongitude"), _minutes(facts.place[1], "EW"))
    if facts.rating is not None:
        at.set(_q("xmp:Rating"), str(facts.rating))
    if facts.keywords:
        subject = root.find(f".//{_q('dc:subject')}")
        bag = subject.find(_q("rdf:Bag")) if subject is not None else None
        if bag is None:
            bag = ET.SubElement(subject if subject is not None else ET.SubElement(at, _q("dc:subject")), _q("rdf:Bag"))
        for word in facts.keywords:
            ET.SubElement(bag, _q("rdf:li")).text = word


def _minutes(degrees: float, signs: str) -> str:
    whole, rest = divmod(abs(degrees), 1)
    return f"{int(whole)},{rest * 60:.6f}{signs[0] if degrees >= 0 else signs[1]}"


def _register(prefix: str, address: str) -> None:
    """Have a sidecar's own prefixes written as they were."""
    try:
        ET.register_namespace(prefix, address)
    except ValueError:
        # `ns0` and the like are reserved for those without a name.
        return
