"""Read the metadata fields of an XMP packet (ISO 16684-1)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from explorer.photos.metadata.field_values import (
    parse_coordinate,
    parse_rating,
    rating_from_percent,
    unique_keywords,
)
from explorer.photos.metadata.fields import MetadataFields, MetadataReading, UnreadableField
from explorer.photos.metadata.partial_dates import PartialDate, is_blank, parse_date, plausible
from explorer.photos.metadata.xmp_packet import InvalidXmp, XmpPacket, parse_packet, qname

_DATES = (
    "exif:DateTimeOriginal",
    "photoshop:DateCreated",
    "exif:DateTimeDigitized",
    "xmp:CreateDate",
)
# Properties with keywords, and the separator of hierarchical ones, whose last part is the keyword:
# “Places|Köln”, “Places/Köln”.
KEYWORD_PROPERTIES = (
    ("dc:subject", ""),
    ("MicrosoftPhoto:LastKeywordXMP", "/"),
    ("MicrosoftPhoto_1_:LastKeywordXMP", "/"),
    ("lr:hierarchicalSubject", "|"),
    ("digiKam:TagsList", "/"),
)
_RATINGS = (
    ("xmp:Rating", parse_rating),
    ("MicrosoftPhoto:Rating", rating_from_percent),
    ("MicrosoftPhoto_1_:Rating", rating_from_percent),
)
_TITLES, _DESCRIPTIONS = ("dc:title", "photoshop:Headline"), ("dc:description",)
_BLANKS = "\0 \t\r\n"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_READ_PROPERTIES = frozenset(
    qname(name)
    for name in (
        *_DATES,
        *(name for name, _ in KEYWORD_PROPERTIES),
        "exif:GPSLatitude",
        "exif:GPSTimeStamp",
        *(name for name, _ in _RATINGS),
        *_TITLES,
        *_DESCRIPTIONS,
    )
)

PROPERTIES_OF_FIELDS = {
    about: frozenset(map(qname, names))
    for about, names in {
        "date": _DATES,
        "place": tuple(
            f"exif:GPS{name}" for name in ("Latitude", "LatitudeRef", "Longitude", "LongitudeRef")
        ),
        "rating": tuple(name for name, _ in _RATINGS),
        "keywords": ("dc:subject",),
    }.items()
}
"""The properties from which a field is read, by what `UnreadableField.about` calls it."""
FIELD_PROPERTIES = frozenset[str]().union(*PROPERTIES_OF_FIELDS.values())
"""The properties that `read_fields` compares and merges by their meaning."""


def parse_lenient(data: bytes) -> XmpPacket:
    """Parse a packet that will not be written again. Raises InvalidXmp."""
    return parse_packet(data, known=_READ_PROPERTIES)


def read_fields(data: bytes) -> MetadataReading:
    """The fields of a packet, and those that are present but unreadable; none for b""."""
    if not data.strip(_BLANKS.encode()):
        return MetadataReading()
    try:
        packet = parse_lenient(data)
    except InvalidXmp as error:
        return MetadataReading(unread=(UnreadableField("all", f"its XMP data ({error})"),))
    return _read_packet(packet)


def _read_packet(packet: XmpPacket) -> MetadataReading:
    unread = list[UnreadableField]()
    for name in _DATES:
        text = property_value(packet.root, name)
        if text and not is_blank(text) and parse_date(text) is None:
            unread.append(UnreadableField("date", f"the date in its XMP data (“{text[:40]}”)"))
    position = None
    try:
        position = gps_position(packet)
    except ValueError:
        unread.append(UnreadableField("place", "the place in its XMP data"))
    stars, broken_ratings = _read_rating(packet)
    date = next(capture_dates(packet), None) or gps_date(packet)
    fields = MetadataFields(date.iso if date else None, position, stars, keywords(packet))
    return MetadataReading(fields, (*unread, *broken_ratings))


def rating(packet: XmpPacket) -> float | None:
    """Stars, above 0 and up to 5; None if the photo is not rated."""
    return _read_rating(packet)[0]


def _read_rating(packet: XmpPacket) -> tuple[float | None, list[UnreadableField]]:
    stars: float | None = None
    unread = list[UnreadableField]()
    for name, convert in _RATINGS:
        text = property_value(packet.root, name)
        try:
            stars = stars or (convert(text) if text else None)
        except ValueError:
            unread.append(UnreadableField("rating", f"the rating in its XMP data (“{text[:40]}”)"))
    return stars, unread


def capture_dates(packet: XmpPacket) -> Iterator[PartialDate]:
    """The dates of capture and then of creation or digitization, if plausible."""
    for name in _DATES:
        if date := plausible(parse_date(property_value(packet.root, name))):
            yield date


def gps_date(packet: XmpPacket) -> PartialDate | None:
    """The GPS time, in UTC."""
    return plausible(parse_date(property_value(packet.root, "exif:GPSTimeStamp")))


def gps_position(packet: XmpPacket) -> tuple[float, float] | None:
    """Latitude and longitude in degrees; None if they are absent or (0, 0).

    Raises ValueError for anything that is not a position.
    """
    (latitude, ns), (longitude, ew) = (
        (
            property_value(packet.root, f"exif:GPS{axis}"),
            property_value(packet.root, f"exif:GPS{axis}Ref"),
        )
        for axis in ("Latitude", "Longitude")
    )
    if not latitude and not longitude:
        return None
    found = parse_coordinate(latitude, ns, "NS", 90), parse_coordinate(longitude, ew, "EW", 180)
    return None if found == (0, 0) else (round(found[0], 7), round(found[1], 7))


def make_and_model(packet: XmpPacket) -> tuple[str, str]:
    """Make and model of the camera; '' for one that is not given."""
    return property_value(packet.root, "tiff:Make"), property_value(packet.root, "tiff:Model")


def keywords(packet: XmpPacket) -> tuple[str, ...]:
    """All keywords, without duplicates; for hierarchical ones, the last part."""
    return unique_keywords(
        value.rpartition(separator)[2] if separator else value
        for name, separator in KEYWORD_PROPERTIES
        for value in _values(packet.root, name)
    )


def titles(packet: XmpPacket) -> Iterator[str]:
    """The titles and then the headlines, not yet cleaned, the default language first."""
    for name in _TITLES:
        yield from _by_language(packet.root, name)


def descriptions(packet: XmpPacket) -> Iterator[str]:
    """The descriptions, not yet cleaned, the default language first."""
    for name in _DESCRIPTIONS:
        yield from _by_language(packet.root, name)


def _by_language(root: ET.Element, name: str) -> list[str]:
    """The values of a property with several languages, the default language first."""
    defaults = [
        _text(item)
        for node in _descriptions(root)
        for each in node.findall(qname(name))
        for item in each.iter(qname("rdf:li"))
        if item.get(_LANGUAGE) == "x-default"
    ]
    return [*defaults, *_values(root, name)]


def property_value(root: ET.Element, name: str) -> str:
    """The first value of a property that is not blank, or ''."""
    return next((text for value in _values(root, name) if (text := value.strip(_BLANKS))), "")


def _values(root: ET.Element, name: str) -> Iterator[str]:
    """The values of a property, whether written as an attribute, an element or a list."""
    for node in _descriptions(root):
        if (value := node.get(qname(name))) is not None:
            yield value
        for each in node.findall(qname(name)):
            items = [_text(item) for item in each.iter(qname("rdf:li"))]
            yield from items or [_text(each)]


def _descriptions(root: ET.Element) -> list[ET.Element]:
    """The elements with the photo's properties; in a fragment without RDF, all elements."""
    frames = list(root.iter(qname("rdf:RDF")))
    if not frames:
        return list(root.iter())
    return [each for frame in frames for each in frame.findall(qname("rdf:Description"))]


def _text(element: ET.Element) -> str:
    """The text of an element; for a qualified value (ISO 16684-1, 7.8), the value itself."""
    name = qname("rdf:value")
    if (value := next(element.iter(name), None)) is not None:
        return (value.text or "").strip()
    nested = (each.get(name) for each in element.iter(qname("rdf:Description")) if each.get(name))
    return (element.get(name) or next(nested, None) or element.text or "").strip()
