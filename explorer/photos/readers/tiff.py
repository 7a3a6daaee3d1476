"""Read TIFF files that Pillow cannot read, or reads wrongly: 16-bit Lab and gray with alpha, floats
in color, CMYK with alpha, unusual bit depths, separate planes of 16 bits.

Follows TIFF 6.0 and Adobe's technical notes on predictors (TIFF Technical Note 3) and ZIP
compression. Some compressions are left to libtiff, to which each strip is presented as an 8-bit
gray picture.
"""

from __future__ import annotations

import io
import lzma
import struct
import zlib

import numpy as np
import numpy.typing as npt
from PIL import Image

from explorer.errors import DamagedPhoto, UnsupportedPhoto
from explorer.photos.limits import check_pixels
from explorer.photos.readers import tiff_tags as tag
from explorer.photos.readers.tiff_image import UNSUPPORTED, Samples, image_from_samples
from explorer.photos.readers.tiff_parser import TiffParser
from explorer.photos.readers.tiff_tags import Tags

CUT_OFF = "the file is damaged or truncated: part of its picture lies beyond its end"
_CORRUPT = "the file is damaged: its compressed image data is invalid"

_NONE, _LZW, _ZIP, _OLD_ZIP, _PACKBITS, _LZMA, _ZSTD = 1, 5, 8, 32946, 32773, 34925, 50000
_BY_LIBTIFF = {_LZW, _PACKBITS, _ZSTD}
_UNSIGNED, _SIGNED, _FLOAT = 1, 2, 3
# The names of metadata in `info`, and their tags.
_METADATA = {
    "icc_profile": tag.ICC_PROFILE,
    "xmp": tag.XMP,
    "iptc": tag.IPTC,
    "photoshop_resources": tag.PHOTOSHOP,
}
# More samples per pixel than any printing process has.
_MAX_SAMPLES = 16


def read(data: bytes) -> Image.Image:
    """The first picture of a TIFF file in 8 bits per sample, in Pillow's mode L, LA, RGB, RGBA,
    CMYK, LAB or YCbCr; gray floats stay in mode F.

    Raises UnsupportedPhoto for kinds other than those named above, DamagedPhoto if its data is
    incomplete or corrupt, and OversizedPhoto.
    """
    try:
        tags = tag.read_tags(data)[0]
    except ValueError:
        raise DamagedPhoto(CUT_OFF) from None
    picture = _SampleReader(data, tags)
    made = image_from_samples(picture.samples(), tags)
    made.format = "TIFF"
    # The directory of a TIFF file is its EXIF block.
    made.info |= {"exif": b"Exif\0\0" + data, "high_bit_depth": picture.has_high_bit_depth}
    parser = TiffParser(data)
    fields = parser.directory(parser.first_offset()).fields
    made.info |= {
        name: parser.raw(fields[number]) for name, number in _METADATA.items() if number in fields
    }
    return made


def is_misread_by_pillow(picture: Image.Image) -> bool:
    """Whether Pillow opens this TIFF but would decode it wrongly.

    Its raw decoder takes separate planes for 8-bit ones; it does not invert wide samples for which
    0 is white, and does not scale 12-bit ones; in mode I it takes unsigned numbers for signed ones.
    """
    tags = getattr(picture, "tag_v2", None)
    if tags is None:
        return False
    bits, samples = tags.get(tag.BITS, (1,))[0], tags.get(tag.SAMPLES, 1)
    is_planar = tags.get(tag.PLANAR) == 2 and samples > 1
    kind = tags.get(tag.SAMPLE_FORMAT, (_UNSIGNED,))[0]
    return (
        (is_planar and (bits > 8 or samples == 2))
        or (tags.get(tag.PHOTOMETRIC) == 0 and bits > 8)
        or bits == 12
        or kind == _SIGNED
        or (picture.mode == "I" and kind == _UNSIGNED)
    )


