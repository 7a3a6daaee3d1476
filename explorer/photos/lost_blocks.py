"""Find blocks of zeros in compressed image data, which copying and syncing leave where they lost a
part of a file. Most decoders accept them, and show garbage."""

from __future__ import annotations

from collections.abc import Callable

from explorer.photos.containers.isobmff import find_box, read_items
from explorer.photos.containers.jpeg_segments import START, end_of_scan, marked_segments

LOST_BLOCK = (
    "part of the file consists of zeros: that part of the picture was probably lost when the file"
    " was copied"
)
# File systems lose blocks of 4,096 bytes or more. Of such a block, a run of this length remains
# even if it lies across the border of two tiles.
_RUN = bytes(2048)
# Items of HEIF files in HEVC and AV1. Their arithmetic coders never write long runs of zeros, and
# HEVC does not allow them (ISO/IEC 23008-2, 7.3.1.1).
_CODED = frozenset({b"hvc1", b"hev1", b"av01"})
# Markers of JPEG (ITU-T T.81): Huffman tables, scan, and frames other than sequential ones with
# Huffman coding.
_TABLES, _SCAN = 0xC4, 0xDA
_OTHER_FRAMES = frozenset({*range(0xC2, 0xD0)}) - {_TABLES, 0xC8, 0xCC}


def has_lost_block(data: bytes) -> bool:
    """Whether a block of zeros in a JPEG, HEIC, AVIF or lossy WebP file cannot be image data."""
    for is_of_format, check in _CHECKS:
        if is_of_format(data):
            try:
                return _RUN in data and check(data)
            except (ValueError, LookupError):
                return False
    return False


def _in_heif(data: bytes) -> bool:
    """Check the primary picture and the tiles that it consists of."""
    meta = find_box(data, b"meta")
    if meta is None:
        return False
    found = read_items(data, meta)
    numbers = (found.primary, *found.references.get((b"dimg", found.primary), ()))
    items = (found.items[number] for number in numbers if number in found.items)
    return any(item.kind in _CODED and _RUN in (item.data or b"") for item in items)


def _in_webp(data: bytes) -> bool:
    """Check the lossy still picture, whose coder is arithmetic, too."""
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] == b"VP8 " and data.find(_RUN, at + 8, at + 8 + size) >= 0:
            return True
        at += 8 + size + size % 2
    return False


def _in_jpeg(data: bytes) -> bool:
    """Whether a scan contains zeros that no encoder could have written.

    Zero bits are a table's first code. If that is the code for the end of a block, they can be a
    plain area. With the standard tables for luminance they cannot, nor with those of many cameras.
    """
    first_symbols = dict[int, int]()
    for marker, start, end in marked_segments(data):
        content = data[start:end]
        if marker in _OTHER_FRAMES:
            return False
        if marker == _TABLES:
            first_symbols |= _first_symbols(content)
        elif marker == _SCAN:
            # The identifiers of the AC tables, one for each component.
            tables = (0x10 | selectors & 15 for selectors in content[2 : 1 + 2 * content[0] : 2])
            is_possible = not any(first_symbols[table] for table in tables)
            if not is_possible and data.find(_RUN, end, end_of_scan(data, end)) >= 0:
                return True
    return False


def _first_symbols(content: bytes) -> dict[int, int]:
    """Huffman table (class and identifier) → the symbol of its first code, which is all zeros."""
    found, at = dict[int, int](), 0
    while at + 17 < len(content):
        found[content[at]] = content[at + 17]
        at += 17 + sum(content[at + 1 : at + 17])
    return found


_Check = Callable[[bytes], bool]
_CHECKS: tuple[tuple[_Check, _Check], ...] = (
    (lambda data: data.startswith(START), _in_jpeg),
    (lambda data: data[4:8] == b"ftyp", _in_heif),
    (lambda data: data.startswith(b"RIFF") and data[8:12] == b"WEBP", _in_webp),
)
