"""Read the CICP code points (color primaries and transfer characteristics) that decoders do not
pass on, from PNG's `cICP` chunk and AVIF's `colr` box."""

from __future__ import annotations

import struct

from explorer.photos.containers.isobmff import find_box, primary_properties
from explorer.photos.damage import PNG_SIGNATURE, png_checksum_holds, png_chunks


def read_cicp(data: bytes) -> tuple[int, int] | None:
    """Color primaries and transfer characteristics (ITU-T H.273) of a PNG or AVIF file; None if
    it has none."""
    if data.startswith(PNG_SIGNATURE):
        return _of_png(data)
    return _of_boxes(data) if data[4:8] == b"ftyp" else None


def _of_png(data: bytes) -> tuple[int, int] | None:
    # The chunk precedes the picture.
    if data.find(b"cICP", 0, data.find(b"IDAT") + 1) < 0:
        return None
    for kind, start, end in png_chunks(data):
        if kind == b"IDAT":
            break
        if kind == b"cICP" and end - start == 4 and png_checksum_holds(data, start, end):
            return data[start], data[start + 1]
    return None


def _of_boxes(data: bytes) -> tuple[int, int] | None:
    """Read the `colr` box of type nclx that applies to the picture itself. Its gain map and other
    parts have their own."""
    meta = find_box(data, b"meta")
    try:
        properties = primary_properties(data, meta) if meta else []
    except (ValueError, IndexError):
        return None
    for box in properties:
        kind = data[box.body : box.body + 4]
        if box.kind == b"colr" and kind == b"nclx" and box.end - box.body >= 10:
            primaries, transfer = struct.unpack_from(">HH", data, box.body + 4)
            return primaries, transfer
    return None
