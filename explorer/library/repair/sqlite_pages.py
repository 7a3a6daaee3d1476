"""Read the rows of an SQLite database from the pages of its file, without SQLite, which gives up at
a malformed page.

After "Database File Format" (sqlite.org/fileformat2.html): b-tree pages (1.6), records (2.1), the
free-list (1.5), the write-ahead log (4).
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

Value = int | float | str | bytes | None

_MAGIC = b"SQLite format 3\0"
_WAL_MAGICS = {0x377F0682: "<", 0x377F0683: ">"}
_LEAF, _INTERIOR, _INDEX_LEAF, _INDEX_INTERIOR = 13, 5, 10, 2
_HEADER = {_LEAF: 8, _INTERIOR: 12, _INDEX_LEAF: 8, _INDEX_INTERIOR: 12}
_USUAL_PAGE = 4096
# Pages from a root to a leaf: SQLite's own limit is 20.
_MAX_DEPTH = 20
# Bytes of one row; SQLite's own limit is 1 GB.
_MAX_ROW_BYTES = 1 << 28


class MalformedPage(Exception):
    """A page, cell or record that is malformed."""


class Cell(NamedTuple):
    """One row of a table (rowid and values), or one entry of an index (rowid None; the rowid of its
    row is the last value)."""

    rowid: int | None
    values: tuple[Value, ...]


class Pages:
    """The pages of a database file, with those committed to its write-ahead log in place of older
    ones. Numbered from 1.

    torn: numbers of pages that were needed and are malformed. The files are only read. Raises
    OSError.
    """

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        self.size = self._page_size()
        reserved = self._data[20] if self._data[:16] == _MAGIC and self._data[20] < 32 else 0
        self._usable = self.size - reserved
        log = path.with_name(path.name + "-wal")
        self._newer = self._committed(log.read_bytes()) if log.exists() else {}
        self.count = max(len(self._data) // self.size, max(self._newer, default=0))
        self.torn = set[int]()

    def page(self, number: int) -> bytes:
        """The bytes of a page. Raises MalformedPage if it is beyond the end or truncated."""
        if not 1 <= number <= self.count:
            raise MalformedPage("a page beyond the end")
        page = self._newer.get(number) or self._data[(number - 1) * self.size : number * self.size]
        if len(page) < self.size:
            raise MalformedPage("a page that is cut off")
        return page

    # --- trees

    def leaves(self, root: int, *, index: bool = False) -> Iterator[int]:
        """The numbers of the pages that hold a b-tree's cells, from its root down, in order.
        Malformed pages are skipped."""
        kinds = (_INDEX_LEAF, _INDEX_INTERIOR) if index else (_LEAF, _INTERIOR)
        waiting, seen = [(root, 0)], set[int]()
        while waiting:
            number, depth = waiting.pop()
            if number in seen or depth > _MAX_DEPTH:
                self.torn.add(number)
                continue
            seen.add(number)
            try:
                kind, children = self._kind_and_children(number)
            except MalformedPage:
                self.torn.add(number)
                continue
            if kind not in kinds:
                self.torn.add(number)
                continue
            if kind in (_LEAF, _INDEX_LEAF, _INDEX_INTERIOR):
                yield number
            waiting += [(child, depth + 1) for child in reversed(children)]

    def cells(self, number: int) -> Iterator[Cell]:
        """The cells of a page. Malformed ones are skipped, and the page is added to `torn`."""
        try:
            page, kind, places = self._places(number)
        except MalformedPage:
            self.torn.add(number)
            return
        for at in places:
            try:
                yield self._cell(page, kind, at)
            except (MalformedPage, IndexError):
                self.torn.add(number)

    def is_leaf(self, number: int) -> bool:
        """Whether a page looks like one that holds rows of a table."""
        try:
            return self._places(number)[1] == _LEAF
        except MalformedPage:
            return False

    def free(self) -> set[int]:
        """The unused pages, as far as the free-list can be read: what they still hold was
        deleted."""
        found = set[int]()
        try:
            (trunk,) = struct.unpack_from(">I", self.page(1), 32)
            while trunk and trunk not in found:
                page = self.page(trunk)
                following, number = struct.unpack_from(">II", page)
                found.add(trunk)
                if number > self._usable // 4 - 2:
                    break
                found.update(struct.unpack_from(f">{number}I", page, 8))
                trunk = following
        except MalformedPage:
            self.torn.add(0)
        return found

    # --- pages

    def _page_size(self) -> int:
        """The page size in the header; SQLite's default if the header is damaged, or if as many
        pages as it gives have that size."""
        if int.from_bytes(self._data[28:32], "big") * _USUAL_PAGE == len(self._data):
            return _USUAL_PAGE
        size = int.from_bytes(self._data[16:18], "big")
        size = 65536 if size == 1 else size
        known = self._data[:16] == _MAGIC and 512 <= size <= 65536 and size & (size - 1) == 0
        return size if known else _USUAL_PAGE

    def _committed(self, log: bytes) -> dict[int, bytes]:
        """The last version of each page up to the last whole commit: a frame counts only if its
        checksum and all earlier ones hold."""
        found, pending = dict[int, bytes](), dict[int, bytes]()
        if len(log) < 32 or (order := _WAL_MAGICS.get(int.from_bytes(log[:4], "big"))) is None:
            return found
        size = int.from_bytes(log[8:12], "big")
        sums = _checksum(log[:24], (0, 0), order)
        if size != self.size or sums != struct.unpack_from(">II", log, 24):
            return found
        for at in range(32, len(log) - size - 23, size + 24):
            number, committed = struct.unpack_from(">II", log, at)
            sums = _checksum(log[at : at + 8] + log[at + 24 : at + 24 + size], sums, order)
            if log[at + 8 : at + 16] != log[16:24] or sums != struct.unpack_from(
                ">II", log, at + 16
            ):
                break
            pending[number] = log[at + 24 : at + 24 + size]
            if committed:
                found |= pending
                pending = {}
        return found

    def _places(self, number: int) -> tuple[bytes, int, list[int]]:
        """A page, its kind and the offsets of its cells; an impossible offset becomes one beyond
        the page."""
        page = self.page(number)
        start = 100 if number == 1 else 0
        kind = page[start]
        if kind not in _HEADER:
            raise MalformedPage("no page of a tree")
        (cells,) = struct.unpack_from(">H", page, start + 3)
        first = start + _HEADER[kind]
        if first + 2 * cells > self._usable:
            raise MalformedPage("more cells than fit")
        return (
            page,
            kind,
            [
                at if first + 2 * cells <= at < self._usable else self.size
                for at in struct.unpack_from(f">{cells}H", page, first)
            ],
        )

    def _kind_and_children(self, number: int) -> tuple[int, list[int]]:
        page, kind, places = self._places(number)
        if kind in (_LEAF, _INDEX_LEAF):
            return kind, []
        start = 100 if number == 1 else 0
        children = list[int]()
        for at in places:
            try:
                children += struct.unpack_from(">I", page, at)
            except struct.error:
                self.torn.add(number)
        return kind, [*children, *struct.unpack_from(">I", page, start + 8)]

    def _cell(self, page: bytes, kind: int, at: int) -> Cell:
        if kind == _INDEX_INTERIOR:
            at += 4
        length, at = _varint(page, at)
        rowid = None
        if kind == _LEAF:
            rowid, at = _varint(page, at)
            rowid -= (rowid >> 63) << 64
        if length > _MAX_ROW_BYTES:
            raise MalformedPage("a row that is too long")
        return Cell(rowid, _record(self._payload(page, at, length, is_table=kind == _LEAF)))

    def _payload(self, page: bytes, at: int, length: int, *, is_table: bool) -> bytes:
        """A row's bytes: the first ones on the page, the rest on a chain of pages of its own (1.6,
        "overflow")."""
        usable = self._usable
        most = usable - 35 if is_table else (usable - 12) * 64 // 255 - 23
        if length <= most:
            if at + length > usable:
                raise MalformedPage("a row beyond its page")
            return page[at : at + length]
        least = (usable - 12) * 32 // 255 - 23
        here = least + (length - least) % (usable - 4)
        here = here if here <= most else least
        if at + here + 4 > usable:
            raise MalformedPage("a row beyond its page")
        pieces, left = [page[at : at + here]], length - here
        (following,) = struct.unpack_from(">I", page, at + here)
        while left:
            more = self.page(following)
            (following,) = struct.unpack_from(">I", more)
            pieces.append(more[4 : 4 + min(left, usable - 4)])
            left -= len(pieces[-1])
            if bool(left) != bool(following):
                raise MalformedPage("a chain of the wrong length")
        return b"".join(pieces)


def _checksum(data: bytes, sums: tuple[int, int], order: str) -> tuple[int, int]:
    """SQLite's running checksum of a log (4.2): two sums over pairs of 32-bit numbers."""
    one, two = sums
    numbers = struct.unpack(f"{order}{len(data) // 4}I", data)
    for first, second in zip(numbers[::2], numbers[1::2], strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return one, two


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of 1 to 9 bytes, and the offset after it (1.6)."""
    value = 0
    for _ in range(8):
        byte = data[at]
        at += 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at
    return value << 8 | data[at], at + 1


# Bytes of a value by its type. From type 12, they follow from the type; 10 and 11 are reserved, and
# the same rule makes them negative.
_SIZES = dict(enumerate((0, 1, 2, 3, 4, 6, 8, 8, 0, 0)))


def _record(data: bytes) -> tuple[Value, ...]:
    """The values of a record (2.1); text that is not UTF-8 stays bytes. Raises MalformedPage if its
    types and its length do not agree."""
    header, at = _varint(data, 0)
    if not 1 <= header <= len(data):
        raise MalformedPage("no header")
    values, body = list[Value](), header
    while at < header:
        kind, at = _varint(data, at)
        size = _SIZES.get(kind, (kind - 12) // 2)
        if size < 0 or body + size > len(data):
            raise MalformedPage("values beyond the record")
        values.append(_value(kind, data[body : body + size]))
        body += size
    if at != header or body != len(data):
        raise MalformedPage("a record of the wrong length")
    return tuple(values)


def _value(kind: int, raw: bytes) -> Value:
    value: Value = None
    if kind in (8, 9):
        value = kind - 8
    elif kind == 7:
        value = float(struct.unpack(">d", raw)[0])
    elif 0 < kind < 7:
        value = int.from_bytes(raw, "big", signed=True)
    elif kind >= 12:
        value = raw
        if kind % 2:
            # Text that is not UTF-8 stays bytes, which no text column accepts.
            with contextlib.suppress(UnicodeDecodeError):
                value = raw.decode()
    return value
