"""Read the CICP code points (color primaries and transfer characteristics) that decoders do not
pass on, from PNG's `cICP` chunk and AVIF's `colr` box."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from explorer.photos.damage import PNG_SIGNATURE, png_checksum_holds, png_chunks

# The path of boxes to the item properties of an AVIF file (ISO/IEC 23008-12, 9.3).
_PROPERTIES_PATH = (b"meta", b"iprp", b"ipco")


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
    """Read the first `colr` box of type nclx. It belongs to the picture itself; those of its gain
    map and other parts follow."""
    start, end = 0, len(data)
    for wanted in _PROPERTIES_PATH:
        found = next(
            ((at, stop) for kind, at, stop in _boxes(data, start, end) if kind == wanted), None
        )
        if found is None:
            return None
        start, end = found
        # A full box begins with version and flags.
        start += 4 if wanted == b"meta" else 0
    for kind, at, stop in _boxes(data, start, end):
        if kind == b"colr" and data[at : at + 4] == b"nclx" and stop - at >= 10:
            primaries, transfer = struct.unpack_from(">HH", data, at + 4)
            return primaries, transfer
    return None


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes between two offsets, each as its type and the start and end of its content."""
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1 and start + 16 <= end:
            (size,) = struct.unpack_from(">Q", data, start + 8)
            head = 16
        elif size == 0:
            size = end - start
        if size < head or start + size > end:
            return
        yield kind, start + head, start + size
        start += size
