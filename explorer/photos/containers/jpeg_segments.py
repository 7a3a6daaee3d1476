"""Parse the structure of a JPEG file (ITU-T T.81, annex B): its application segments and the end of
its picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

START = b"\xff\xd8\xff"

# In compressed data, FF is followed by 00 or a restart marker. FF before a marker is padding.
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_MARKER_START, _END, _SCAN, _COMMENT = 0xFF, 0xD9, 0xDA, 0xFE
_APPLICATION = range(0xE0, 0xF0)
# Markers that are followed by a length: frames, tables, scans, application data and comments.
_WITH_LENGTH = frozenset({*range(0xC0, 0xD0), *range(0xDA, 0xE0), *_APPLICATION, _COMMENT}) - {0xC8}

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
# Segments with metadata, thumbnails, color profiles, and the list of the pictures that follow.
_ORDINARY = (
    b"JFIF\0", b"JFXX\0", b"Exif\0", _XMP, _EXTENDED_XMP, b"ICC_PROFILE\0", b"MPF\0",
    b"urn:iso:std:iso:ts:21496:-1", b"Photoshop 3.0\0", b"Adobe",
)  # fmt: skip
# GUID, total length, and offset of this piece (XMP Specification, part 3, 1.1.3.1).
_GUID_LENGTH, _HEADER_LENGTH = 32, 40


class JpegStructure(NamedTuple):
    """The parts of a JPEG file."""

    end: int
    """The offset just after the end-of-image marker. If there is none, the offset of a video that
    follows, or the end of the file."""
    segments: tuple[tuple[int, bytes], ...]
    """The application segments before the first scan: number (0 to 15) and content."""

    @property
    def xmp(self) -> bytes:
        """The XMP packet followed by its extensions; b'' if there is none."""
        packets, extended = list[bytes](), dict[tuple[bytes, int], bytes]()
        for number, content in self.segments:
            if number == 1 and content.startswith(_XMP):
                packets.append(content[len(_XMP) :])
            elif number == 1 and content.startswith(_EXTENDED_XMP):
                piece = content[len(_EXTENDED_XMP) :]
                extended[
                    piece[:_GUID_LENGTH],
                    int.from_bytes(piece[_GUID_LENGTH + 4 : _HEADER_LENGTH], "big"),
                ] = piece[_HEADER_LENGTH:]
        return b"".join([*packets, *(extended[key] for key in sorted(extended))])

    @property
    def own_data(self) -> bytes:
        """What cameras store in application segments of their own: thermal pictures (FLIR, DJI),
        audio (FPXR), the range that JPEG XT adds, and notes."""
        return b"".join(
            content for _, content in self.segments if not content.startswith(_ORDINARY)
        )


def read_jpeg(data: bytes, start: int = 0) -> JpegStructure | None:
    """The structure of the JPEG file that begins at that offset; None if there is none."""
    if data[start : start + 3] != START:
        return None
    position, segments, scanned = start + 2, list[tuple[int, bytes]](), False
    while found := _MARKER.search(data, position):
        marker, position = data[found.end() - 1], found.end()
        if marker == _END:
            return JpegStructure(position, tuple(segments))
        if marker not in _WITH_LENGTH:
            continue
        length = int.from_bytes(data[position : position + 2], "big")
        if length < 2 or position + length > len(data):
            # Damaged data that looks like a segment.
            continue
        if marker in _APPLICATION and not scanned:
            segments.append((marker - _APPLICATION.start, data[position + 2 : position + length]))
        scanned = scanned or marker == _SCAN
        position += length
    video = data.find(b"ftyp", start) - 4
    return JpegStructure(video if video > start else len(data), tuple(segments))


def end_of_scan(data: bytes, at: int) -> int:
    """The offset of the next marker after the compressed data of a scan, or the end of the file."""
    while 0 <= (at := data.find(b"\xff", at)) < len(data) - 1:
        if data[at + 1] and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
    return len(data)


def marked_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """The segments of a JPEG file up to its end marker or the first bytes that are none, each as
    its marker and the start and end of its content. Compressed data, after a scan's, is skipped."""
    at = 2
    while at + 4 <= len(data) and data[at] == _MARKER_START:
        marker = data[at + 1]
        if marker == _MARKER_START:
            at += 1
            continue
        if marker == _END:
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        yield marker, at + 4, end
        at = end_of_scan(data, end) if marker == _SCAN else end
