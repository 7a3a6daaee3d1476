"""Decide whether a file that cannot be decoded is damaged, or just of an unsupported kind.

Each format records where its parts are, and some have checksums. A contradiction proves damage: a
part beyond the end of the file, a wrong checksum, a compressed stream that ends early. Without such
evidence, a file that no decoder can read counts as unsupported.
"""

from __future__ import annotations

import struct
import zlib

from explorer.errors import DamagedPhoto, PhotoError, UnsupportedPhoto
from explorer.photos.containers.jpeg_segments import end_of_scan
from explorer.photos.lost_blocks import LOST_BLOCK, has_lost_block
from explorer.photos.readers import tiff, tiff_page_order, tiff_parser, tiff_tags

_CUT_OFF = "the file is damaged or truncated: it ends before its picture does"
_MALFORMED = "the file is damaged: its header or its structure is invalid"
_CHECKSUM = "the file is damaged: a checksum in it is wrong"
_CORRUPT_STREAM = "the file is damaged: its compressed image data is invalid"
UNSUPPORTED_KIND = "its picture is in an encoding that cannot be read yet"

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Samples per pixel by color type, and the passes of Adam7 as first column, first row, column step
# and row step (PNG 3, sections 11.2 and 8).
_PNG_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
_PIECE = 1 << 20
# The first chunk of PNG files in iOS apps, whose data is compressed in another way.
_APPLE_PNG = b"CgBI"
# The frame of JPEG-LS (ITU-T T.87), whose compressed data has other markers.
_JPEG_LS = 0xF7
# JPEG compression in TIFF files: each strip or tile is a JPEG stream (TIFF Technical Note 2).
_TIFF_JPEG = 7


def decode_error(data: bytes) -> PhotoError:
    """The error for a file that begins like a photo but cannot be decoded: DamagedPhoto if damage
    is proven, else UnsupportedPhoto."""
    reason = find_damage(data)
    return DamagedPhoto(reason) if reason else UnsupportedPhoto(UNSUPPORTED_KIND)


def find_damage(data: bytes) -> str | None:
    """A plain-language reason why an undecodable file is damaged; None if nothing proves that it
    is."""
    for begins, check in _CHECKS:
        if begins(data):
            try:
                return check(data) or (LOST_BLOCK if has_lost_block(data) else None)
            except (struct.error, IndexError):
                return _CUT_OFF
    return None


def png_chunks(data: bytes) -> list[tuple[bytes, int, int]]:
    """The chunks of a PNG file, each as its type and the start and end of its content. The last one
    may extend beyond the end of the file."""
    found, at = list[tuple[bytes, int, int]](), len(PNG_SIGNATURE)
    while at + 8 <= len(data):
        (size,) = struct.unpack_from(">I", data, at)
        kind = data[at + 4 : at + 8]
        found.append((kind, at + 8, at + 8 + size))
        if kind == b"IEND":
            break
        at += 12 + size
    return found


def png_checksum_holds(data: bytes, start: int, end: int) -> bool:
    """Whether the checksum of a chunk is correct. start, end: the offsets of its content."""
    return data[end : end + 4] == struct.pack(">I", zlib.crc32(data[start - 4 : end]))


def _png(data: bytes) -> str | None:
    chunks = png_chunks(data)
    if chunks and chunks[0][0] == _APPLE_PNG:
        return None
    if data[:8] != PNG_SIGNATURE[: len(data)] or (chunks and chunks[0][0] != b"IHDR"):
        return _MALFORMED
    # All critical chunks, whose types begin with a capital letter, must be complete and have
    # correct checksums.
    for kind, start, end in chunks:
        if end + 4 > len(data):
            return _CUT_OFF
        if kind[:1].isupper() and not png_checksum_holds(data, start, end):
            return _CHECKSUM
    if not chunks or chunks[-1][0] != b"IEND":
        return _CUT_OFF
    return _png_stream(data, chunks)


