"""Find data appended to a picture: videos of motion photos, further pictures, audio, archives.

Cameras and phones have no common layout for this, so pieces are recognized by their signatures.
Samsung's phones end the file with a directory of the appended data (described in ExifTool's
documentation of the Samsung trailer).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from explorer.photos.containers.contents import ContentKind
from explorer.photos.containers.isobmff import movie_end
from explorer.photos.containers.jpeg_segments import read_jpeg

# Padding: zeros, erased flash memory, line breaks, and a second end-of-image marker.
_PADDING = rb"[\x00\xff\xd9\s]"
_SIGNATURES = rb"\xff\xd8\xff|.{4}ftyp|\x89PNG\r\n\x1a\n|RIFF.{4}WAVE|\#!AMR"
_SKIP = re.compile(rb"(?s)" + _PADDING + rb"*?(?=" + _SIGNATURES + rb"|(?!" + _PADDING + rb").|\Z)")
_SIGNATURE = re.compile(rb"(?s)" + _SIGNATURES)
_PADDING_BYTES = b"\x00\xff\xd9 \t\n\r\f\v"
_PIECE = 1 << 20
# A signature may begin with this many bytes that look like padding: the size of a video's first
# box.
_START_OVERLAP = 4
# Manufacturers put a few bytes of their own, such as pointers, around a video. Up to this many
# count as part of it.
_MAX_POINTER_BYTES = 256

_PNG, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND"
_STILLS = (b"heic", b"heix", b"mif1", b"avif", b"hevc", b"avis", b"msf1")

# Samsung's directory: its first and last bytes, and the size of an entry.
_DIRECTORY, _TRAILER, _ENTRY = b"SEFH", b"SEFT", 12
# Data of unknown types up to this size are notes, of a few hundred bytes.
MAX_NOTE_BYTES = 4096
_SOUND = 0x0100


class AppendedPiece(NamedTuple):
    """A piece of appended data."""

    kind: ContentKind
    data: bytes


def appended_pieces(data: bytes, start: int) -> list[AppendedPiece]:
    """The pieces of data appended after the offset `start`, without padding."""
    directory = _samsung_directory(data, start)
    end, entries = (len(data), []) if directory is None else directory
    return [*_pieces(data[start:end]), *entries]


def _pieces(data: bytes) -> Iterator[AppendedPiece]:
    position = 0
    while (position := _skip_padding(data, position)) < len(data):
        kind, end = _recognize(data, position)
        if end is None:
            video = data.find(b"ftyp", position + 4) - 4
            if video < 0:
                yield AppendedPiece("data", data[position:])
                return
            if video - position > _MAX_POINTER_BYTES:
                yield AppendedPiece("data", data[position:video])
                position = video
            # If the four bytes before `ftyp` are not a size, this is not a video, and the rest is
            # of an unknown kind.
            kind, end = "film", movie_end(data, video)
            end = end if end > video else len(data)
        if kind == "film" and _is_pointer(data, end):
            end = len(data)
        yield AppendedPiece(kind, data[position:end])
        position = end


def _skip_padding(data: bytes, position: int) -> int:
    """The offset of the next piece at or after that position; the end of the data if there is
    none."""
    # There may be gigabytes of padding, so skip whole blocks of it first.
    end = position
    while end < len(data) and not data[end : end + _PIECE].translate(None, _PADDING_BYTES):
        end += _PIECE
    return _SKIP.match(data, max(position, min(end, len(data)) - _START_OVERLAP)).end()  # type: ignore[union-attr]


def _recognize(data: bytes, position: int) -> tuple[ContentKind, int | None]:
    """The kind and the end offset of the piece at that position; the end is None if unknown."""
    head = data[position : position + 16]
    if (jpeg := read_jpeg(data, position)) is not None:
        return "picture", jpeg.end
    if head.startswith(_PNG):
        end = data.find(_PNG_END, position)
        return "picture", len(data) if end < 0 else end + 8
    if head[4:8] == b"ftyp":
        end = movie_end(data, position)
        if end > position:
            return "picture" if head[8:12] in _STILLS else "film", end
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "audio", min(len(data), position + 8 + int.from_bytes(head[4:8], "little"))
    if head.startswith(b"#!AMR"):
        return "audio", len(data)
    return "data", None


def _is_pointer(data: bytes, position: int) -> bool:
    """Whether only padding and a few of the manufacturer's own bytes follow a video."""
    start = _skip_padding(data, position)
    return (
        start < len(data) <= position + _MAX_POINTER_BYTES and _SIGNATURE.match(data, start) is None
    )


def samsung_trailer_pieces(data: bytes) -> list[AppendedPiece]:
    """The pieces of Samsung's trailer; one piece if these bytes are not such a trailer."""
    directory = _samsung_directory(data, 0)
    return (
        [AppendedPiece("data", data)]
        if directory is None
        else [*_pieces(data[: directory[0]]), *directory[1]]
    )


def _samsung_directory(data: bytes, start: int) -> tuple[int, list[AppendedPiece]] | None:
    """The offset of the first piece in Samsung's directory, and its pieces other than notes.

    None if there is no such directory after `start`.
    """
    end = _end_without_zeros(data)
    if data[end - 4 : end] != _TRAILER:
        return None
    head = end - 8 - int.from_bytes(data[end - 8 : end - 4], "little")
    if head < start or data[head : head + 4] != _DIRECTORY:
        return None
    count, spans, pieces = (
        int.from_bytes(data[head + 8 : head + 12], "little"),
        list[tuple[int, int]](),
        list[AppendedPiece](),
    )
    for number in range(min(count, (end - head - 20) // _ENTRY)):
        entry = data[head + 12 + number * _ENTRY :][:_ENTRY]
        kind, back, size = (
            int.from_bytes(entry[low:high], "little") for low, high in ((2, 4), (4, 8), (8, 12))
        )
        if not start <= head - back <= head - size:
            continue
        spans.append((head - back, head - back + size))
        block = data[head - back : head - back + size]
        name_size = int.from_bytes(block[4:8], "little")
        piece = _samsung_piece(kind, block[8 : 8 + name_size], block[8 + name_size :])
        pieces += [piece] if piece else []
    first = min((low for low, _ in spans), default=head)
    return first, [
        *pieces,
        *(piece for low, high in _gaps(spans, head) for piece in _pieces(data[low:high])),
    ]


def _gaps(spans: list[tuple[int, int]], end: int) -> Iterator[tuple[int, int]]:
    """The gaps between these spans, and between the last span and the end."""
    reached = end
    for number, (low, high) in enumerate(sorted(spans)):
        if number and low > reached:
            yield reached, low
        reached = high if not number else max(reached, high)
    if reached < end:
        yield reached, end


def _end_without_zeros(data: bytes) -> int:
    """The offset just after the last byte that is not zero."""
    tail = data[-4096:]
    return len(data) - len(tail) + len(tail.rstrip(b"\0"))


def _samsung_piece(kind: int, name: bytes, content: bytes) -> AppendedPiece | None:
    known, end = _recognize(content, 0)
    if b"DepthMap" in name:
        return AppendedPiece("depth map", content)
    if kind == _SOUND or name.startswith(b"SoundShot"):
        return AppendedPiece("audio", content)
    if end is not None:
        return AppendedPiece(known, content)
    # In a HEIC file, the video has its own box, and the entry only points to it.
    return AppendedPiece("data", content) if len(content) > MAX_NOTE_BYTES else None
