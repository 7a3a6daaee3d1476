"""Find what an XMP sidecar of a removed photo says that would be lost with it: edits, notes and
metadata that are neither in the kept photo nor beside it.

Runs in a decode process, because a sidecar may come from anywhere.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from xml.etree import ElementTree as ET

from explorer.photos.metadata.fields import MetadataFields
from explorer.photos.metadata.partial_dates import parse_date
from explorer.photos.metadata.xmp import (
    FIELD_PROPERTIES,
    PROPERTIES_OF_FIELDS,
    parse_lenient,
    read_fields,
)
from explorer.photos.metadata.xmp_packet import InvalidXmp, XmpPacket, qname

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_RDF = qname("rdf:")
_LISTS = {qname("rdf:Bag"), qname("rdf:Alt")}
# What programs note about the sidecar itself, such as when it was written and by what.
_BOOKKEEPING_NAMESPACES = ("http://ns.adobe.com/xap/1.0/mm/",)
_BOOKKEEPING = {qname(f"xmp:{name}") for name in ("MetadataDate", "ModifyDate", "CreatorTool")}
_TIMESTAMPS = ("import_timestamp", "change_timestamp", "export_timestamp", "print_timestamp")
_NOT_VALUES = {qname("rdf:parseType"), qname("rdf:about"), _LANGUAGE}
# Degrees: a meter, the last digit that programs write.
_SAME_PLACE = 1e-5
_BLANKS = "\0 \t\r\n"

_Property = tuple[str, str]
"""A property's qualified name and its value, in a form in which equal values are equal texts."""


def lost_edits(removed: bytes, kept: Sequence[bytes], known: MetadataFields) -> list[str]:
    """What a sidecar says that would be lost, in words; [] if nothing.

    kept: the packets of the kept photo and of its sidecars. known: the fields of the kept photo and
    its sidecars, wherever they are stored. A packet that cannot be parsed is lost, unless it is
    kept as it is.
    """
    if not removed.strip(_BLANKS.encode()) or removed in kept:
        return []
    try:
        packet = parse_lenient(removed)
    except InvalidXmp:
        return ["what cannot be read"]
    reading = read_fields(removed)
    found = [*_lost_fields(reading.fields, known)]
    # A date such as “around 1950” cannot be compared by its meaning.
    for about in dict.fromkeys(each.about for each in reading.unread):
        behind = PROPERTIES_OF_FIELDS.get(about, FIELD_PROPERTIES).__contains__
        if not set(_of(packet, behind)) <= _all(kept, behind):
            found.append(f"its {about}")
    kept_properties = _all(kept, _counts)
    lost = [name for name, value in _of(packet, _counts) if (name, value) not in kept_properties]
    return [*dict.fromkeys([*found, *(_shown(packet, name) for name in lost)])]


def _lost_fields(fields: MetadataFields, known: MetadataFields) -> Iterator[str]:
    """The fields that the kept photo lacks or has another value of."""
    if fields.taken_at and not _has_date(known.taken_at, fields.taken_at):
        yield "its date"
    if fields.place and not _has_place(known.place, fields.place):
        yield "its place"
    if fields.rating and fields.rating != known.rating:
        yield "its rating"
    if set(map(str.casefold, fields.keywords)) - set(map(str.casefold, known.keywords)):
        yield "its keywords"


def _has_date(known: str | None, date: str) -> bool:
    ours, theirs = parse_date(known), parse_date(date)
    if ours is None or theirs is None:
        return False
    return ours[:2] == theirs[:2] or theirs.refined_by(ours)


def _has_place(known: tuple[float, float] | None, place: tuple[float, float]) -> bool:
    return known is not None and all(
        abs(ours - theirs) < _SAME_PLACE for ours, theirs in zip(known, place, strict=True)
    )


def _all(packets: Iterable[bytes], counts: Callable[[str], bool]) -> set[_Property]:
    """The properties of packets; a packet that is empty or cannot be parsed has none."""
    found = set[_Property]()
    for data in packets:
        with contextlib.suppress(InvalidXmp):
            found.update(_of(parse_lenient(data), counts))
    return found


def _of(packet: XmpPacket, counts: Callable[[str], bool]) -> Iterator[_Property]:
    """The properties of a packet that are not empty. Each item of an unordered list is a property
    of its own. counts: whether to include a property, by its qualified name."""
    for node in packet.root.iter(qname("rdf:RDF")):
        for description in node.findall(qname("rdf:Description")):
            for name, text in description.attrib.items():
                if counts(name) and text.strip(_BLANKS):
                    yield name, text.strip(_BLANKS)
            for each in description:
                if counts(each.tag):
                    yield from ((each.tag, value) for value in _values(each))


def _counts(name: str) -> bool:
    """Whether a property is neither a field nor bookkeeping."""
    return not (
        name.startswith((_RDF, *(f"{{{uri}}}" for uri in _BOOKKEEPING_NAMESPACES)))
        or name in _BOOKKEEPING
        or name in FIELD_PROPERTIES
        or name.endswith(_TIMESTAMPS)
    )


def _values(element: ET.Element) -> Iterator[str]:
    """The values of a property that are not empty."""
    match list(element):
        case [only] if only.tag in _LISTS:
            items = list(only)
        case _:
            items = [element]
    for item in items:
        if value := _canonical(item):
            yield value


def _canonical(element: ET.Element) -> str:
    """The value of an element: its text if it has nothing else, otherwise its structure; '' if it
    is empty."""
    text = (element.text or "").strip(_BLANKS)
    inner = [f"{child.tag}({value})" for child in element if (value := _canonical(child))]
    attributes = sorted(
        f"{name}={value.strip(_BLANKS)}"
        for name, value in element.attrib.items()
        if value.strip(_BLANKS) and name not in _NOT_VALUES
    )
    return ", ".join(filter(None, [text, *attributes, *inner]))


def _shown(packet: XmpPacket, name: str) -> str:
    """A property's name as the packet writes it: `darktable:history`."""
    uri, _, local = name[1:].partition("}")
    prefix = next((short for short, each in packet.prefixes.items() if each == uri and short), "")
    return f"{prefix}:{local}" if prefix else local
