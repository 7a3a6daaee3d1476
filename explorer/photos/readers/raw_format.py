"""Recognize camera RAW files and their formats by their content."""

from __future__ import annotations

from explorer.photos.readers.tiff_parser import is_tiff
from explorer.photos.readers.tiff_tags import DNG_VERSION, is_raw, read_tags

RAW_REASON = "camera RAW files cannot be read on this system; a JPEG of the same photo can"
OTHER_RAW = "RAW"
"""The format of RAW files that are none of the others."""
_CR2, _DNG = "CR2", "DNG"
# (offset, bytes, format) of files that do not begin like TIFF files.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (4, b"ftypcrx", "CR3"),
    (0, b"FUJIFILMCCD-RAW", "RAF"),
    (0, b"IIU\0", "RW2"),
    (0, b"IIRO", "ORF"),
    (0, b"IIRS", "ORF"),
    (0, b"MMOR", "ORF"),
    (0, b"II\x1a\0\0\0HEAPCCDR", "CRW"),
    (0, b"FOVb", "X3F"),
    (0, b"\0MRM", "MRW"),
    (0, b"ARRI", OTHER_RAW),
    (4, b"RED1", OTHER_RAW),
    (4, b"RED2", OTHER_RAW),
)
# How the maker's name in a TIFF file begins.
_MAKERS = {
    b"NIKON": "NEF",
    b"SONY": "ARW",
    b"PENTAX": "PEF",
    b"RICOH": "PEF",
    b"SAMSUNG": "SRW",
    b"OLYMPUS": "ORF",
    b"PANASONIC": "RW2",
}
_MAKE = 271

RAW_FORMATS = frozenset(
    {_CR2, _DNG, OTHER_RAW, *_MAKERS.values(), *(name for _, _, name in _SIGNATURES)}
)
"""The formats of RAW files, as the catalog names them."""


def raw_format(data: bytes) -> str | None:
    """The format of a RAW file, one of RAW_FORMATS; None for any other file."""
    for offset, magic, name in _SIGNATURES:
        if data[offset : offset + len(magic)] == magic:
            return name
    if not is_tiff(data) or not is_raw(data):
        return None
    if data[8:10] == b"CR":
        return _CR2
    try:
        first = read_tags(data)[0]
    except ValueError:
        return OTHER_RAW
    if DNG_VERSION in first:
        return _DNG
    make = bytes(int(value) & 255 for value in first.get(_MAKE, ())).upper()
    return next((name for maker, name in _MAKERS.items() if make.startswith(maker)), OTHER_RAW)
