"""Read the EXIF data and XMP of camera RAW files.

Most are TIFF files, some with a signature of their own. Canon's CR3 has TIFF blocks in boxes
(described in lclevy's documentation of CR3), and Fujifilm's RAF a complete JPEG.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, NamedTuple

from PIL import ExifTags, Image

from explorer.photos.containers import isobmff
from explorer.photos.readers.tiff_tags import (
    PHOTOMETRIC,
    RAW_PHOTOMETRIC,
    pixel_data_spans,
    read_tags,
)

_XMP_TAG = 700
_TIFF_SIGNATURES = {b"II": b"II*\0", b"MM": b"MM\0*"}
# TIFF-based formats, some with other signatures.
_TIFF_LIKE = frozenset({"DNG", "NEF", "CR2", "ARW", "ORF", "RW2", "PEF", "SRW", "RAW"})
# Formats whose directories give the offsets of the sensor data; the value of an unknown offset.
_WITH_OFFSETS, _UNKNOWN = frozenset({"DNG", "NEF", "CR2", "ARW", "PEF"}), 0xFFFFFFFF
_CANON_BOX = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_CANON_BLOCKS = {b"CMT2": ExifTags.IFD.Exif, b"CMT4": ExifTags.IFD.GPSInfo}
# RAF: the positions in the header of the offset and size of the JPEG and of the sensor data.
_RAF_JPEG, _RAF_SENSOR = 84, 100


class RawMetadata(NamedTuple):
    """The metadata of a RAW file."""

    exif: Image.Exif
    """Without an orientation."""
    xmp: bytes = b""


class _JoinedExif(Image.Exif):
    """EXIF data whose blocks are stored separately."""

    def __init__(self, blocks: Mapping[int, dict[int, Any]]) -> None:
        super().__init__()
        self._blocks = blocks

    def get_ifd(self, tag: int) -> dict[int, Any]:
        return self._blocks.get(tag, {})


def read_raw_metadata(data: bytes, format: str) -> RawMetadata:
    """The metadata of a RAW file of that format; empty if it cannot be read."""
    try:
        found = _read(data, format)
    except Exception:  # noqa: BLE001  broken metadata may raise anything
        return RawMetadata(Image.Exif())
    found.exif.pop(ExifTags.Base.Orientation, None)
    return found


def is_cut_off(data: bytes, format: str) -> bool:
    """Whether the file is provably truncated: its sensor data extends beyond its end.

    In TIFF-based files, only formats and directories whose offsets are known to be correct count.
    Panasonic's, for example, give none.
    """
    try:
        if format == "CR3":
            return _has_cut_box(data)
        if format == "RAF":
            return sum(_span(data, _RAF_SENSOR)) > len(data)
        return format in _WITH_OFFSETS and any(
            offset + size > len(data)
            for tags in read_tags(data)
            if format == "CR2" or tags.get(PHOTOMETRIC, (0,))[0] in RAW_PHOTOMETRIC
            for offset, size in pixel_data_spans(tags)
            if _UNKNOWN not in (offset, size)
        )
    except ValueError:
        return False


def _read(data: bytes, format: str) -> RawMetadata:
    if format == "CR3":
        return _of_cr3(data)
    if format == "RAF":
        offset, size = _span(data, _RAF_JPEG)
        with Image.open(io.BytesIO(data[offset : offset + size]), formats=("JPEG",)) as jpeg:
            return RawMetadata(jpeg.getexif(), _packet(jpeg.info.get("xmp")))
    if format not in _TIFF_LIKE:
        return RawMetadata(Image.Exif())
    exif = _tiff_exif(_as_tiff(data))
    return RawMetadata(exif, _packet(exif.get(_XMP_TAG)))


def _packet(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""


def _as_tiff(data: bytes) -> bytes:
    """The same file with the signature of a TIFF file."""
    signature = _TIFF_SIGNATURES.get(data[:2], data[:4])
    return data if data[2:4] in (b"*\0", b"\0*", b"+\0", b"\0+") else signature + data[4:]


def _tiff_exif(data: bytes) -> Image.Exif:
    exif = Image.Exif()
    exif.load(data)
    return exif


def _span(data: bytes, at: int) -> tuple[int, int]:
    """An offset and a size in the header of a RAF file. Raises ValueError if they are missing."""
    if len(data) < at + 8:
        raise ValueError("the header ends early")
    return int.from_bytes(data[at : at + 4], "big"), int.from_bytes(data[at + 4 : at + 8], "big")


def _of_cr3(data: bytes) -> RawMetadata:
    blocks, main, xmp = dict[int, dict[int, Any]](), dict[int, Any](), b""
    for box in isobmff.boxes(data):
        if box.kind == b"uuid" and data[box.body : box.body + 16] == _XMP_BOX:
            xmp = data[box.body + 16 : box.end]
        if box.kind != b"moov":
            continue
        for inner in isobmff.boxes(data, box.body, box.end):
            if inner.kind != b"uuid" or data[inner.body : inner.body + 16] != _CANON_BOX:
                continue
            for block in isobmff.boxes(data, inner.body + 16, inner.end):
                content = data[block.body : block.end]
                if block.kind == b"CMT1":
                    main = dict(_tiff_exif(content))
                elif block.kind in _CANON_BLOCKS:
                    blocks[_CANON_BLOCKS[block.kind]] = dict(_tiff_exif(content))
    exif = _JoinedExif(blocks)
    exif.update(main)
    return RawMetadata(exif, xmp)


def _has_cut_box(data: bytes) -> bool:
    """Whether the last box of an ISO media file ends beyond the file."""
    end = max((box.end for box in isobmff.boxes(data)), default=0)
    if len(data) < end + 8:
        return 0 < end < len(data)
    size = int.from_bytes(data[end : end + 4], "big")
    if size == 1:
        size = int.from_bytes(data[end + 8 : end + 16], "big")
    return data[end + 4 : end + 8].isalnum() and end + size > len(data)