def _png_stream(data: bytes, chunks: list[tuple[bytes, int, int]]) -> str | None:
    width, height, bits, kind, packing, filters, interlaced = struct.unpack_from(
        ">IIBBBBB", data, chunks[0][1]
    )
    if not width or not height:
        return _MALFORMED
    if kind not in _PNG_SAMPLES or packing or filters or interlaced > 1:
        return None
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    wanted = 0
    for left, top, across, down in passes:
        columns, rows = -(-max(0, width - left) // across), -(-max(0, height - top) // down)
        wanted += rows * (1 + -(-columns * bits * _PNG_SAMPLES[kind] // 8)) if columns else 0
    stream, had = zlib.decompressobj(), 0
    try:
        for _, start, end in (chunk for chunk in chunks if chunk[0] == b"IDAT"):
            packed = data[start:end]
            while packed and had < wanted:
                had += len(stream.decompress(packed, _PIECE))
                packed = stream.unconsumed_tail
    except zlib.error:
        return _CORRUPT_STREAM
    return _CUT_OFF if had < wanted else None


def _jpeg(data: bytes) -> str | None:
    """Check the markers up to the end of the picture (ITU-T T.81, annex B).

    Every decoder supports the common kinds of frames, so if one of those cannot be decoded, the
    file is damaged.
    """
    at, known, begun = 2, False, False
    while at < len(data):
        if data[at] != 0xFF:
            return _MALFORMED
        while data[at] == 0xFF:
            at += 1
        marker = data[at]
        at += 1
        if marker == _JPEG_LS:
            return None
        if marker == 0xD9:
            return _CORRUPT_STREAM if known or not begun else None
        if marker in {0, 1} or 208 <= marker <= 216:
            continue
        (size,) = struct.unpack_from(">H", data, at)
        if size < 2:
            return _MALFORMED
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            known = _is_common(marker, data[at + 2 : at + size])
        at += size
        if marker == 0xDA:
            begun = True
            at = end_of_scan(data, at)
    return _CUT_OFF


def _is_common(marker: int, frame: bytes) -> bool:
    """Whether a frame is of a kind that every decoder supports: Huffman coding, 8 bits, 1, 3 or 4
    components, integer sampling ratios."""
    if marker > 0xC2 or len(frame) < 6:
        return False
    precision, number = frame[0], frame[5]
    sampling = [(each >> 4, each & 15) for each in frame[7 : 6 + 3 * number : 3]]
    if precision != 8 or number not in (1, 3, 4) or len(sampling) != number:
        return False
    most = [max(pair[axis] for pair in sampling) for axis in (0, 1)]
    return all(
        pair[axis] and most[axis] <= 4 and most[axis] % pair[axis] == 0
        for pair in sampling
        for axis in (0, 1)
    )


def _gif(data: bytes) -> str | None:
    """Check the blocks up to the trailer (GIF89a, appendix B)."""
    packed, at = data[10], 13
    at += 3 << (packed & 7) + 1 if packed & 0x80 else 0
    while True:
        kind, at = data[at], at + 1
        if kind == 0x3B:
            return None
        if kind == 0x21:
            at += 1
        elif kind == 0x2C:
            packed = data[at + 8]
            at += 9 + (3 << (packed & 7) + 1 if packed & 0x80 else 0) + 1
        else:
            return _MALFORMED
        while size := data[at]:
            at += 1 + size
        at += 1


def _bmp(data: bytes) -> str | None:
    """Check that all uncompressed rows are present. Compressed rows are not checked."""
    (offset, header) = struct.unpack_from("<II", data, 10)
    if header == 12:
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
        packing = 0
    else:
        width, height, _, bits, packing = struct.unpack_from("<iiHHI", data, 18)
    if width < 1 or not height:
        return _MALFORMED
    plain = packing in (0, 3, 6)
    return (
        _CUT_OFF
        if plain and offset + (width * bits + 31) // 32 * 4 * abs(height) > len(data)
        else None
    )


def _webp(data: bytes) -> str | None:
    """Check the chunks of the container against its declared size.

    Every decoder supports both encodings of still pictures, lossy and lossless, so if a chunk of
    either kind cannot be decoded, the file is damaged.
    """
    (size,) = struct.unpack_from("<I", data, 4)
    if size + 8 > len(data):
        return _CUT_OFF
    at, kinds = 12, list[bytes]()
    while at + 8 <= size + 8:
        kind, (length,) = data[at : at + 4], struct.unpack_from("<I", data, at + 4)
        if at + 8 + length > size + 8:
            return _CUT_OFF
        kinds.append(kind)
        if kind == b"VP8 " and data[at + 11 : at + 14] == b"\x9d\x01\x2a":
            return _CORRUPT_STREAM
        if kind == b"VP8L" and data[at + 8] == 0x2F and data[at + 12] >> 5 == 0:
            return _CORRUPT_STREAM
        at += 8 + length + length % 2
    return None if kinds else _MALFORMED


def _tiff(data: bytes) -> str | None:
    try:
        tags = tiff_tags.read_tags(tiff_page_order.full_page_first(data))[0]
    except ValueError:
        return tiff.CUT_OFF
    spans = list(tiff_tags.pixel_data_spans(tags))
    if any(offset + size > len(data) for offset, size in spans):
        return tiff.CUT_OFF
    is_jpeg = tags.get(tiff_tags.COMPRESSION) == (_TIFF_JPEG,) and {8} == set(
        tags.get(tiff_tags.BITS, ())
    )
    if is_jpeg and any(size and not data.startswith(b"\xff\xd8", offset) for offset, size in spans):
        return _CORRUPT_STREAM
    return None


def _boxes(data: bytes) -> str | None:
    """Check the boxes of an ISO media file (ISO/IEC 14496-12, 4.2), but not their content."""
    at, seen = 0, set[bytes]()
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
        elif size == 0:
            size = len(data) - at
        if size < 8:
            # Zeros, or a phone's trailer, after the last box.
            break
        if at + size > len(data) and kind in (b"ftyp", b"meta", b"mdat", b"moov", b"idat"):
            return _CUT_OFF
        seen.add(kind)
        at += size
    return None if b"meta" in seen or b"moov" in seen else _CUT_OFF


_CHECKS = (
    (lambda data: data.startswith(b"\x89PNG"), _png),
    (lambda data: data.startswith(b"\xff\xd8\xff"), _jpeg),
    (lambda data: data.startswith(b"GIF8"), _gif),
    (lambda data: data.startswith(b"BM"), _bmp),
    (lambda data: data.startswith(b"RIFF") and data[8:12] == b"WEBP", _webp),
    (tiff_parser.is_tiff, _tiff),
    (lambda data: data[4:8] == b"ftyp", _boxes),
)
