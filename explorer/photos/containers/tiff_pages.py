"""Read the pages of a TIFF file, including those in SubIFDs, and find the end of its own data.

Parsing is strict: an inconsistent file raises an error, so that nothing in it is missed.
"""

from __future__ import annotations

from typing import NamedTuple

from explorer.photos.containers.contents import digest_pieces
from explorer.photos.readers.tiff_parser import Directory, Field, TiffParser

_WIDTH, _HEIGHT, _SUB_IFDS, _PHOTOSHOP_LAYERS = 256, 257, 330, 37724
# Offsets and byte counts of strips, of tiles, and of the stream of old-style JPEG compression.
_PIXEL_DATA = ((273, 279), (324, 325), (513, 514))
# Tags that affect how the pixel data is interpreted: size, bits, compression, photometric
# interpretation, fill order, samples, planar configuration, predictor, color map, extra samples,
# sample format and JPEG tables.
_INTERPRETATION_TAGS = (256, 257, 258, 259, 262, 266, 277, 284, 317, 320, 338, 339, 347)
# Kinds of extra samples: premultiplied and separate transparency.
_EXTRA_SAMPLES, _TRANSPARENCY = 338, (1, 2)
# EXIF and GPS, which contain no pictures; and interoperability, inside EXIF.
_METADATA_IFDS = (34665, 34853)
_INTEROPERABILITY_IFD = 40965
# More pages than any scanner produces.
_MAX_PAGES = 100_000
# The total size of all strips, as a multiple of the file size: pages may share strips, but only to
# a degree.
_MAX_OVERLAP = 4


class Page(NamedTuple):
    """A picture in the file."""

    offset: int
    """The offset of its directory."""
    width: int
    """In pixels; 0 if not given."""
    height: int
    """In pixels; 0 if not given."""
    digest: str
    """The hash of its strips or tiles as stored, and of the tags that affect their meaning."""
    layers: bytes
    """Photoshop's layers, or b''."""
    has_channels: bool
    """Whether it has samples besides color and transparency, such as saved selections, which
    decoders leave out."""


class TiffPages(NamedTuple):
    """The pages of a file."""

    pages: list[Page]
    """In the order of the file, each followed by those in its SubIFDs."""
    end: int
    """The offset just after everything that a directory refers to."""


def read_pages(parser: TiffParser) -> TiffPages:
    """All pages of a file. Raises ValueError if the file is inconsistent."""
    return _PageReader(parser).read()


class _PageReader:
    """Reads the pages, and tracks how far the data that they refer to extends."""

    def __init__(self, parser: TiffParser) -> None:
        self._parser, self._end, self._stored_bytes = parser, 0, 0

    def read(self) -> TiffPages:
        pages, seen = list[Page](), set[int]()
        waiting = [self._parser.first_offset()]
        while waiting:
            offset = waiting.pop()
            if offset == 0:
                continue
            if offset in seen or len(seen) >= _MAX_PAGES:
                raise ValueError("directories that form a cycle")
            seen.add(offset)
            directory = self._directory(offset)
            if directory.next_offset is None:
                raise ValueError("a link beyond the end of the file")
            pages.append(self._page(offset, directory.fields))
            sub_ifds = self._parser.offsets(directory.fields.get(_SUB_IFDS))
            waiting += [directory.next_offset, *reversed(sub_ifds)]
        return TiffPages(pages, min(self._end, len(self._parser.data)))

    def _directory(self, offset: int) -> Directory:
        """Read a directory, and count its own bytes and its values as part of the file."""
        directory = self._parser.directory(offset)
        ends = (field.end for field in directory.fields.values())
        self._end = max(self._end, directory.end, *ends)
        return directory

    def _page(self, offset: int, fields: dict[int, Field]) -> Page:
        for tag in _METADATA_IFDS:
            for inner in self._parser.offsets(fields.get(tag)):
                self._follow_metadata(inner)
        interpretation = [
            piece
            for tag in _INTERPRETATION_TAGS
            if tag in fields
            for piece in (str(tag).encode(), self._parser.raw(fields[tag]))
        ]
        width, height = (
            next(iter(self._parser.offsets(fields.get(tag))), 0) for tag in (_WIDTH, _HEIGHT)
        )
        layers = fields.get(_PHOTOSHOP_LAYERS)
        return Page(
            offset,
            width,
            height,
            digest_pieces(*interpretation, *self._pixel_data(fields)),
            self._parser.raw(layers) if layers else b"",
            self._has_channels(fields),
        )

    def _has_channels(self, fields: dict[int, Field]) -> bool:
        extra = self._parser.offsets(fields.get(_EXTRA_SAMPLES))
        return len(extra) > 1 or any(kind not in _TRANSPARENCY for kind in extra)

    def _follow_metadata(self, offset: int) -> None:
        """Count a metadata directory, and the one inside it, as part of the file."""
        fields = self._directory(offset).fields
        for inner in self._parser.offsets(fields.get(_INTEROPERABILITY_IFD)):
            self._directory(inner)

    def _pixel_data(self, fields: dict[int, Field]) -> list[bytes]:
        """The bytes of the strips or tiles, in order."""
        pieces = list[bytes]()
        for offsets_tag, sizes_tag in _PIXEL_DATA:
            if offsets_tag not in fields:
                continue
            if sizes_tag not in fields:
                raise ValueError("strips without lengths")
            offsets = self._parser.offsets(fields[offsets_tag])
            sizes = self._parser.offsets(fields[sizes_tag])
            for offset, size in zip(offsets, sizes, strict=True):
                piece = self._parser.data[offset : offset + size]
                self._stored_bytes += len(piece)
                if self._stored_bytes > _MAX_OVERLAP * len(self._parser.data):
                    raise ValueError("strips that overlap")
                pieces.append(piece)
                self._end = max(self._end, offset + size)
        return pieces
