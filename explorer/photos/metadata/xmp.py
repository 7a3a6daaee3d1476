"""XMP (ISO 16684-1): a packet inside a photo, or a sidecar file beside it.

Packets come from anywhere: parsing is bounded in size and depth and opens no document that declares
a DTD or entities.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from PIL import Image

from explorer.photos.metadata.field_values import (
    coordinate,
    decoded,
    rating,
    rating_of_percent,
    words,
)
from explorer.photos.metadata.merge import Facts, Reading, Unread
from explorer.photos.metadata.partial_dates import PartialDate, is_blank, parse, plausible

# Bytes of a packet or a sidecar. Thumbnails and an editor's masks may lie in one.
LARGEST = 16_000_000
# Elements within each other; real packets have some ten.
DEEPEST = 100

NAMES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "MicrosoftPhoto": "http://ns.microsoft.com/photo/1.0/",
    # As Windows and ExifTool have it.
    "MicrosoftPhoto_1_": "http://ns.microsoft.com/photo/1.0",
}
_DATES = (
    "exif:DateTimeOriginal",
    "photoshop:DateCreated",
    "exif:DateTimeDigitized",
    "xmp:CreateDate",
)
# Keywords in a row, and those of trees, of which the last part is the word: “Places|Köln”,
# “Places/Köln”.
_SUBJECTS = (("dc:subject", ""), ("MicrosoftPhoto:LastKeywordXMP", "/"),
    ("MicrosoftPhoto_1_:LastKeywordXMP", "/"),
             ("lr:hierarchicalSubject", "|"), ("digiKam:TagsList", "/"))  # fmt: skip
_RATINGS = (
    ("xmp:Rating", rating),
    ("MicrosoftPhoto:Rating", rating_of_percent),
    ("MicrosoftPhoto_1_:Rating", rating_of_percent),
)
_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]*\?>")
_DECLARED = re.compile(rb"^\s*<\?xml\b[^>]*?encoding\s*=\s*[\"']([A-Za-z][\w.-]*)[\"']")
_INSTRUCTION = re.compile(r"<\?.*?\?>", re.DOTALL)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
          (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip


class Packet(NamedTuple):
    """A parsed packet. prefixes: of its namespaces, as it declares them."""

    root: ET.Element
    prefixes: dict[str, str]


class NotXmp(ValueError):
    """The bytes are no XMP, or none that is safe to open."""


def q(name: str) -> str:
    """`dc:subject` → the name as ElementTree has it."""
    prefix, _, local = name.partition(":")
    return f"{{{NAMES[prefix]}}}{local}"


# --- parsing


class _Bounded(ET.TreeBuilder):
    """Builds the tree, refuses one that is too deep, and remembers the prefixes of namespaces."""

    def __init__(self) -> None:
        super().__init__(insert_comments=True, insert_pis=True)
        self.depth, self.prefixes = 0, dict[str, str]()

    def start(self, tag: Any, attrs: Any, /) -> ET.Element:
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotXmp("its elements lie too deep within each other")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        self.depth -= 1
        return super().end(tag)

    def start_ns(self, prefix: str, uri: str) -> None:
        self.prefixes.setdefault(prefix, uri)


def packet_of(picture: Image.Image) -> bytes:
    """The XMP packet of an opened picture, b"" where it has none."""
    for name in ("xmp", "XML:com.adobe.xmp", "Raw profile type xmp"):
        packet = picture.info.get(name)
        if isinstance(packet, str) and name.startswith("Raw"):
            return _in_profile(packet)
        if packet and isinstance(packet, bytes | str):
            return packet if isinstance(packet, bytes) else packet.encode("utf-8", "replace")
    return b""


def _in_profile(text: str) -> bytes:
    """A packet in a PNG's text, as ImageMagick writes it: a name, a length, hexadecimal digits."""
    try:
        return bytes.fromhex("".join(text.split()[2:]))
    except ValueError:
        # Kept, so that it counts as there and unreadable.
        return text.encode("utf-8", "replace")


def parsed(data: bytes, *, strict: bool = False) -> Packet:
    """Parse a packet in UTF-8, UTF-16, UTF-32 or the encoding it declares. Raises NotXmp.

    strict: only what every program would read, as is needed to write it again; else known prefixes
    may be undeclared.
    """
    if len(data) > LARGEST:
        raise NotXmp(f"it has more than {LARGEST / 1e6:.0f} MB")
    text = _DECLARATION.sub("", _text(data), count=1).strip("\0 \t\r\n")
    try:
        packet = _tree(text)
    except NotXmp:
        if strict:
            raise
        declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMES.items())
        packet = _tree(f"<fragment {declared}>{_INSTRUCTION.sub('', text)}</fragment>")
    if (
        packet.root.find(f".//{q('rdf:RDF')}") is None
        and packet.root.tag != q("rdf:RDF")
        and (strict or not _anything(packet.root))
    ):
        raise NotXmp("it is no XMP")
    return packet


