"""Directories and values of TIFF files; pages are tested in `containers/test_tiff_pages.py`."""

from __future__ import annotations

import struct

import pytest

from explorer.photos.readers.tiff_parser import TiffParser, is_tiff

# Type of a field → struct codes of one value, and a value that the type just holds.
TYPES: dict[int, tuple[str, tuple[float, ...]]] = {
    1: ("B", (255,)),
    2: ("B", (65,)),
    3: ("H", (65_535,)),
    4: ("I", (4_294_967_295,)),
    5: ("II", (1, 3)),
    6: ("b", (-1,)),
    7: ("B", (200,)),
    8: ("h", (-2,)),
    9: ("i", (-3,)),
    10: ("ii", (-1, 3)),
    11: ("f", (0.5,)),
    12: ("d", (0.1,)),
    13: ("I", (8,)),
    16: ("Q", (1 << 63,)),
    17: ("q", (-4,)),
    18: ("Q", (1 << 40,)),
}


def one_field(
    order: str, kind: int, count: int, content: bytes, *, big: bool = False
) -> TiffParser:
    """A file with one directory of one field, whose values follow it or take its place."""
    number, room = ("Q", 8) if big else ("I", 4)
    header = (b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if big else 42)
    if big:
        header += struct.pack(order + "HH", 8, 0)
    start = len(header) + room
    header += struct.pack(order + number, start)
    entry_end = start + (8 if big else 2) + 4 + 2 * room
    values = content.ljust(room, b"\0")
    if len(content) > room:
        values = struct.pack(order + number, entry_end + room)
    return TiffParser(
        header
        + struct.pack(order + ("Q" if big else "H"), 1)
        + struct.pack(order + "HH", 700, kind)
        + struct.pack(order + number, count)
        + values
        + bytes(room)
        + (content if len(content) > room else b"")
    )


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", TYPES)
def test_values_of_every_type_in_either_byte_order(kind: int, order: str, big: bool) -> None:
    code, value = TYPES[kind]
    for times in (1, 3):
        content = struct.pack(order + code, *value) * times
        parser = one_field(order, kind, times, content, big=big)
        directory = parser.directory(parser.first_offset())
        field = directory.fields[700]
        assert is_tiff(parser.data) and directory.next_offset == 0 and field.is_known
        assert parser.values(field) == pytest.approx(value * times, rel=1e-7)
        assert parser.raw(field) == content and field.end == field.offset + len(content)
        # Offsets, sizes and counts are unsigned.
        whole = [int(each) for each in value] * times
        assert parser.offsets(field) == (whole if kind in (1, 3, 4, 13, 16, 18) else [])


def test_values_of_an_unknown_type_are_one_byte_each() -> None:
    parser = one_field("<", 99, 6, b"abcdef")
    field = parser.directory(8).fields[700]
    assert not field.is_known and parser.raw(field) == b"abcdef" and parser.offsets(field) == []


def test_a_directory_ends_with_the_link_to_the_next_one() -> None:
    whole = one_field("<", 3, 1, b"\1\0").data
    assert TiffParser(whole).directory(8).end == len(whole)
    cut = TiffParser(whole[:-1]).directory(8)
    assert cut.next_offset is None and list(cut.fields) == [700]
    with pytest.raises(ValueError, match="beyond the end"):
        TiffParser(whole[:-5]).directory(8)
    with pytest.raises(ValueError, match="beyond the end"):
        TiffParser(whole).directory(len(whole) - 1)
