"""What lies in a file behind the end of its picture: films of motion photos, further pictures,
sound, archives.

Cameras and phones append such things in no order that would be common to all, so they are told by
how they begin. Samsung's phones end the file with a directory of what they appended (as ExifTool's
documentation of the Samsung trailer describes it).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from explorer.photos.containers.contents import ContentKind
from explorer.photos.containers.isobmff import movie_end
from explorer.photos.containers.jpeg_segments import START, read_jpeg

# Zeros, erased flash memory, ends of lines, and an end-of-image marker that is there twice.
_FILL = rb"[\x00\xff\xd9\s]"
_KNOWN_START = rb"\xff\xd8\xff|.{4}ftyp|\x89PNG\r\n\x1a\n|RIFF.{4}WAVE|\#!AMR"
_SKIP = re.compile(rb"(?s)" + _FILL + rb"*?(?=" + _KNOWN_START + rb"|(?!" + _FILL + rb").|\Z)")
_KNOWN = re.compile(rb"(?s)" + _KNOWN_START)
_FILL_BYTES = b"\x00\xff\xd9 \t\n\r\f\v"
_PIECE = 1 << 20
# So many bytes of what is known to begin something may look like fill: the size of a film's first
# box.
_FILL_OF_START = 4
# A maker's own pointers before or behind a film belong to it: no more bytes than this.
_POINTERS = 256

_PNG, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND"
_STILLS = (b"heic", b"heix", b"mif1", b"avif", b"hevc", b"avis", b"msf1")

# Of Samsung's directory: its beginning, its end, and the size of an entry.
_DIRECTORY, _TRAILER, _ENTRY = b"SEFH", b"SEFT", 12
# Entries of other kinds are notes, of a few hundred bytes.
_NOTE = 4096
_SOUND = 0x0100


class AppendedPiece(NamedTuple):
    """Something appended: what kind of thing it is, and its bytes."""

    kind: ContentKind
    data: bytes


def appended_pieces(data: bytes, start: int) -> list[AppendedPiece]:
    """What lies in the file from that offset on, fill bytes left out."""
    directory = _samsung_directory(data, start)
    end, entries = (len(data), []) if directory is None else directory
    return [*_pieces(data[start:end]), *entries]


def _pieces(data: bytes) -> Iterator[AppendedPiece]:
    position = 0
    while (position := _skip_fill(data, position)) < len(data):
        kind, end = _known(data, position)
        if end is None:
            film = data.find(b"ftyp", position + 4) - 4
            if film < 0:
                yield AppendedPiece("data", data[position:])
                return
            if film - position > _POINTERS:
                yield AppendedPiece("data", data[position:film])
                position = film
            # Where the four bytes before are no size, it is not a film after all, and nothing can
            # be said of what follows.
            kind, end = "film", movie_end(data, film)
            end = end if end > film else len(data)
        if kind == "film" and _is_pointer(data, end):
            end = len(data)
        yield AppendedPiece(kind, data[position:end])
        position = end


def _skip_fill(data: bytes, position: int) -> int:
    """Where the first thing from that position on begins that is no fill; the end of the data where
    there is none."""
    # There may be gigabytes of fill, so only the end of it is looked at closely.
    end = position
    while end < len(data) and not data[end : end + _PIECE].translate(None, _FILL_BYTES):
        end += _PIECE
    return _SKIP.match(data, max(position, min(end, len(data)) - _FILL_OF_START)).end()  # type: ignore[union-attr]


def _known(data: bytes, position: int) -> tuple[ContentKind, int | None]:
    """Kind and end of what begins there; no end where that is not known."""
    head = data[position : position + 16]
    if head.startswith(START):
        jpeg = read_jpeg(data, position)
        return "picture", jpeg.end if jpeg else None
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
    """Whether what follows a film is a few bytes that a maker wrote about it; fill is nothing."""
    start = _skip_fill(data, position)
    return start < len(data) <= position + _POINTERS and _KNOWN.match(data, start) is None


def samsung_trailer_pieces(data: bytes) -> list[AppendedPiece]:
    """What Samsung's trailer holds, where these bytes are nothing else."""
    directory = _samsung_directory(data, 0)
    return (
        [AppendedPiece("data", data)]
        if directory is None
        else [*_pieces(data[: directory[0]]), *directory[1]]
    )


def _samsung_directory(data: bytes, start: int) -> tuple[int, list[AppendedPiece]] | None:
    """Where what the directory lists begins, and the pieces that are more than notes; None where
    there is no such directory."""
    fill = _tail_of_fill(data)
    if data[fill - 4 : fill] != _TRAILER:
        return None
    head = fill - 8 - int.from_bytes(data[fill - 8 : fill - 4], "little")
    if head < start or data[head : head + 4] != _DIRECTORY:
        return None
    count, spans, pieces = (
        int.from_bytes(data[head + 8 : head + 12], "little"),
        list[tuple[int, int]](),
        list[AppendedPiece](),
    )
    for number in range(min(count, (fill - head - 20) // _ENTRY)):
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
    """What lies between these spans, and between them and the end."""
    reached = end
    for number, (low, high) in enumerate(sorted(spans)):
        if number and low > reached:
            yield reached, low
        reached = high if not number else max(reached, high)
    if reached < end:
        yield reached, end


def _tail_of_fill(data: bytes) -> int:
    """Where the last bytes that are not zero end."""
    tail = data[-4096:]
    return len(data) - len(tail) + len(tail.rstrip(b"\0"))


def _samsung_piece(kind: int, name: bytes, content: bytes) -> AppendedPiece | None:
    known, end = _known(content, 0)
    if b"DepthMap" in name:
        return AppendedPiece("depth map", content)
    if kind == _SOUND or name.startswith(b"SoundShot"):
        return AppendedPiece("audio", content)
    if end is not None:
        return AppendedPiece(known, content)
    # In a HEIC file the film has a box of its own, to which the entry only points.
    return AppendedPiece("data", content) if len(content) > _NOTE else None
