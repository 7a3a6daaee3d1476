"""Add metadata fields to an XMP sidecar, and leave everything else in it unchanged."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from explorer.photos.metadata.fields import MetadataFields
from explorer.photos.metadata.xmp_packet import NAMESPACES, XmpPacket, parse_packet, qname

EMPTY_PACKET = (
    f'<x:xmpmeta xmlns:x="{NAMESPACES["x"]}"><rdf:RDF xmlns:rdf="{NAMESPACES["rdf"]}">'
    '<rdf:Description rdf:about=""/></rdf:RDF></x:xmpmeta>'
).encode()
"""A packet without properties."""
_LISTS = ("rdf:Bag", "rdf:Seq", "rdf:Alt")


def update_sidecar(before: bytes | None, fields: MetadataFields) -> bytes:
    """The bytes of a sidecar with these fields added.

    before: its current bytes; None for a new sidecar. A date, place or rating replaces the existing
    one; keywords are added. Raises InvalidXmp if the existing sidecar is not valid XMP.
    """
    packet = parse_packet(EMPTY_PACKET if before is None else before, strict=True)
    description = first_description(packet.root)
    if fields.taken_at:
        set_property(packet.root, description, "exif:DateTimeOriginal", fields.taken_at)
    if fields.place:
        set_place(packet.root, description, fields.place)
    if fields.rating is not None:
        set_property(packet.root, description, "xmp:Rating", f"{fields.rating:g}")
    if fields.keywords:
        add_keywords(packet.root, description, fields.keywords)
    return serialize(packet)


def set_place(root: ET.Element, description: ET.Element, place: tuple[float, float]) -> None:
    """Set the coordinates, in degrees."""
    for axis, hemispheres, degrees in zip(
        ("Latitude", "Longitude"), ("NS", "EW"), place, strict=True
    ):
        set_property(root, description, f"exif:GPS{axis}", format_coordinate(degrees, hemispheres))
        drop_property(root, f"exif:GPS{axis}Ref")


def format_coordinate(degrees: float, hemispheres: str) -> str:
    """Format degrees as `48,51.500000N` (ISO 16684-1).

    hemispheres: the letters for positive and for negative degrees.
    """
    # Round before splitting, so that there are never 60 minutes.
    whole, rest = divmod(round(abs(degrees) * 60, 6), 60)
    return f"{int(whole)},{rest:.6f}{hemispheres[degrees < 0]}"


def first_description(root: ET.Element) -> ET.Element:
    """The first `rdf:Description`, to which properties are added; created if there is none."""
    # Strict parsing rejects packets without one.
    frame = next(root.iter(qname("rdf:RDF")))
    found = frame.find(qname("rdf:Description"))
    return (
        ET.SubElement(frame, qname("rdf:Description"), {qname("rdf:about"): ""})
        if found is None
        else found
    )


def set_property(root: ET.Element, description: ET.Element, name: str, value: str) -> None:
    """Set a simple property, replacing the existing one: a property may occur only once."""
    drop_property(root, name)
    description.set(qname(name), value)


def drop_property(root: ET.Element, name: str) -> None:
    """Remove a property in all its forms."""
    for node in root.iter(qname("rdf:Description")):
        node.attrib.pop(qname(name), None)
        for each in node.findall(qname(name)):
            node.remove(each)


def add_keywords(root: ET.Element, description: ET.Element, words: tuple[str, ...]) -> None:
    """Add keywords to `dc:subject`, which is created if there is none."""
    name = qname("dc:subject")
    subject = next(
        (each for node in root.iter(qname("rdf:Description")) for each in node.findall(name)), None
    )
    if subject is None:
        subject = ET.SubElement(description, name)
    items = next(
        (found for each in _LISTS if (found := subject.find(qname(each))) is not None), None
    )
    if items is None:
        # Non-conforming simple values become the first items of the list.
        simple = [(subject.text or "").strip()]
        simple += [
            node.attrib.pop(name).strip()
            for node in root.iter(qname("rdf:Description"))
            if name in node.attrib
        ]
        subject.text = None
        items = ET.SubElement(subject, qname("rdf:Bag"))
        words = (*filter(None, simple), *words)
    for word in words:
        ET.SubElement(items, qname("rdf:li")).text = word


def serialize(packet: XmpPacket) -> bytes:
    """The bytes of a sidecar."""
    # Keep the packet's own prefixes, and use the usual ones for added properties.
    for prefix, uri in {**packet.prefixes, **NAMESPACES}.items():
        try:
            ET.register_namespace(prefix, uri)
        except ValueError:
            # ElementTree reserves `ns0` and the like for namespaces without a prefix.
            continue
    text: bytes = ET.tostring(packet.root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text + b"\n"
