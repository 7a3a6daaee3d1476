"""Adding facts to an XMP sidecar: what is in it stays as it is, value for value."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from explorer.photos.metadata.merge import Facts
from explorer.photos.metadata.xmp import NAMES, Packet, parsed, q

_EMPTY = (
    f'<x:xmpmeta xmlns:x="{NAMES["x"]}"><rdf:RDF xmlns:rdf="{NAMES["rdf"]}"><rdf:Description rdf:about=""/></rdf:RDF></x:xmpmeta>'
).encode()
_LISTS = ("rdf:Bag", "rdf:Seq", "rdf:Alt")


def with_facts(before: bytes | None, facts: Facts) -> bytes:
    """A sidecar's bytes with these facts, or a new one's. Raises xmp.NotXmp for a sidecar that is
    none.

    A date, place or rating takes the place of what the sidecar says of it; keywords are added.
    """
    packet = parsed(_EMPTY if before is None else before, strict=True)
    home = _home(packet.root)
    if facts.taken_at:
        _set(packet.root, home, "exif:DateTimeOriginal", facts.taken_at)
    if facts.place:
        for axis, signs, degrees in (
            ("Latitude", "NS", facts.place[0]),
            ("Longitude", "EW", facts.place[1]),
        ):
            _set(packet.root, home, f"exif:GPS{axis}", minutes(degrees, signs))
            _drop(packet.root, f"exif:GPS{axis}Ref")
    if facts.rating is not None:
        _set(packet.root, home, "xmp:Rating", f"{facts.rating:g}")
    if facts.keywords:
        _add_keywords(packet.root, home, facts.keywords)
    return _serialized(packet)


def minutes(degrees: float, signs: str) -> str:
    """Degrees → `48,51.500000N`, as ISO 16684-1 has it. signs: the hemispheres of positive and
    negative degrees."""
    # Rounded as a whole, so that there are never 60 minutes.
    whole, rest = divmod(round(abs(degrees) * 60, 6), 60)
    return f"{int(whole)},{rest:.6f}{signs[0] if degrees >= 0 else signs[1]}"


def _home(root: ET.Element) -> ET.Element:
    """The element that properties are added to."""
    frame = root if root.tag == q("rdf:RDF") else root.find(f".//{q('rdf:RDF')}")
    if frame is None:
        raise AssertionError("strict parsing lets none through without")
    found = frame.find(q("rdf:Description"))
    return (
        ET.SubElement(frame, q("rdf:Description"), {q("rdf:about"): ""}) if found is None else found
    )


def _set(root: ET.Element, home: ET.Element, name: str, value: str) -> None:
    """Put a simple value in the place of the one that is there, or add it: a property may be there
    only once."""
    _drop(root, name)
    home.set(q(name), value)


def _drop(root: ET.Element, name: str) -> None:
    for node in root.iter(q("rdf:Description")):
        node.attrib.pop(q(name), None)
        for each in node.findall(q(name)):
            node.remove(each)


def _add_keywords(root: ET.Element, home: ET.Element, words: tuple[str, ...]) -> None:
    name = q("dc:subject")
    subject = next(
        (each for node in root.iter(q("rdf:Description")) for each in node.findall(name)), None
    )
    if subject is None:
        subject = ET.SubElement(home, name)
    items = next((found for each in _LISTS if (found := subject.find(q(each))) is not None), None)
    if items is None:
        # A simple value, which it should not be, becomes the first of the list.
        simple = [(subject.text or "").strip()]
        simple += [
            node.attrib.pop(name).strip()
            for node in root.iter(q("rdf:Description"))
            if name in node.attrib
        ]
        subject.text = None
        items = ET.SubElement(subject, q("rdf:Bag"))
        words = (*filter(None, simple), *words)
    for word in words:
        ET.SubElement(items, q("rdf:li")).text = word


def _serialized(packet: Packet) -> bytes:
    # Its own prefixes are written as they were, ours as everybody writes them.
    for prefix, uri in {**packet.prefixes, **NAMES}.items():
        try:
            ET.register_namespace(prefix, uri)
        except ValueError:
            # `ns0` and the like are ElementTree's own, which it gives to namespaces without a name.
            continue
    text: bytes = ET.tostring(packet.root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text + b"\n"