def _text(data: bytes) -> str:
    """The packet's characters. Raises NotXmp."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if encoding is None and data[:2] in (b"<\0", b"\0<"):
        encoding = "utf-16-le" if data[:1] == b"<" else "utf-16-be"
    if encoding is not None:
        try:
            return data.decode(encoding)
        except UnicodeError:
            raise NotXmp("its characters make no sense") from None
    declared = _DECLARED.match(data[:200])
    try:
        # A declaration that can be read byte by byte is wrong where it names an encoding of wider
        # units.
        if declared and not declared[1].lower().startswith((b"utf", b"ucs", b"iso-10646")):
            return data.decode(declared[1].decode("ascii"))
    except (LookupError, UnicodeError):
        return decoded(data)
    return decoded(data)


def _tree(text: str) -> Packet:
    from defusedxml.ElementTree import DefusedXMLParser

    builder = _Bounded()
    parser = DefusedXMLParser(
        target=builder,
        encoding="utf-8",
        forbid_dtd=True,
        forbid_entities=True,
        forbid_external=True,
    )
    try:
        parser.feed(text.encode("utf-8"))
        root = parser.close()
    except NotXmp:
        raise
    except (SyntaxError, ValueError) as error:
        # ParseError is a SyntaxError; what defusedxml forbids, and half a surrogate pair, are
        # ValueErrors.
        raise NotXmp("it is no well-formed XML") from error
    return Packet(root, builder.prefixes)


def _anything(root: ET.Element) -> bool:
    """Whether anything that we read is in a fragment."""
    known = {
        q(name)
        for name in (
            *_DATES,
            *(name for name, _ in _SUBJECTS),
            "exif:GPSLatitude",
            "exif:GPSTimeStamp",
            *(name for name, _ in _RATINGS),
        )
    }
    return any(each.tag in known or not known.isdisjoint(each.keys()) for each in root.iter())


# --- reading


def _nodes(root: ET.Element) -> list[ET.Element]:
    """The elements whose attributes and children are the photo's properties; in a fragment without
    RDF, all."""
    frames = list(root.iter(q("rdf:RDF")))
    return (
        [each for frame in frames for each in frame.findall(q("rdf:Description"))]
        if frames
        else list(root.iter())
    )


def _property(root: ET.Element, name: str) -> Iterator[str]:
    """The values of a property, however it is written: as an attribute, an element, or the items of
    a list."""
    for node in _nodes(root):
        if (value := node.get(q(name))) is not None:
            yield value
        for each in node.findall(q(name)):
            items = [_inner(item) for item in each.iter(q("rdf:li"))]
            yield from items or [_inner(each)]


def _inner(element: ET.Element) -> str:
    """An element's text; of a qualified value (ISO 16684-1, 7.8) the value itself."""
    value = next(element.iter(q("rdf:value")), None)
    if value is None:
        nested = next(
            (each for each in element.iter(q("rdf:Description")) if each.get(q("rdf:value"))), None
        )
        return (
            element.get(q("rdf:value"))
            or (nested.get(q("rdf:value")) if nested is not None else None)
            or element.text
            or ""
        ).strip()
    return (value.text or "").strip()


def _value(root: ET.Element, name: str) -> str:
    """The first value of a property that is not empty, or ''."""
    return next((text for value in _property(root, name) if (text := value.strip("\0 \t\r\n"))), "")


def dates(packet: Packet) -> Iterator[PartialDate]:
    """When it was taken, else when the picture was made or scanned."""
    for name in _DATES:
        if date := plausible(parse(_value(packet.root, name))):
            yield date


def gps_date(packet: Packet) -> PartialDate | None:
    """The satellites' time, in UTC."""
    return plausible(parse(_value(packet.root, "exif:GPSTimeStamp")))


def place(packet: Packet) -> tuple[float, float] | None:
    """Latitude and longitude in degrees; None where they are absent, or 0, 0. Raises ValueError for
    what is no place."""
    words_of = [
        (_value(packet.root, f"exif:GPS{axis}"), _value(packet.root, f"exif:GPS{axis}Ref"))
        for axis in ("Latitude", "Longitude")
    ]
    if not any(text for text, _ in words_of):
        return None
    (latitude, ns), (longitude, ew) = words_of
    found = coordinate(latitude, ns, "NS", 90), coordinate(longitude, ew, "EW", 180)
    return None if found == (0, 0) else (round(found[0], 7), round(found[1], 7))


def camera(packet: Packet) -> tuple[str, str]:
    """Make and model, '' where they are not said."""
    return _value(packet.root, "tiff:Make"), _value(packet.root, "tiff:Model")


def keywords(packet: Packet) -> tuple[str, ...]:
    """All keywords; of trees of keywords the words at their ends."""
    return words(
        value.rpartition(separator)[2] if separator else value
        for name, separator in _SUBJECTS
        for value in _property(packet.root, name)
    )


def read(data: bytes) -> Reading:
    """What is worth keeping, and what is there and cannot be read."""
    if not data.strip(b"\0 \t\r\n"):
        return Reading()
    try:
        packet = parsed(data)
    except NotXmp as error:
        return Reading(unread=(Unread("all", f"its XMP data ({error})"),))
    return read_packet(packet)


def read_packet(packet: Packet) -> Reading:
    """The same of a packet that is parsed already."""
    unread = list[Unread]()
    for name in _DATES:
        text = _value(packet.root, name)
        if text and not is_blank(text) and parse(text) is None:
            unread.append(Unread("date", f"the date in its XMP data (“{text[:40]}”)"))
    where = stars = None
    try:
        where = place(packet)
    except ValueError:
        unread.append(Unread("place", "the place in its XMP data"))
    for name, convert in _RATINGS:
        text = _value(packet.root, name)
        try:
            stars = stars or (convert(text) if text else None)
        except ValueError:
            unread.append(Unread("rating", f"the rating in its XMP data (“{text[:40]}”)"))
    date = next(dates(packet), None) or gps_date(packet)
    return Reading(Facts(date.iso if date else None, where, stars, keywords(packet)), tuple(unread))
