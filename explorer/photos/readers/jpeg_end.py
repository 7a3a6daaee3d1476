"""Recognize JPEG files that are complete except for the end-of-image marker, which some cameras and
programs do not write."""

from __future__ import annotations

import io

from PIL import Image

from explorer.photos.containers.jpeg_segments import START, marked_segments

_END = b"\xff\xd9"
# Frames whose blocks are coded once, one after the other: baseline and extended sequential.
_SEQUENTIAL = (0xC0, 0xC1)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Bits that decode to different blocks.
_FILLERS = (b"\x55" * 64, b"\xaa" * 64, bytes(64))
# Only the last rows are compared. A decoder needs the bytes of at most a few blocks at once.
_COMPARED_ROWS = 32


def with_end_marker(data: bytes) -> bytes:
    """The file with an end-of-image marker."""
    return data.removesuffix(b"\xff") + _END


def lacks_only_end_marker(data: bytes) -> bool:
    """Whether a JPEG file that ends without a marker has all of its picture.

    If it has, decoding does not depend on the bytes that follow. This is not known of progressive
    files, whose last scans may be missing.
    """
    if not data.startswith(START):
        return False
    frames = (marker for marker, _, _ in marked_segments(data) if marker in _FRAMES)
    if next(frames, None) not in _SEQUENTIAL:
        return False
    one, *others = (_last_rows(data, filler) for filler in _FILLERS)
    return one is not None and all(other == one for other in others)


def _last_rows(data: bytes, filler: bytes) -> bytes | None:
    """The pixels at the bottom if these bytes follow; None if they cannot be decoded."""
    try:
        picture = Image.open(
            io.BytesIO(with_end_marker(data.removesuffix(b"\xff") + filler)), formats=("JPEG",)
        )
        width, height = picture.size
        return picture.crop((0, max(0, height - _COMPARED_ROWS), width, height)).tobytes()
    except (OSError, SyntaxError, ValueError):
        return None
