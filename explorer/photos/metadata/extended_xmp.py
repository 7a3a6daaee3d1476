"""Join the XMP packet of a JPEG file with its extension, in which programs store what does not fit
into one segment (XMP Specification, part 3, section 1.1.3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable

_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
# The extension's id, its total length, and the offset of this piece; numbers have four bytes.
_ID_LENGTH, _HEADER_LENGTH = 32, 40
# Longer extensions contain pictures, such as depth maps.
_MAX_BYTES = 4_000_000
_END_OF_RDF = re.compile(rb"</rdf:RDF\s*>")
_PROPERTIES = re.compile(rb"<rdf:RDF\b[^>]*>(.*)</rdf:RDF\s*>", re.DOTALL)


def with_extension(packet: bytes, segments: Iterable[tuple[str, bytes]]) -> bytes:
    """The packet with the properties of its extension; the packet itself if it has none, or if the
    extension is incomplete.

    segments: the application segments of the file, as Pillow lists them. Nothing is parsed, so the
    result is well-formed only if both parts are.
    """
    pieces = dict[int, bytes]()
    total = 0
    for name, content in segments:
        if name != "APP1" or not content.startswith(_EXTENSION):
            continue
        piece = content[len(_EXTENSION) :]
        if len(piece) < _HEADER_LENGTH or piece[:_ID_LENGTH] not in packet:
            continue
        total = int.from_bytes(piece[_ID_LENGTH : _ID_LENGTH + 4], "big")
        pieces[int.from_bytes(piece[_ID_LENGTH + 4 : _HEADER_LENGTH], "big")] = piece[
            _HEADER_LENGTH:
        ]
    extension = b"".join(pieces[offset] for offset in sorted(pieces))
    properties = _PROPERTIES.search(extension)
    end = _END_OF_RDF.search(packet)
    if properties is None or end is None or len(extension) != total or total > _MAX_BYTES:
        return packet
    return packet[: end.start()] + properties[1] + packet[end.start() :]
