"""Read the header of a JPEG XL codestream: bit depth, color space, extra channels, animation
(ISO/IEC 18181-1, annexes D and E). The decoder passes these on only in part."""

from __future__ import annotations

from typing import NamedTuple

SIGNATURE = b"\xff\x0a"
CONTAINER = b"\0\0\0\x0cJXL \r\n\x87\n"
# A picture's header is shorter, unless its extra channels have very long names.
_MAX_BYTES = 1 << 16
_ALPHA, _SPOT_COLOR, _COLOR_FILTER = 0, 2, 5
_XYB, _GRAY = 2, 1
_CUSTOM = 2
# Enumerated values equal to the code points of ITU-T H.273, except for P3, which has one value for
# both of its white points.
_P3, _DCI_WHITE, _CICP_DISPLAY_P3 = 11, 11, 12
_SRGB = (1, 13)
# The four encodings of an integer (U32 in the standard): (constant, number of bits).
_Distribution = tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]
_SIZE: _Distribution = ((1, 9), (1, 13), (1, 18), (1, 30))
_ENUM: _Distribution = ((0, 0), (1, 0), (2, 4), (18, 6))
_COORDINATE: _Distribution = ((0, 19), (524288, 19), (1048576, 20), (2097152, 21))


class JxlHeader(NamedTuple):
    """What the header says about the picture."""

    bits: int = 8
    """Bits per sample of the colors, as stored."""
    cicp: tuple[int, int] | None = _SRGB
    """Color primaries and transfer characteristics (ITU-T H.273); None if an ICC profile or a
    custom space applies."""
    animated: bool = False
    """Whether it may have several frames."""
    other_channels: bool = False
    """Whether it has channels other than the colors and one alpha channel."""


class _BitReader:
    """Reads bits, the least significant of each byte first."""

    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data, "little"), 8 * len(data)

    def bits(self, count: int) -> int:
        """An unsigned integer of `count` bits. Raises ValueError at the end of the data."""
        if count > self._left:
            raise ValueError("the header ends early")
        found = self._value & ((1 << count) - 1)
        self._value >>= count
        self._left -= count
        return found

    def flag(self) -> bool:
        return bool(self.bits(1))

    def number(self, distributions: _Distribution) -> int:
        constant, count = distributions[self.bits(2)]
        return constant + self.bits(count)


def is_jxl(data: bytes) -> bool:
    """Whether these bytes begin like a JPEG XL file: a container or a bare codestream."""
    return data.startswith((SIGNATURE, CONTAINER))


def read_header(codestream: bytes) -> JxlHeader:
    """The header at the start of a codestream, which may continue. Raises ValueError."""
    if not codestream.startswith(SIGNATURE):
        raise ValueError("not a JPEG XL codestream")
    reader = _BitReader(codestream[len(SIGNATURE) : _MAX_BYTES])
    _skip_size(reader)
    if reader.flag():
        return JxlHeader()
    animated = _skip_extra_fields(reader) if reader.flag() else False
    bits = _bit_depth(reader)
    # Whether 16 bits suffice for intermediate values.
    reader.flag()
    channels = [_channel_type(reader) for _ in range(_channel_count(reader))]
    # Whether the colors are stored as XYB.
    reader.flag()
    return JxlHeader(bits, _color_encoding(reader), animated, channels not in ([], [_ALPHA]))


def _skip_size(reader: _BitReader) -> None:
    small = reader.flag()

    def side() -> None:
        if small:
            reader.bits(5)
        else:
            reader.number(_SIZE)

    side()
    # Without an aspect ratio, the width follows.
    if reader.bits(3) == 0:
        side()


def _skip_preview_size(reader: _BitReader) -> None:
    small = reader.flag()

    def side() -> None:
        reader.number(
            ((16, 0), (32, 0), (1, 5), (33, 9))
            if small
            else ((1, 6), (65, 8), (321, 10), (1345, 12))
        )

    side()
    if reader.bits(3) == 0:
        side()


def _skip_extra_fields(reader: _BitReader) -> bool:
    """Skip the optional fields. Returns whether the picture is animated."""
    # The orientation, which the decoder applies.
    reader.bits(3)
    if reader.flag():
        _skip_size(reader)
    if reader.flag():
        _skip_preview_size(reader)
    if not reader.flag():
        return False
    reader.number(((100, 0), (1000, 0), (1, 10), (1, 30)))
    reader.number(((1, 0), (1001, 0), (1, 8), (1, 10)))
    reader.number(((0, 0), (0, 3), (0, 16), (0, 32)))
    reader.flag()
    return True


def _bit_depth(reader: _BitReader) -> int:
    if not reader.flag():
        return reader.number(((8, 0), (10, 0), (12, 0), (1, 6)))
    # Floating point: the number of exponent bits follows.
    bits = reader.number(((32, 0), (16, 0), (24, 0), (1, 6)))
    reader.bits(4)
    return bits


def _channel_count(reader: _BitReader) -> int:
    return reader.number(((0, 0), (1, 0), (2, 4), (1, 12)))


def _channel_type(reader: _BitReader) -> int:
    if reader.flag():
        return _ALPHA
    kind = reader.number(_ENUM)
    _bit_depth(reader)
    # Its subsampling, and its name.
    reader.number(((0, 0), (3, 0), (4, 0), (1, 3)))
    reader.bits(8 * reader.number(((0, 0), (0, 4), (16, 5), (48, 10))))
    if kind == _ALPHA:
        reader.flag()
    elif kind == _SPOT_COLOR:
        reader.bits(4 * 16)
    elif kind == _COLOR_FILTER:
        reader.number(((1, 0), (0, 2), (3, 4), (19, 8)))
    return kind


def _color_encoding(reader: _BitReader) -> tuple[int, int] | None:
    if reader.flag():
        return _SRGB
    has_profile, space = reader.flag(), reader.number(_ENUM)
    if has_profile or space == _XYB:
        return None
    white = reader.number(_ENUM)
    if white == _CUSTOM:
        _skip_coordinates(reader, 1)
    primaries = _SRGB[0] if space == _GRAY else reader.number(_ENUM)
    if primaries == _CUSTOM:
        _skip_coordinates(reader, 3)
    if reader.flag():
        # A gamma.
        return None
    transfer = reader.number(_ENUM)
    if primaries == _P3 and white != _DCI_WHITE:
        primaries = _CICP_DISPLAY_P3
    return None if primaries == _CUSTOM else (primaries, transfer)


def _skip_coordinates(reader: _BitReader, points: int) -> None:
    for _ in range(2 * points):
        reader.number(_COORDINATE)