class _SampleReader:
    """Reads the samples of a picture from its strips or tiles."""

    def __init__(self, data: bytes, tags: Tags) -> None:
        self._data, self._tags = data, tags
        self._order = "<" if data[:2] == b"II" else ">"
        self.width, self.height = self._number(tag.WIDTH, 0), self._number(tag.HEIGHT, 0)
        if self.width < 1 or self.height < 1:
            raise DamagedPhoto("the file is damaged: its picture has no size")
        self._samples_per_pixel = self._number(tag.SAMPLES, 1)
        bits = tags.get(tag.BITS, (1,))
        self._bits = int(bits[0])
        self._sample_format = self._number(tag.SAMPLE_FORMAT, _UNSIGNED)
        self._compression = self._number(tag.COMPRESSION, _NONE)
        self._is_planar = self._number(tag.PLANAR, 1) == 2 and self._samples_per_pixel > 1
        self._predictor = self._number(tag.PREDICTOR, 1)
        is_supported = (
            self._compression in {_NONE, _ZIP, _OLD_ZIP, _LZMA, *_BY_LIBTIFF}
            and len(set(bits)) == 1
            and 1 <= self._samples_per_pixel <= _MAX_SAMPLES
            and self._number(tag.FILL_ORDER, 1) == 1
            and self._predictor in (1, 2, 3)
            and self._type() is not None
        )
        if not is_supported:
            raise UnsupportedPhoto(UNSUPPORTED)
        check_pixels(
            self.width * max(1, self._bits // 8 * self._samples_per_pixel // 4), self.height
        )

    @property
    def has_high_bit_depth(self) -> bool:
        """Whether its samples have more than 8 bits."""
        return self._bits > 8

    def _number(self, tag_number: int, default: int) -> int:
        return int(self._tags.get(tag_number, (default,))[0])

    def _type(self) -> np.dtype[np.generic] | None:
        """The NumPy type of a stored sample, or of an unpacked one if samples are not whole bytes.

        None if it is not supported.
        """
        if self._sample_format == _FLOAT:
            return (
                np.dtype(f"{self._order}f{self._bits // 8}") if self._bits in (16, 32, 64) else None
            )
        if self._sample_format not in (_UNSIGNED, _SIGNED):
            return None
        if self._bits in (8, 16, 32, 64):
            return np.dtype(
                f"{self._order}{'iu'[self._sample_format == _UNSIGNED]}{self._bits // 8}"
            )
        return (
            np.dtype(np.uint32) if self._sample_format == _UNSIGNED and self._bits <= 32 else None
        )

    def samples(self) -> Samples:
        """All samples, of shape (height, width, samples per pixel)."""
        kind = self._type()
        assert kind is not None  # noqa: S101  checked by the constructor
        found = np.zeros((self.height, self.width, self._samples_per_pixel), kind.newbyteorder("="))
        tiled = tag.TILE_OFFSETS in self._tags
        wide = self._number(tag.TILE_WIDTH, self.width) if tiled else self.width
        high = (
            self._number(tag.TILE_HEIGHT, self.height)
            if tiled
            else min(self._number(tag.ROWS_PER_STRIP, self.height), self.height)
        )
        if wide < 1 or high < 1:
            raise DamagedPhoto(_CORRUPT)
        across, down = -(-self.width // wide), -(-self.height // high)
        pieces = list(tag.pixel_data_spans(self._tags))
        planes = self._samples_per_pixel if self._is_planar else 1
        if len(pieces) < across * down * planes:
            raise DamagedPhoto(CUT_OFF)
        for number in range(across * down * planes):
            plane, place = divmod(number, across * down)
            top, left = place // across * high, place % across * wide
            rows = high if tiled else min(high, self.height - top)
            piece = self._piece(
                *pieces[number], rows, wide, 1 if self._is_planar else self._samples_per_pixel
            )
            piece = piece[: self.height - top, : self.width - left]
            channels = slice(plane, plane + 1) if self._is_planar else slice(None)
            found[top : top + rows, left : left + wide, channels] = piece
        return found

    def _piece(self, offset: int, size: int, rows: int, wide: int, per_pixel: int) -> Samples:
        row_bytes = -(-wide * per_pixel * self._bits // 8)
        if offset + size > len(self._data):
            raise DamagedPhoto(CUT_OFF)
        raw = self._unpacked(self._data[offset : offset + size], rows, row_bytes)
        if len(raw) < rows * row_bytes:
            raise DamagedPhoto(CUT_OFF if self._compression == _NONE else _CORRUPT)
        table = np.frombuffer(raw, np.uint8, rows * row_bytes).reshape(rows, row_bytes)
        shape = (rows, wide, per_pixel)
        if self._bits % 8 or self._bits == 24:
            return _undo_differencing(
                _from_bits(table, self._bits, wide * per_pixel).reshape(shape), self._predictor
            )
        kind = self._type()
        assert kind is not None  # noqa: S101  checked by the constructor
        if self._predictor == 3:
            return _undo_float_predictor(table, kind.itemsize, per_pixel).reshape(shape)
        values = table.reshape(-1).view(kind).reshape(shape)
        return _undo_differencing(values.astype(kind.newbyteorder("=")), self._predictor)

    def _unpacked(self, packed: bytes, rows: int, row_bytes: int) -> bytes:
        try:
            if self._compression in (_ZIP, _OLD_ZIP):
                return zlib.decompressobj().decompress(packed, rows * row_bytes)
            if self._compression == _LZMA:
                return lzma.LZMADecompressor().decompress(packed, rows * row_bytes)
            if self._compression in _BY_LIBTIFF:
                return _by_libtiff(packed, self._compression, rows, row_bytes)
        except (zlib.error, lzma.LZMAError, OSError):
            raise DamagedPhoto(_CORRUPT) from None
        return packed


def _by_libtiff(packed: bytes, compression: int, rows: int, row_bytes: int) -> bytes:
    """Decompress a strip by making libtiff read it as an 8-bit gray picture. Raises OSError."""
    entries = (
        (256, row_bytes),
        (257, rows),
        (258, 8),
        (259, compression),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, rows),
        (279, len(packed)),
    )
    at = 8 + len(packed) + len(packed) % 2
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHII", name, 4, 1, value) for name, value in entries
    )
    made = b"II*\0" + struct.pack("<I", at) + packed.ljust(at - 8, b"\0") + directory + bytes(4)
    with Image.open(io.BytesIO(made), formats=("TIFF",)) as picture:
        return picture.tobytes()


def _from_bits(table: npt.NDArray[np.uint8], bits: int, count: int) -> Samples:
    """Unpack samples that are not whole bytes: highest bit first, and each row separately."""
    found = np.zeros((len(table), count), np.uint32)
    for number, row in enumerate(table):
        each = np.unpackbits(row)[: count * bits].reshape(count, bits)
        for bit in range(bits):
            found[number] = (found[number] << 1) | each[:, bit]
    return found


def _undo_differencing(values: Samples, predictor: int) -> Samples:
    """Undo horizontal differencing, which stores a sample as the difference from its left
    neighbor."""
    return np.cumsum(values, axis=1, dtype=values.dtype) if predictor == 2 else values


def _undo_float_predictor(table: npt.NDArray[np.uint8], size: int, per_pixel: int) -> Samples:
    """Undo the floating-point predictor, which stores differences of bytes: first the highest bytes
    of all samples in a row, then the next highest, and so on."""
    rows, row_bytes = table.shape
    summed = np.cumsum(table.reshape(rows, -1, per_pixel), axis=1, dtype=np.uint8).reshape(
        rows, size, row_bytes // size
    )
    return np.ascontiguousarray(summed.transpose(0, 2, 1)).view(f">f{size}").astype(f"f{size}")
