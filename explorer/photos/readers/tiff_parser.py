"""Parse the image file directories (IFDs) of TIFF files, classic and BigTIFF, in either byte order
(TIFF 6.0, section 2; the BigTIFF proposal)."""

from __future__ import annotations

import struct
from typing import Literal, NamedTuple

_SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
# `struct` codes of the field types. A rational is read as two numbers.
_TYPE_CODES = {
    1: "B",
    2: "B",
    3: "H",
    4: "I",
    5: "II",
    6: "b",
    7: "B",
    8: "h",
    9: "i",
    10: "ii",
    11: "f",
    12: "d",
    13: "I",
    16: "Q",
    17: "q",
    18: "Q",
}
_TYPE_SIZES = {kind: struct.calcsize(f"<{code}") for kind, code in _TYPE_CODES.items()}
# BYTE, SHORT, LONG, IFD, LONG8 and IFD8.
_UNSIGNED_TYPES = frozenset({1, 3, 4, 13, 16, 18})
_BEYOND_END = "a directory beyond the end of the file"


def is_tiff(data: bytes) -> bool:
    """Whether these bytes begin like a TIFF or BigTIFF file."""
    return data[:4] in _SIGNATURES


class Field(NamedTuple):
    """An entry of a directory. Its values may lie beyond the end of the file."""

    tag: int
    type: int
    value_count: int
    offset: int
    """The offset of the values from the beginning of the file."""

    @property
    def is_known(self) -> bool:
        """Whether the field type is known."""
        return self.type in _TYPE_CODES

    @property
    def end(self) -> int:
        """The offset just after the values. Values of an unknown type count as one byte each."""
        return self.offset + _TYPE_SIZES.get(self.type, 1) * self.value_count


class Directory(NamedTuple):
    """An image file directory."""

    fields: dict[int, Field]
    """Tag → field."""
    next_offset: int | None
    """The offset of the next directory; 0 for the last one, None if the link is truncated."""
    end: int
    """The offset just after the directory, including its link to the next one."""


class TiffParser:
    """Reads directories and field values. All methods raise ValueError for offsets beyond the end
    of the file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._order: Literal["little", "big"] = "little" if data[:2] == b"II" else "big"
        self._struct_order = "<" if data[:2] == b"II" else ">"
        is_big = b"+" in data[2:4]
        self._offset_size, self._count_size, self._entry_size = (8, 8, 20) if is_big else (4, 2, 12)
        self.first_offset_position = 8 if is_big else 4
        """The position in the header of the offset of the first directory."""

    def first_offset(self) -> int:
        """The offset of the first directory."""
        return self._number(self.first_offset_position, self._offset_size)

    def encoded_offset(self, offset: int) -> bytes:
        """An offset encoded as in the header."""
        return offset.to_bytes(self._offset_size, self._order)

    def directory(self, offset: int) -> Directory:
        """The directory at that offset."""
        count = self._number(offset, self._count_size)
        start = offset + self._count_size
        end = start + count * self._entry_size
        if end > len(self.data):
            raise ValueError(_BEYOND_END)
        fields = (self._field(entry) for entry in range(start, end, self._entry_size))
        link_end = end + self._offset_size
        has_link = link_end <= len(self.data)
        following = self._number(end, self._offset_size) if has_link else None
        return Directory({field.tag: field for field in fields}, following, link_end)

    def _field(self, entry: int) -> Field:
        tag, kind = self._number(entry, 2), self._number(entry + 2, 2)
        count = self._number(entry + 4, self._offset_size)
        offset = entry + 4 + self._offset_size
        # Values that fit are stored in place of their offset.
        if _TYPE_SIZES.get(kind, 1) * count > self._offset_size:
            offset = self._number(offset, self._offset_size)
        return Field(tag, kind, count, offset)

    def values(self, field: Field) -> tuple[float, ...]:
        """The numbers of a field of a known type; two for a rational."""
        code = _TYPE_CODES[field.type]
        layout = f"{self._struct_order}{field.value_count * len(code)}{code[0]}"
        try:
            return struct.unpack_from(layout, self.data, field.offset)
        except (struct.error, OverflowError):
            raise ValueError(_BEYOND_END) from None

    def offsets(self, field: Field | None) -> list[int]:
        """The values of a field of an unsigned integer type; an empty list for any other type."""
        if field is None or field.type not in _UNSIGNED_TYPES:
            return []
        return [int(value) for value in self.values(field)]

    def raw(self, field: Field) -> bytes:
        """The bytes of a field, truncated at the end of the file."""
        return self.data[field.offset : field.end]

    def _number(self, at: int, size: int) -> int:
        if at + size > len(self.data):
            raise ValueError(_BEYOND_END)
        return int.from_bytes(self.data[at : at + size], self._order)
