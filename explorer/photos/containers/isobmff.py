"""Parse the boxes of ISO base media files (ISO/IEC 14496-12), and the items of HEIF and AVIF
pictures (ISO/IEC 23008-12)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

# The pattern of the box types in videos and pictures.
_TYPE = re.compile(rb"[A-Za-z0-9 ]{4}|\xa9[A-Za-z0-9]{3}")
_AUX_TYPE = b"auxC"


class Box(NamedTuple):
    """The offsets of a box."""

    kind: bytes
    """The box type, such as b'ftyp'."""
    start: int
    """The offset of the box."""
    body: int
    """The offset of its content."""
    end: int
    """The offset just after its content."""


class Item(NamedTuple):
    """An item of a HEIF file."""

    number: int
    kind: bytes
    """The item type, such as b'hvc1'."""
    auxiliary: bytes
    """The URN of an auxiliary image, or b''."""
    data: bytes | None
    """Its coded bytes; None if they are not where the file says they are."""


class Items(NamedTuple):
    """The items of a HEIF file."""

    items: dict[int, Item]
    """Item number → item."""
    primary: int
    """The number of the primary item."""
    references: dict[tuple[bytes, int], list[int]]
    """(Reference type, item number) → the numbers of the items that it refers to."""


def box_header(data: bytes, start: int, end: int) -> tuple[bytes, int, int]:
    """The type of the box at `start`, its size, and the offset of its content. end: the end of the
    box or file that contains it, to which a box of size 0 extends."""
    size, kind = int.from_bytes(data[start : start + 4], "big"), data[start + 4 : start + 8]
    if size == 1:
        return kind, int.from_bytes(data[start + 8 : start + 16], "big"), start + 16
    return kind, size or end - start, start + 8


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes between two offsets, up to the first bytes that do not form a box."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        kind, size, body = box_header(data, start, end)
        if not _TYPE.fullmatch(kind) or size < body - start or start + size > end:
            return
        yield Box(kind, start, body, start + size)
        start += size


def movie_end(data: bytes, start: int) -> int:
    """The end of the media file that begins at that offset with its `ftyp` box: just after its last
    box, or before the next `ftyp`."""
    end = start
    for box in boxes(data, start):
        if box.kind == b"ftyp" and box.start > start:
            break
        end = box.end
    return end


def find_box(data: bytes, kind: bytes, start: int = 0, end: int | None = None) -> Box | None:
    """The first box of that type between two offsets."""
    return next((box for box in boxes(data, start, end) if box.kind == kind), None)


def read_items(data: bytes, meta: Box) -> Items:
    """The items described in a `meta` box. Raises ValueError if the box is malformed."""
    inner = {box.kind: box for box in boxes(data, meta.body + 4, meta.end)}
    if not {b"pitm", b"iinf", b"iloc"} <= inner.keys():
        raise ValueError("a meta box without items")
    primary = _primary_item(data, inner[b"pitm"])
    kinds, auxiliary = _item_types(data, inner[b"iinf"]), _auxiliary_types(data, inner.get(b"iprp"))
    contents = _item_data(data, inner[b"iloc"], inner.get(b"idat"))
    if primary not in kinds:
        raise ValueError("no primary item")
    items = {
        number: Item(number, kind, auxiliary.get(number, b""), contents.get(number))
        for number, kind in kinds.items()
    }
    return Items(items, primary, _references(data, inner.get(b"iref")))


def primary_properties(data: bytes, meta: Box) -> list[Box]:
    """The properties of the primary item in a `meta` box, in the order in which they apply; none if
    it is not described.

    Raises ValueError if the box is malformed.
    """
    inner = {box.kind: box for box in boxes(data, meta.body + 4, meta.end)}
    if b"pitm" not in inner:
        return []
    return _properties(data, inner.get(b"iprp")).get(_primary_item(data, inner[b"pitm"]), [])


class _Cursor:
    """Reads consecutive big-endian numbers. Raises ValueError beyond the end of the box."""

    def __init__(self, data: bytes, position: int, end: int) -> None:
        self._data, self.position, self._end = data, position, end

    def number(self, size: int) -> int:
        position = self.position
        if position + size > self._end:
            raise ValueError("a truncated box")
        self.position += size
        return int.from_bytes(self._data[position : position + size], "big")


def _primary_item(data: bytes, pitm: Box) -> int:
    """The number of the primary item."""
    wide = data[pitm.body] > 0
    return _Cursor(data, pitm.body + 4, pitm.end).number(4 if wide else 2)


def _item_types(data: bytes, iinf: Box) -> dict[int, bytes]:
    """The type of each item."""
    cursor = _Cursor(data, iinf.body, iinf.end)
    cursor.number(4)
    count = cursor.number(2 if data[iinf.body] == 0 else 4)
    kinds = dict[int, bytes]()
    for entry in boxes(data, cursor.position, iinf.end):
        version = data[entry.body]
        if entry.kind != b"infe" or version < 2:
            raise ValueError("an entry that is not an item")
        each = _Cursor(data, entry.body + 4, entry.end)
        number = each.number(2 if version == 2 else 4)
        each.number(2)
        kinds[number] = each.number(4).to_bytes(4, "big")
    if len(kinds) != count:
        raise ValueError("a wrong number of items")
    return kinds


def _references(data: bytes, iref: Box | None) -> dict[tuple[bytes, int], list[int]]:
    found = defaultdict[tuple[bytes, int], list[int]](list)
    if iref is None:
        return found
    size = 2 if data[iref.body] == 0 else 4
    for entry in boxes(data, iref.body + 4, iref.end):
        cursor = _Cursor(data, entry.body, entry.end)
        source, count = cursor.number(size), cursor.number(2)
        found[entry.kind, source] += [cursor.number(size) for _ in range(count)]
    return found


def _auxiliary_types(data: bytes, iprp: Box | None) -> dict[int, bytes]:
    """The URN of each auxiliary image."""
    return {
        item: data[box.body + 4 : box.end].split(b"\0")[0]
        for item, properties in _properties(data, iprp).items()
        for box in properties
        if box.kind == _AUX_TYPE
    }


def _properties(data: bytes, iprp: Box | None) -> dict[int, list[Box]]:
    """The properties of each item, in the order in which they apply."""
    if iprp is None or (ipco := find_box(data, b"ipco", iprp.body, iprp.end)) is None:
        return {}
    known = list(boxes(data, ipco.body, ipco.end))
    found = defaultdict[int, list[Box]](list)
    for ipma in boxes(data, iprp.body, iprp.end):
        if ipma.kind != b"ipma":
            continue
        version, wide = data[ipma.body], data[ipma.body + 3] & 1
        cursor = _Cursor(data, ipma.body + 4, ipma.end)
        for _ in range(cursor.number(4)):
            item = cursor.number(2 if version < 1 else 4)
            for _ in range(cursor.number(1)):
                # The highest bit marks properties that a reader must understand.
                index = cursor.number(2) & 0x7FFF if wide else cursor.number(1) & 0x7F
                if 0 < index <= len(known):
                    found[item].append(known[index - 1])
    return found


def _item_data(data: bytes, iloc: Box, idat: Box | None) -> dict[int, bytes | None]:
    """The coded bytes of each item."""
    cursor, version = _Cursor(data, iloc.body + 4, iloc.end), data[iloc.body]
    sizes = cursor.number(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version in (1, 2) else 0
    found = dict[int, bytes | None]()
    for _ in range(cursor.number(2 if version < 2 else 4)):
        item = cursor.number(2 if version < 2 else 4)
        method = cursor.number(2) & 15 if version in (1, 2) else 0
        cursor.number(2)
        base, extents = cursor.number(base_size), list[tuple[int, int]]()
        for _ in range(cursor.number(2)):
            cursor.number(index_size)
            extents.append((base + cursor.number(offset_size), cursor.number(length_size)))
        found[item] = _joined(data, extents, method, idat)
    return found


def _joined(
    data: bytes, extents: list[tuple[int, int]], method: int, idat: Box | None
) -> bytes | None:
    """The bytes of the extents; None if they are not in the file.

    method: 0 for offsets in the file, 1 for offsets in the `idat` box.
    """
    if method > 1 or (method == 1 and idat is None):
        return None
    start, end = (idat.body, idat.end) if method == 1 and idat is not None else (0, len(data))
    # A length of 0 means everything up to the end.
    spans = [
        (start + offset, start + offset + length if length else end) for offset, length in extents
    ]
    if any(low > high or high > end for low, high in spans) or sum(
        high - low for low, high in spans
    ) > len(data):
        return None
    return b"".join(data[low:high] for low, high in spans)
