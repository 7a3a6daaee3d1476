"""Put the full page of a TIFF file before its thumbnail. Scanners and some programs store a reduced
picture first, marked as such (NewSubfileType, TIFF 6.0), which readers would take for the photo."""

from __future__ import annotations

from typing import NamedTuple

from explorer.photos.readers import tiff_tags as tag
from explorer.photos.readers.tiff_parser import Field, TiffParser, is_tiff

_OLD_SUBFILE_TYPE = 255
# Bits of NewSubfileType, and the value of the older SubfileType for a reduced picture.
_REDUCED, _MASK, _OLD_REDUCED = 1, 4, 2
# A thumbnail and its picture are among the first pages.
_MAX_PAGES = 64


class _Link(NamedTuple):
    """A directory and the offsets in the file by which directories are chained."""

    offset: int
    link_position: int
    """Where the offset of the next directory is stored."""
    next_offset: int
    area: int
    reduced: bool
    has_sub_ifds: bool


def full_page_first(data: bytes) -> bytes:
    """The same file with its first full page before the others if it begins with a reduced picture;
    `data` itself if it does not, or is not a TIFF file.

    Only the links between the directories differ. A reduced picture with SubIFDs belongs to a RAW
    file, and remains first.
    """
    if not is_tiff(data):
        return data
    parser = TiffParser(data)
    try:
        chain = [_link(parser, parser.first_offset())]
        if not chain[0].reduced or chain[0].has_sub_ifds:
            return data
        while chain[-1].next_offset and len(chain) < _MAX_PAGES:
            following = _link(parser, chain[-1].next_offset)
            if following.offset in {each.offset for each in chain}:
                return data
            if not following.reduced and following.area > chain[0].area:
                return _moved_first(parser, chain[0], chain[-1], following)
            chain.append(following)
    except ValueError:
        pass
    return data


def _link(parser: TiffParser, offset: int) -> _Link:
    """The directory at that offset. Raises ValueError if it is inconsistent."""
    directory = parser.directory(offset)
    if directory.next_offset is None:
        raise ValueError("a link beyond the end of the file")

    def number(field: Field | None) -> int:
        return next(iter(parser.offsets(field)), 0)

    fields = directory.fields
    kind, old_kind = number(fields.get(tag.SUBFILE_TYPE)), number(fields.get(_OLD_SUBFILE_TYPE))
    return _Link(
        offset,
        directory.end - len(parser.encoded_offset(0)),
        directory.next_offset,
        number(fields.get(tag.WIDTH)) * number(fields.get(tag.HEIGHT)),
        bool(kind & (_REDUCED | _MASK)) or old_kind == _OLD_REDUCED,
        tag.SUB_IFDS in fields,
    )


def _moved_first(parser: TiffParser, first: _Link, before: _Link, page: _Link) -> bytes:
    """The file with a page moved to the front of the chain. before: the directory before it."""
    linked = bytearray(parser.data)
    for position, offset in (
        (before.link_position, page.next_offset),
        (page.link_position, first.offset),
        (parser.first_offset_position, page.offset),
    ):
        encoded = parser.encoded_offset(offset)
        linked[position : position + len(encoded)] = encoded
    return bytes(linked)
