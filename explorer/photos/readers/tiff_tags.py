"""Read the tags in the directories of a TIFF file.

Reading is lenient: a field that lies beyond the end of the file counts as absent, unless the
picture cannot be read without it.
"""

from __future__ import annotations

from collections.abc import Iterator

from explorer.photos.readers.tiff_parser import TiffParser

Tags = dict[int, tuple[float, ...]]
"""Tag → values; a rational has two."""

SUBFILE_TYPE = 254
WIDTH = 256
HEIGHT = 257
BITS = 258
COMPRESSION = 259
PHOTOMETRIC = 262
FILL_ORDER = 266
STRIP_OFFSETS = 273
SAMPLES = 277
ROWS_PER_STRIP = 278
STRIP_BYTES = 279
PLANAR = 284
PREDICTOR = 317
COLOR_MAP = 320
TILE_WIDTH = 322
TILE_HEIGHT = 323
TILE_OFFSETS = 324
TILE_BYTES = 325
SUB_IFDS = 330
EXTRA_SAMPLES = 338
SAMPLE_FORMAT = 339
JPEG_TABLES = 347
YCBCR_SUBSAMPLING = 530
XMP = 700
IPTC = 33723
PHOTOSHOP = 34377
ICC_PROFILE = 34675
DNG_VERSION = 50706

# Limits that no real photo exceeds and that are quick to read: values of a field and of a file, and
# directories. Fields can share their values, so a small file may have many long ones.
_MAX_VALUES, _MAX_ALL_VALUES, _MAX_DIRECTORIES = 1 << 20, 1 << 22, 64
# Without these the picture cannot be read, or not correctly.
_REQUIRED = frozenset(
    {
        BITS,
        STRIP_OFFSETS,
        STRIP_BYTES,
        COLOR_MAP,
        TILE_OFFSETS,
        TILE_BYTES,
        EXTRA_SAMPLES,
        SAMPLE_FORMAT,
        JPEG_TABLES,
    }
)
# Photometric interpretations and compressions of sensor data, which only RAW files have: color
# filter array and linear RAW; packings of Sony, Samsung, Nikon, Kodak, Epson and Pentax.
RAW_PHOTOMETRIC = frozenset({32803, 34892})
_RAW_COMPRESSION = frozenset({32767, 32769, 32770, 34713, 65000, 65535})


def read_tags(data: bytes) -> list[Tags]:
    """The tags of the directories in the file's chain and then of those in SubIFDs, at most 64.

    Directories that lie beyond the end of the file are skipped. Raises ValueError if the first one
    does, or a field of it that is required to read the picture.
    """
    parser = TiffParser(data)
    found, seen = list[Tags](), set[int]()
    waiting, left = [parser.first_offset()], _MAX_ALL_VALUES
    while waiting and len(found) < _MAX_DIRECTORIES:
        offset = waiting.pop(0)
        if offset == 0 or offset in seen:
            continue
        seen.add(offset)
        try:
            tags, following = _read_directory(parser, offset, left)
        except ValueError:
            if not found:
                raise
            continue
        found.append(tags)
        left -= sum(map(len, tags.values()))
        # Follow the chain first: SubIFDs contain smaller versions or other parts of a picture.
        waiting.insert(0, following)
        waiting += [int(value) for value in tags.get(SUB_IFDS, ())]
    if not found:
        raise ValueError("no directory")
    return found


def _read_directory(parser: TiffParser, offset: int, left: int) -> tuple[Tags, int]:
    """The tags of a directory with at most `left` values, and the offset of the next one; 0 if the
    link is truncated."""
    directory, tags = parser.directory(offset), Tags()
    for field in directory.fields.values():
        if not field.is_known or field.value_count > min(_MAX_VALUES, left):
            continue
        left -= field.value_count
        try:
            tags[field.tag] = parser.values(field)
        except ValueError:
            if field.tag in _REQUIRED:
                raise
    return tags, directory.next_offset or 0


def is_raw(data: bytes) -> bool:
    """Whether a TIFF file is a camera's RAW file.

    A reader of ordinary TIFF files would mistake its small preview for the photo.
    """
    if data[8:10] == b"CR" or data[8:12] in (b"IIII", b"MMMM"):
        return True
    try:
        directories = read_tags(data)
    except ValueError:
        return False
    first = directories[0]
    if DNG_VERSION in first or (first.get(SUBFILE_TYPE) == (1,) and SUB_IFDS in first):
        return True
    return any(
        tags.get(PHOTOMETRIC, (0,))[0] in RAW_PHOTOMETRIC
        or tags.get(COMPRESSION, (0,))[0] in _RAW_COMPRESSION
        for tags in directories
    )


def pixel_data_spans(tags: Tags) -> Iterator[tuple[int, int]]:
    """The offset and size in bytes of each strip or tile."""
    if TILE_OFFSETS in tags:
        offsets, sizes = tags[TILE_OFFSETS], tags.get(TILE_BYTES, ())
    else:
        offsets, sizes = tags.get(STRIP_OFFSETS, ()), tags.get(STRIP_BYTES, ())
    for offset, size in zip(offsets, sizes, strict=False):
        yield int(offset), int(size)
