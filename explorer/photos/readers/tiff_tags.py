"""The directories of a TIFF file, as numbers: classic and BigTIFF, either byte order (TIFF 6.0,
section 2; the BigTIFF proposal)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

Directory = dict[int, tuple[float, ...]]

# Code of each field type in `struct`, and how many of those make one value. Rationals are read as
# two numbers.
_TYPES = {
    1: "B", 2: "B", 3: "H", 4: "I", 5: "II", 6: "b", 7: "B", 8: "h", 9: "i", 10: "ii", 11: "f",
    12: "d", 13: "I", 16: "Q", 17: "q", 18: "Q",
}  # fmt: skip
# Values of one field that are read, and directories of one file: enough for the strips of any
# photo, too few to be a burden.
_MOST_VALUES, _MOST_DIRECTORIES = 1 << 20, 64

SUBFILE_TYPE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER, STRIPS, SAMPLES = (
    254,
    256,
    257,
    258,
    259,
    262,
    266,
    273,
    277,
)
ROWS_PER_STRIP, STRIP_BYTES, PLANAR, PREDICTOR, COLOUR_MAP, TILE_WIDTH, TILE_HEIGHT = (
    278,
    279,
    284,
    317,
    320,
    322,
    323,
)
TILES, TILE_BYTES = 324, 325
SUB_IFDS, EXTRA_SAMPLES, SAMPLE_FORMAT, YCBCR_SUBSAMPLING, ICC_PROFILE, DNG_VERSION = (
    330,
    338,
    339,
    530,
    34675,
    50706,
)
# Without these a picture is not there, or is another.
_NEEDED = {BITS, STRIPS, STRIP_BYTES, COLOUR_MAP, TILES, TILE_BYTES, EXTRA_SAMPLES, SAMPLE_FORMAT}

# Photometric interpretations and compressions that only the sensor data of RAW files have: colour
# filter array, linear RAW; Sony's, Samsung's, Nikon's, Kodak's, Epson's and Pentax's own packings.
_RAW_PHOTOMETRIC = {32803, 34892}
_RAW_COMPRESSION = {32767, 32769, 32770, 34713, 65000, 65535}


def is_tiff(data: bytes) -> bool:
    """Whether bytes begin as a TIFF or BigTIFF file."""
    return data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def directories(data: bytes) -> list[Directory]:
    """The main directories of a file in their order, then those below them; later ones that lie
    outside of the file are left out.

    Raises ValueError where the first one does, or the list of where its picture's data are.
    """
    found, seen = list[Directory](), set[int]()
    waiting = [_first(data)]
    while waiting and len(found) < _MOST_DIRECTORIES:
        at = waiting.pop(0)
        if at == 0 or at in seen:
            continue
        seen.add(at)
        try:
            tags, following = _directory(data, at)
        except ValueError:
            if not found:
                raise
            continue
        found.append(tags)
        # The chain first: the first directory's own pictures are smaller versions or other parts of
        # it.
        waiting.insert(0, following)
        waiting += [int(offset) for offset in tags.get(SUB_IFDS, ())]
    if not found:
        raise ValueError("no directory")
    return found


def is_raw(data: bytes) -> bool:
    """Whether a TIFF file is a camera's RAW file, whose small preview a reader of ordinary TIFFs
    would take for the photo."""
    if data[8:10] == b"CR" or data[8:12] in (b"IIII", b"MMMM"):
        return True
    try:
        found = directories(data)
    except ValueError:
        return False
    first = found[0]
    if DNG_VERSION in first or (first.get(SUBFILE_TYPE) == (1,) and SUB_IFDS in first):
        return True
    return any(
        tags.get(PHOTOMETRIC, (0,))[0] in _RAW_PHOTOMETRIC
        or tags.get(COMPRESSION, (0,))[0] in _RAW_COMPRESSION
        for tags in found
    )


def pieces(tags: Directory) -> Iterator[tuple[int, int]]:
    """Offset and number of bytes of each strip or tile of a directory's picture."""
    offsets, sizes = (
        (tags.get(TILES, ()), tags.get(TILE_BYTES, ()))
        if TILES in tags
        else (tags.get(STRIPS, ()), tags.get(STRIP_BYTES, ()))
    )
    for offset, size in zip(offsets, sizes, strict=False):
        yield int(offset), int(size)


def _order(data: bytes) -> str:
    return "<" if data[:2] == b"II" else ">"


def _is_big(data: bytes) -> bool:
    return b"+" in data[2:4]


def _first(data: bytes) -> int:
    return _unpack(data, _order(data) + ("Q" if _is_big(data) else "I"), 8 if _is_big(data) else 4)[
        0
    ]


def _unpack(data: bytes, shape: str, at: int) -> tuple[int, ...]:
    try:
        return struct.unpack_from(shape, data, at)
    except (struct.error, OverflowError):
        raise ValueError("beyond the end of the file") from None


def _directory(data: bytes, at: int) -> tuple[Directory, int]:
    order, big = _order(data), _is_big(data)
    (number,) = _unpack(data, order + ("Q" if big else "H"), at)
    at, size = at + (8 if big else 2), 20 if big else 12
    if at + number * size > len(data):
        raise ValueError("beyond the end of the file")
    tags = Directory()
    for entry in range(at, at + number * size, size):
        tag, kind, count = _unpack(data, order + ("HHQ" if big else "HHI"), entry)
        code = _TYPES.get(kind)
        if code is None or count > _MOST_VALUES:
            continue
        shape = f"{order}{count * len(code)}{code[0]}"
        inside = entry + (12 if big else 8)
        if struct.calcsize(shape) > (8 if big else 4):
            (inside,) = _unpack(data, order + ("Q" if big else "I"), inside)
        try:
            tags[tag] = _unpack(data, shape, inside)
        except ValueError:
            # Any other field that lies outside is as good as absent.
            if tag in _NEEDED:
                raise
    end = at + number * size
    # A missing link to the next directory ends the chain.
    following = (
        _unpack(data, order + ("Q" if big else "I"), end)[0]
        if end + (8 if big else 4) <= len(data)
        else 0
    )
    return tags, int(following)
