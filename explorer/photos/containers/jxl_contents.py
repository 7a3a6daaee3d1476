"""Read what a JPEG XL file contains besides its picture."""

from __future__ import annotations

from explorer.photos.containers.appended_data import appended_pieces
from explorer.photos.containers.contents import (
    ContentKind,
    ContentPart,
    FileContents,
    collect_contents,
    digest_pieces,
)
from explorer.photos.containers.pixel_digest import Budget
from explorer.photos.readers import jxl
from explorer.photos.readers.jxl_header import CONTAINER

# The picture itself, its metadata, and the reconstruction data of the JPEG file it was made from.
_ORDINARY = frozenset(
    {b"JXL ", b"ftyp", b"jxll", b"jxli", b"jxlc", b"jxlp", b"jbrd", b"Exif", b"xml "}
)
_GAIN_MAP = b"jhgm"


def jxl_contents(data: bytes, budget: Budget) -> FileContents:
    """The contents of a JPEG XL file besides its first frame.

    Further frames and channels cannot be decoded or counted, so the contents of a file with any are
    marked incomplete. So are those of a file that may continue after its picture. Raises what the
    decoder raises.
    """
    header = jxl.header_of(data)
    complete = not header.animated and not header.other_channels
    parts, end = list[ContentPart](), len(data)
    if data.startswith(CONTAINER):
        for box in jxl.boxes(data):
            end = min(box.end, len(data))
            complete = complete and box.end <= len(data)
            kind = jxl.kind_of(data, box)
            if kind not in _ORDINARY:
                found: ContentKind = "gain map" if kind == _GAIN_MAP else "data"
                parts.append(ContentPart(found, digest_pieces(kind, data[box.body : box.end])))
        parts += [
            ContentPart(piece.kind, digest_pieces(piece.data))
            for piece in appended_pieces(data, end)
        ]
    elif not budget.spend(*jxl.picture_size(data)) or not jxl.ends_with_picture(data):
        complete = False
    return collect_contents(parts, complete=complete)
