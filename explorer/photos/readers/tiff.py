"""TIFF files that Pillow has no mode for: Lab and grey with transparency of 16 bits, floats in
colour, CMYK with transparency, odd depths.

After TIFF 6.0 and Adobe's technical notes on predictors (TIFF Technical Note 3) and ZIP
compression. What is packed is unpacked by libtiff, to which each strip is handed as a grey picture
of bytes.
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
from explorer.photos.readers.tiff_tags import Tags

_NOT_YET = "TIFF files of this kind cannot be read yet"
CUT_OFF = "the file is damaged or cut off: part of its picture lies beyond its end"
_TORN = "the file is damaged: its compressed picture makes no sense"

_NONE, _LZW, _ZIP, _OLD_ZIP, _PACKBITS, _LZMA, _ZSTD = 1, 5, 8, 32946, 32773, 34925, 50000
_BY_LIBTIFF = {_LZW, _PACKBITS, _ZSTD}
_UNSIGNED, _SIGNED, _FLOAT = 1, 2, 3
_COLOURS = {0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3, 8: 3, 9: 3}
# Of a picture's samples no more are kept than any printing process has.
_MOST_SAMPLES = 16

Samples = npt.NDArray[np.generic]


def read(data: bytes) -> Image.Image:
    """The first picture of a TIFF, in 8 bits, as one of Pillow's modes L, LA, RGB, RGBA, CMYK, LAB
    or YCbCr; grey floats as F.

    Raises UnsupportedPhoto for other kinds than those named above, DamagedPhoto where its data are
    not all there or make no sense, and OversizedPhoto.
    """
    try:
        tags = tag.read_tags(data)[0]
    except ValueError:
        raise DamagedPhoto(CUT_OFF) from None
    picture = _Picture(data, tags)
    made = _image(picture.samples(), tags)
    made.format = "TIFF"
    # A TIFF's directory is its EXIF block. What is shown may be less than what the file holds.
    made.info |= {"exif": b"Exif\0\0" + data, "high_bit_depth": picture.is_deep}
    if profile := tags.get(tag.ICC_PROFILE):
        made.info["icc_profile"] = bytes(int(value) for value in profile)
    return made


class _Picture:
    """How the samples of a picture lie in its file."""

    def __init__(self, data: bytes, tags: Tags) -> None:
        self._data, self._tags = data, tags
        self._order = "<" if data[:2] == b"II" else ">"
        self.width, self.height = self._number(tag.WIDTH, 0), self._number(tag.HEIGHT, 0)
        if self.width < 1 or self.height < 1:
            raise DamagedPhoto("the file is damaged: it says that its picture has no size")
        self._per_pixel = self._number(tag.SAMPLES, 1)
        bits = tags.get(tag.BITS, (1,))
        self._bits = int(bits[0])
        self._kind = self._number(tag.SAMPLE_FORMAT, _UNSIGNED)
        self._compression = self._number(tag.COMPRESSION, _NONE)
        self._apart = self._number(tag.PLANAR, 1) == 2 and self._per_pixel > 1
        self._predictor = self._number(tag.PREDICTOR, 1)
        unknown = (
            self._compression not in {_NONE, _ZIP, _OLD_ZIP, _LZMA, *_BY_LIBTIFF}
            or len(set(bits)) > 1 or not 1 <= self._per_pixel <= _MOST_SAMPLES or self._number(tag.FILL_ORDER, 1) != 1
            or self._predictor not in (1, 2, 3) or self._type() is None
        )  # fmt: skip
        if unknown:
            raise UnsupportedPhoto(_NOT_YET)
        check_pixels(self.width * max(1, self._bits // 8 * self._per_pixel // 4), self.height)

    @property
    def is_deep(self) -> bool:
        """Whether its samples have more than the 8 bits that are shown."""
        return self._bits > 8

    def _number(self, which: int, otherwise: int) -> int:
        return int(self._tags.get(which, (otherwise,))[0])

    def _type(self) -> np.dtype[np.generic] | None:
        """NumPy's type of one sample as it is stored; of samples that are no whole bytes, as they
        are unpacked."""
        if self._kind == _FLOAT:
            return (
                np.dtype(f"{self._order}f{self._bits // 8}") if self._bits in (16, 32, 64) else None
            )
        if self._kind not in (_UNSIGNED, _SIGNED):
            return None
        if self._bits in (8, 16, 32, 64):
            return np.dtype(f"{self._order}{'iu'[self._kind == _UNSIGNED]}{self._bits // 8}")
        return np.dtype(np.uint32) if self._kind == _UNSIGNED and self._bits <= 32 else None

    def samples(self) -> Samples:
        """Of shape (height, width, samples per pixel)."""
        kind = self._type()
        assert kind is not None  # noqa: S101  checked when it was made
        found = np.zeros((self.height, self.width, self._per_pixel), kind.newbyteorder("="))
        tiled = tag.TILE_OFFSETS in self._tags
        wide = self._number(tag.TILE_WIDTH, self.width) if tiled else self.width
        high = (
            self._number(tag.TILE_HEIGHT, self.height)
            if tiled
            else min(self._number(tag.ROWS_PER_STRIP, self.height), self.height)
        )
        if wide < 1 or high < 1:
            raise DamagedPhoto(_TORN)
        across, down = -(-self.width // wide), -(-self.height // high)
        pieces = list(tag.pixel_data_spans(self._tags))
        planes = self._per_pixel if self._apart else 1
        if len(pieces) < across * down * planes:
            raise DamagedPhoto(CUT_OFF)
        for number in range(across * down * planes):
            plane, place = divmod(number, across * down)
            top, left = place // across * high, place % across * wide
            rows = high if tiled else min(high, self.height - top)
            piece = self._piece(*pieces[number], rows, wide, 1 if self._apart else self._per_pixel)
            piece = piece[: self.height - top, : self.width - left]
            channels = slice(plane, plane + 1) if self._apart else slice(None)
            found[top : top + rows, left : left + wide, channels] = piece
        return found

    def _piece(self, offset: int, size: int, rows: int, wide: int, per_pixel: int) -> Samples:
        row_bytes = -(-wide * per_pixel * self._bits // 8)
        if offset + size > len(self._data):
            raise DamagedPhoto(CUT_OFF)
        raw = self._unpacked(self._data[offset : offset + size], rows, row_bytes)
        if len(raw) < rows * row_bytes:
            raise DamagedPhoto(CUT_OFF if self._compression == _NONE else _TORN)
        table = np.frombuffer(raw, np.uint8, rows * row_bytes).reshape(rows, row_bytes)
        shape = (rows, wide, per_pixel)
        if self._bits % 8 or self._bits == 24:
            return _predicted(
                _from_bits(table, self._bits, wide * per_pixel).reshape(shape), self._predictor
            )
        kind = self._type()
        assert kind is not None  # noqa: S101  checked when it was made
        if self._predictor == 3:
            return _float_predicted(table, kind.itemsize, per_pixel).reshape(shape)
        values = table.reshape(-1).view(kind).reshape(shape)
        return _predicted(values.astype(kind.newbyteorder("=")), self._predictor)

    def _unpacked(self, packed: bytes, rows: int, row_bytes: int) -> bytes:
        try:
            if self._compression in (_ZIP, _OLD_ZIP):
                return zlib.decompressobj().decompress(packed, rows * row_bytes)
            if self._compression == _LZMA:
                return lzma.LZMADecompressor().decompress(packed, rows * row_bytes)
            if self._compression in _BY_LIBTIFF:
                return _by_libtiff(packed, self._compression, rows, row_bytes)
        except (zlib.error, lzma.LZMAError, OSError):
            raise DamagedPhoto(_TORN) from None
        return packed


def _by_libtiff(packed: bytes, compression: int, rows: int, row_bytes: int) -> bytes:
    """Unpack a strip by having libtiff read a TIFF whose pixels are its bytes. Raises OSError."""
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
    """Samples that are no whole bytes, packed with the highest bit first, one row after another."""
    found = np.zeros((len(table), count), np.uint32)
    for number, row in enumerate(table):
        each = np.unpackbits(row)[: count * bits].reshape(count, bits)
        for bit in range(bits):
            found[number] = (found[number] << 1) | each[:, bit]
    return found


def _predicted(values: Samples, predictor: int) -> Samples:
    """Undo horizontal differencing, in which each sample is kept as the difference from the one to
    its left."""
    return np.cumsum(values, axis=1, dtype=values.dtype) if predictor == 2 else values


def _float_predicted(table: npt.NDArray[np.uint8], size: int, per_pixel: int) -> Samples:
    """Undo the floating point predictor: differences of bytes, the highest bytes of a row's samples
    first, then the next."""
    rows, row_bytes = table.shape
    summed = np.cumsum(table.reshape(rows, -1, per_pixel), axis=1, dtype=np.uint8).reshape(
        rows, size, row_bytes // size
    )
    return np.ascontiguousarray(summed.transpose(0, 2, 1)).view(f">f{size}").astype(f"f{size}")


def _image(samples: Samples, tags: Tags) -> Image.Image:
    photometric = int(tags.get(tag.PHOTOMETRIC, (-1,))[0])
    colours = _COLOURS.get(photometric, 0)
    per_pixel = samples.shape[2]
    if (
        not colours
        or per_pixel < colours
        or (photometric == 6 and tags.get(tag.YCBCR_SUBSAMPLING, (2, 2)) != (1, 1))
    ):
        raise UnsupportedPhoto(_NOT_YET)
    extra = tags.get(tag.EXTRA_SAMPLES, ())
    transparent = per_pixel > colours and bool(extra) and extra[0] in (1, 2)
    if photometric == 3:
        return _of_palette(samples[:, :, 0], tags)
    if samples.dtype.kind == "f" and photometric in (1, 2) and not transparent:
        return _of_floats(samples[:, :, :colours])
    bits = int(tags.get(tag.BITS, (1,))[0])
    small = (
        _of_lab(samples[:, :, :3], bits)
        if photometric == 8
        else _to_bytes(samples[:, :, :colours], bits)
    )
    if photometric == 0:
        small = 255 - small
    if photometric in {8, 9}:
        return Image.merge(
            "LAB", [Image.fromarray(np.ascontiguousarray(small[:, :, i])) for i in range(3)]
        )
    alpha = _to_bytes(samples[:, :, colours : colours + 1], bits) if transparent else None
    mode = {1: "L", 3: "YCbCr" if photometric == 6 else "RGB", 4: "CMYK"}[colours]
    if alpha is not None and mode == "CMYK":
        # No ink where nothing is: white paper.
        small = (small * (alpha / 255.0) + 0.5).astype(np.uint8) if extra[0] == 2 else small
    elif alpha is not None and mode != "YCbCr":
        if extra[0] == 1:
            # Colours that are multiplied by how much of them is there already.
            small = np.minimum(255.0, small * 255.0 / np.maximum(alpha, 1)).astype(np.uint8)
        small, mode = np.concatenate([small, alpha], axis=2), "LA" if colours == 1 else "RGBA"
    height, width = small.shape[:2]
    return Image.frombytes(mode, (width, height), np.ascontiguousarray(small).tobytes())


def _to_bytes(samples: Samples, bits: int) -> npt.NDArray[np.uint8]:
    """Samples of any kind in 8 bits. More than 16 bits are used as far as the brightest sample
    goes; nothing is below 0."""
    if samples.dtype.kind == "f":
        return (np.nan_to_num(samples.astype(np.float64), nan=0.0).clip(0, 1) * 255 + 0.5).astype(
            np.uint8
        )
    values = (
        samples.astype(np.uint64)
        if samples.dtype.kind == "u"
        else samples.clip(0).astype(np.uint64)
    )
    used = bits - (samples.dtype.kind == "i")
    if bits > 16:
        used = max(16, int(values.max(initial=0)).bit_length())
    if used < 8:
        return (values * 255 // ((1 << used) - 1)).astype(np.uint8)
    return (values >> np.uint64(used - 8)).astype(np.uint8)


def _of_lab(samples: Samples, bits: int) -> npt.NDArray[np.uint8]:
    """CIE L*a*b*, whose a and b are signed, as Pillow has it: both moved up by 128."""
    if bits not in (8, 16) or samples.dtype.kind == "f":
        raise UnsupportedPhoto(_NOT_YET)
    high = (samples.astype(np.int64) & ((1 << bits) - 1)) >> (bits - 8)
    high[:, :, 1:] ^= 128
    return high.astype(np.uint8)


def _of_palette(indices: Samples, tags: Tags) -> Image.Image:
    colours = tags.get(tag.COLOR_MAP, ())
    if len(colours) < 3 or _beyond(indices, len(colours) // 3):
        raise UnsupportedPhoto(_NOT_YET)
    palette = (
        (np.array(colours[: len(colours) // 3 * 3], np.uint32) >> 8)
        .astype(np.uint8)
        .reshape(3, -1)
        .T
    )
    return Image.fromarray(palette[indices.astype(np.int64)])


def _beyond(indices: Samples, number: int) -> bool:
    """Whether an index lies outside of a palette of so many colours."""
    return indices.dtype.kind != "u" or int(indices.max(initial=0)) >= number


def _of_floats(samples: Samples) -> Image.Image:
    """Grey stays floats, for `colour.to_rgb`. Colours between 0 and 1 are what 8 bits would hold;
    brighter ones are linear light."""
    from explorer.photos.color.hdr import scene_to_srgb

    values = np.nan_to_num(samples.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    if values.shape[2] == 1:
        return Image.fromarray(np.ascontiguousarray(values[:, :, 0]))
    if float(values.max(initial=0)) > 1.0:
        return Image.fromarray(scene_to_srgb(values))
    return Image.fromarray((values.clip(0, 1) * 255 + 0.5).astype(np.uint8))
