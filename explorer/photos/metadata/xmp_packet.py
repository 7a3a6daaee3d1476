"""Find and parse XMP packets (ISO 16684-1), in photos and in sidecar files.

Packets are untrusted. Parsing limits their size and depth, and rejects documents with a DTD or
entities.
"""

from __future__ import annotations

import codecs
import re
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from PIL import Image

from explorer.photos.metadata.extended_xmp import with_extension
from explorer.photos.metadata.field_values import NOT_XML, decode_text
from explorer.photos.metadata.text_profile import decode_text_profile

MAX_BYTES = 16_000_000
"""The size limit of a packet or sidecar, which may include thumbnails and an editor's masks."""
MAX_DEPTH = 100
"""The limit of nested elements; real packets have about ten levels."""

NAMESPACES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "fstop": "http://www.fstopapp.com/xmp/",
    "MicrosoftPhoto": "http://ns.microsoft.com/photo/1.0/",
    # The form that Windows and ExifTool write.
    "MicrosoftPhoto_1_": "http://ns.microsoft.com/photo/1.0",
}
_BLANKS = "\0 \t\r\n"
_XML_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]*\?>")
_DECLARED_ENCODING = re.compile(rb"^\s*<\?xml\b[^>]*?encoding\s*=\s*[\"']([A-Za-z][\w.-]*)[\"']")
# References to control characters, which XML does not allow.
_NOT_XML_REFERENCE = re.compile(
    r"&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\d|3[01]));", re.I
)
_INSTRUCTION = re.compile(r"<\?.*?\?>", re.DOTALL)
# UTF-32 must come before UTF-16, whose mark is a prefix of one of UTF-32's.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class XmpPacket(NamedTuple):
    """A parsed packet."""

    root: ET.Element
    prefixes: dict[str, str]
    """Namespace prefix → URI, as declared in the packet."""


class InvalidXmp(ValueError):
    """The bytes are not XMP, or not safe to parse."""


def qname(name: str) -> str:
    """ElementTree's qualified name for a name such as `dc:subject`."""
    prefix, _, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def find_packet(picture: Image.Image) -> bytes:
    """The XMP packet of an opened picture, with its extension if both are well-formed; b"" if it
    has none."""
    packet = _main_packet(picture)
    joined = with_extension(packet, getattr(picture, "applist", ())) if packet else packet
    if joined is packet:
        return packet
    try:
        parse_packet(joined)
    except InvalidXmp:
        return packet
    return joined


def _main_packet(picture: Image.Image) -> bytes:
    for name in ("xmp", "XML:com.adobe.xmp", "Raw profile type xmp"):
        packet = picture.info.get(name)
        if isinstance(packet, str) and name.startswith("Raw"):
            return decode_text_profile(packet)
        if packet and isinstance(packet, bytes | str):
            return packet if isinstance(packet, bytes) else packet.encode("utf-8", "replace")
    return b""


def parse_packet(
    data: bytes, *, strict: bool = False, known: frozenset[str] = frozenset()
) -> XmpPacket:
    """Parse a packet in UTF-8, UTF-16, UTF-32 or the encoding that it declares.

    strict: accept only packets that every program can read, as is necessary before writing a packet
    again. Otherwise characters that XML does not allow are ignored, well-known prefixes may be
    undeclared, and a fragment without `rdf:RDF` is accepted if it has one of the `known` properties
    (qualified names).
    Raises InvalidXmp.
    """
    if len(data) > MAX_BYTES:
        raise InvalidXmp(f"it has more than {MAX_BYTES / 1e6:.0f} MB")
    text = _XML_DECLARATION.sub("", _decode(data), count=1).strip(_BLANKS)
    try:
        packet = _parse(text)
    except InvalidXmp:
        if strict:
            raise
        declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
        allowed = NOT_XML.sub(" ", _NOT_XML_REFERENCE.sub(" ", _INSTRUCTION.sub("", text)))
        packet = _parse(f"<fragment {declared}>{allowed}</fragment>")
    has_rdf = next(packet.root.iter(qname("rdf:RDF")), None) is not None
    if not has_rdf and (strict or not _has_any(packet.root, known)):
        raise InvalidXmp("it is not XMP")
    return packet


def _has_any(root: ET.Element, known: frozenset[str]) -> bool:
    return any(each.tag in known or not known.isdisjoint(each.keys()) for each in root.iter())


def _decode(data: bytes) -> str:
    """Decode the text of a packet. Raises InvalidXmp."""
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    if encoding is None and data[:2] in (b"<\0", b"\0<"):
        encoding = "utf-16-le" if data[:1] == b"<" else "utf-16-be"
    if encoding is not None:
        try:
            return data.decode(encoding)
        except UnicodeError:
            raise InvalidXmp("its text cannot be decoded") from None
    declared = _DECLARED_ENCODING.match(data[:200])
    # A declaration that reads as single bytes is wrong if it names an encoding with wider units.
    if declared and not declared[1].lower().startswith((b"utf", b"ucs", b"iso-10646")):
        try:
            return data.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeError):
            pass
    return decode_text(data)


class _TreeBuilder(ET.TreeBuilder):
    """Limits the depth of the tree and records the namespace prefixes."""

    def __init__(self) -> None:
        super().__init__(insert_comments=True, insert_pis=True)
        self.depth, self.prefixes = 0, dict[str, str]()

    def start(self, tag: Any, attrs: Any, /) -> ET.Element:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise InvalidXmp("its elements are nested too deeply")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        self.depth -= 1
        return super().end(tag)

    def start_ns(self, prefix: str, uri: str) -> None:
        self.prefixes.setdefault(prefix, uri)


def _parse(text: str) -> XmpPacket:
    from defusedxml.ElementTree import DefusedXMLParser

    builder = _TreeBuilder()
    # Without a DTD there are no entities either, and no references to other files.
    parser = DefusedXMLParser(target=builder, encoding="utf-8", forbid_dtd=True)
    try:
        parser.feed(text.encode("utf-8"))
        root = parser.close()
    except InvalidXmp:
        raise
    except (SyntaxError, ValueError) as error:
        # ParseError is a SyntaxError. Constructs that defusedxml forbids and unpaired surrogates
        # raise ValueError.
        raise InvalidXmp("it is not well-formed XML") from error
    return XmpPacket(root, builder.prefixes)
