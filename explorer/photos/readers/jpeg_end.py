"""Recognize JPEG files that are complete except for the end-of-image marker, which some cameras and
programs do not write."""

from __future__ import annotations

import io

from PIL import Image

from explorer.photos.containers.jpeg_segments import START, marked_segments
from explorer.photos.hashing import content_hash

_END = b"\xff\xd9"
# Frames whose blocks are coded once, one after the other: baseline and extended sequential.
_SEQUENTIAL = (0xC0, 0xC1)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN = 0xDA
# The bytes of a frame's content up to the number of its components.
_FRAME_HEADER = 6
# Bits that decode to different blocks.
_FILLERS = (b"\x55" * 64, b"\xaa" * 64, bytes(64))


def with_end_marker(data: bytes) -> bytes:
    """The file with an end-of-image marker."""
    return data.removesuffix(b"\xff") + _END


def lacks_only_end_marker(data: bytes) -> bool:
    """Whether a JPEG file that ends without a marker has all of its picture.

    If it has, decoding does not depend on the bytes that follow. This is not known of progressive
    files, whose last scans may be missing.
    """
    if not data.startswith(START) or not _has_all_scans(data):
        return False
    one, *others = (_pixel_digest(data, filler) for filler in _FILLERS)
    return one is not None and all(other == one for other in others)


def _has_all_scans(data: bytes) -> bool:
    """Whether a sequential JPEG file has begun the scans of all of its components."""
    components, left = 0, 0
    for marker, start, end in marked_segments(data):
        if end >= len(data):
            return False
        if marker in _FRAMES:
            if marker not in _SEQUENTIAL or end - start < _FRAME_HEADER:
                return False
            components = left = data[start + 5]
        elif marker == _SCAN:
            left -= data[start]
    return components > 0 and left <= 0


def _pixel_digest(data: bytes, filler: bytes) -> bytes | None:
    """A hash of the pixels if these bytes follow; None if they cannot be decoded."""
    followed = with_end_marker(data.removesuffix(b"\xff") + filler)
    try:
        with Image.open(io.BytesIO(followed), formats=("JPEG",)) as picture:
            return content_hash(picture.tobytes())
    except (OSError, SyntaxError, ValueError):
        return None
