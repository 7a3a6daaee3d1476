"""The image file directories of TIFF files (TIFF 6.0; BigTIFF): every page, also those in SubIFDs,
and where the file's own data end."""

from __future__ import annotations

from typing import NamedTuple

from explorer.photos.containers.contents import digest_pieces

_WIDTH, _HEIGHT, _SUB_IFDS, _LAYERS = 256, 257, 330, 37724
# Offsets and lengths of strips, of tiles, and of the stream of old JPEG compression.
_DATA = ((273, 279), (324, 325), (513, 514))
# What else a page's pixels depend on: its size, bits, compression, colours, samples, predictor,
# colour map and JPEG tables.
_MEANING = (256, 257, 258, 259, 262, 266, 277, 284, 317, 320, 338, 339, 347)
# Directories of EXIF, GPS and interoperability hold no pictures.
_INTEROPERABILITY = 40965
_OTHER_DIRECTORIES = (34665, 34853)
_SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_WHOLE_NUMBERS = frozenset({1, 3, 4, 13, 16, 18})
# No scanner makes so many; a file that says so goes in circles.
_MOST = 100_000
# How often the file's bytes may be referred to, all in all: strips have no reason to lie on each
# other, but pages may share one.
_OVERLAP = 4


class Page(NamedTuple):
    """A picture of the file. offset: of its directory. width, height: pixels, 0 where it does not
    say. digest: of its strips or tiles as they are stored, and of what they depend on. layers:
    Photoshop's, or b''."""

    offset: int
    width: int
    height: int
    digest: str
    layers: bytes

    @property
    def pixels(self) -> int:
        return self.width * self.height


class Directories(NamedTuple):
    """pages: in the file's order, each followed by those in its SubIFDs. end: where everything that
    a directory refers to ends."""

    pages: list[Page]
    end: int


class TiffFile:
    """Reads the directories. Raises ValueError, in `read`, where the file makes no sense."""

    def __init__(self, data: bytes) -> None:
        self._data, self._end, self._stored_bytes = data, 0, 0
        self._order = "little" if data[:2] == b"II" else "big"
        self.big = self._number(2, 2) == 43
        # Sizes of an offset, of the number of entries, and of an entry.
        self._offset, self._count, self._entry = (8, 8, 20) if self.big else (4, 2, 12)

    @property
    def place_of_first(self) -> int:
        """Where the file says at which offset its first directory is."""
        return 8 if self.big else 4

    def offset_bytes(self, offset: int) -> bytes:
        """An offset as the file's header holds it."""
        return offset.to_bytes(self._offset, self._order)  # type: ignore[arg-type]

    def read(self) -> Directories:
        """All directories that hold pictures."""
        pages, seen = list[Page](), set[int]()
        waiting = [self._number(self.place_of_first, self._offset)]
        while waiting:
            offset = waiting.pop()
            if offset == 0:
                continue
            if offset in seen or len(seen) >= _MOST:
                raise ValueError("directories that go in circles")
            seen.add(offset)
            page, following, below = self._directory(offset)
            pages.append(page)
            waiting += [following, *reversed(below)]
        return Directories(pages, min(self._end, len(self._data)))

    def _directory(self, offset: int) -> tuple[Page, int, list[int]]:
        """A page, the offset of the next one, and those of its SubIFDs."""
        count = self._number(offset, self._count)
        start = offset + self._count
        following = self._number(start + count * self._entry, self._offset)
        self._end = max(self._end, start + count * self._entry + self._offset)
        tags = {}
        for at in range(start, start + count * self._entry, self._entry):
            tags[self._number(at, 2)] = self._place(at)
        for tag in _OTHER_DIRECTORIES:
            for other in self._numbers(tags[tag]) if tag in tags else ():
                self._measure(other)
        stored = [
            piece
            for tag in _MEANING
            if tag in tags
            for piece in (str(tag).encode(), self._bytes(tags[tag]))
        ]
        width, height = (
            (self._numbers(tags[tag]) or [0])[0] if tag in tags else 0 for tag in (_WIDTH, _HEIGHT)
        )
        layers = self._bytes(tags[_LAYERS]) if _LAYERS in tags else b""
        below = self._numbers(tags[_SUB_IFDS]) if _SUB_IFDS in tags else []
        return (
            Page(offset, width, height, digest_pieces(*stored, *self._stored(tags)), layers),
            following,
            below,
        )

    def _measure(self, offset: int, *, inner: bool = True) -> None:
        """Take note of where a directory without pictures ends, with its values. inner: and the one
        that it may refer to."""
        count = self._number(offset, self._count)
        self._end = max(self._end, offset + self._count + count * self._entry + self._offset)
        for number in range(count):
            at = offset + self._count + number * self._entry
            place = self._place(at)
            if inner and self._number(at, 2) == _INTEROPERABILITY:
                for other in self._numbers(place):
                    self._measure(other, inner=False)

    def _place(self, entry: int) -> tuple[int, int, int]:
        """Type, number of values and their offset."""
        kind, count = self._number(entry + 2, 2), self._number(entry + 4, self._offset)
        size = _SIZES.get(kind, 1) * count
        at = entry + 4 + self._offset
        if size > self._offset:
            at = self._number(at, self._offset)
            self._end = max(self._end, at + size)
        return kind, count, at

    def _bytes(self, place: tuple[int, int, int]) -> bytes:
        kind, count, at = place
        return self._data[at : at + _SIZES.get(kind, 1) * count]

    def _numbers(self, place: tuple[int, int, int]) -> list[int]:
        kind, count, at = place
        if kind not in _WHOLE_NUMBERS:
            return []
        size = _SIZES[kind]
        if count > len(self._data) // size:
            raise ValueError("more values than the file has bytes")
        return [self._number(at + number * size, size) for number in range(count)]

    def _stored(self, tags: dict[int, tuple[int, int, int]]) -> list[bytes]:
        """Strips or tiles, in order."""
        pieces = list[bytes]()
        for offsets, lengths in _DATA:
            if offsets not in tags:
                continue
            if lengths not in tags:
                raise ValueError("strips without lengths")
            for offset, length in zip(
                self._numbers(tags[offsets]), self._numbers(tags[lengths]), strict=False
            ):
                piece = self._data[offset : offset + length]
                self._stored_bytes += len(piece)
                if self._stored_bytes > _OVERLAP * len(self._data):
                    raise ValueError("strips that lie on each other")
                pieces.append(piece)
                self._end = max(self._end, offset + length)
        return pieces

    def _number(self, at: int, size: int) -> int:
        if at < 0 or at + size > len(self._data):
            raise ValueError("a directory beyond the end of the file")
        return int.from_bytes(self._data[at : at + size], self._order)  # type: ignore[arg-type]
