"""Read JPEG XL files (ISO/IEC 18181): the pixels, with libjxl, and the boxes around them."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from explorer.errors import DamagedPhoto, PhotoError, UnsupportedPhoto
from explorer.photos.containers.isobmff import box_header
from explorer.photos.limits import check_pixels
from explorer.photos.orientation import upright_xmp
from explorer.photos.readers.jxl_header import CONTAINER, SIGNATURE, JxlHeader, read_header
from explorer.photos.readers.tiff_parser import TiffParser, is_tiff

_CODESTREAM, _PARTIAL_CODESTREAM = b"jxlc", b"jxlp"
_JPEG_DATA, _PACKED = b"jbrd", b"brob"
_ORIENTATION = 274
_CUT_OFF = "the file is damaged or truncated: it ends before its picture does"
_UNDECODABLE = (
    "its JPEG XL data cannot be decoded: the file is truncated or damaged, or was written by a"
    " newer program"
)


class JxlBox(NamedTuple):
    """The offsets of a box in a JPEG XL container."""

    kind: bytes
    start: int
    body: int
    """The offset of its content."""
    end: int
    """The offset just after its content; beyond the end of a truncated file."""


def boxes(data: bytes) -> Iterator[JxlBox]:
    """The boxes of a container, up to the first bytes that do not form one. A bare codestream has
    none."""
    start = 0 if data.startswith(CONTAINER) else len(data)
    while start + 8 <= len(data):
        kind, size, body = box_header(data, start, len(data))
        # A box of type `ftyp` begins another media file, which was appended.
        if (
            size < body - start
            or not kind.isascii()
            or (kind == b"ftyp" and start > len(CONTAINER))
        ):
            return
        yield JxlBox(kind, start, body, start + size)
        start += size


def header_of(data: bytes) -> JxlHeader:
    """The header of the picture. Raises ValueError if it cannot be read."""
    if data.startswith(SIGNATURE):
        return read_header(data)
    codestream = bytearray()
    for box in boxes(data):
        if box.kind == _CODESTREAM:
            return read_header(data[box.body : box.end])
        if box.kind == _PARTIAL_CODESTREAM:
            # Each part begins with its number.
            codestream += data[box.body + 4 : box.end]
    return read_header(bytes(codestream))


def read(data: bytes) -> Image.Image:
    """The first frame of a JPEG XL file, upright, with 8 bits per sample, in mode L, RGB or RGBA.

    Its EXIF data, XMP and color space are in `info`. The orientation has been applied, so those in
    the EXIF data and XMP are set to 1. Raises DamagedPhoto, UnsupportedPhoto or OversizedPhoto.
    """
    try:
        header = header_of(data)
        check_pixels(*picture_size(data))
        pixels, metadata = _decode(data)
        if header.animated:
            # With the metadata, the decoder returns the last frame.
            pixels = _decoder().decode(data)
    except (RuntimeError, ValueError) as error:
        raise _decode_error(data) from error
    made = Image.fromarray(np.ascontiguousarray(pixels))
    made.format = "JXL"
    if exif := metadata.get("exif"):
        made.info["exif"] = b"Exif\0\0" + _set_upright(exif.removeprefix(b"Exif\0\0"))
    if xmp := metadata.get("xmp"):
        made.info["xmp"] = upright_xmp(xmp)
    if profile := metadata.get("icc"):
        made.info["icc_profile"] = profile
    elif header.cicp:
        made.info["cicp"] = header.cicp
    if header.bits > 8:
        made.info["high_bit_depth"] = True
    return made


def picture_size(data: bytes) -> tuple[int, int]:
    """Width and height of the upright picture in pixels. Raises RuntimeError."""
    import pylibjxl

    facts = pylibjxl.probe(data)
    return int(facts["width"]), int(facts["height"])


def ends_with_picture(data: bytes) -> bool:
    """Whether a bare codestream needs its last byte, which means that nothing is appended to it."""
    try:
        _decode(data[:-1])
    except RuntimeError:
        return True
    return False


def restored_jpeg(data: bytes) -> bytes | None:
    """The JPEG file from which this file was losslessly transcoded; None if it was not made from
    one. Raises RuntimeError if it cannot be restored."""
    if not any(kind_of(data, box) == _JPEG_DATA for box in boxes(data)):
        return None
    import pylibjxl

    return bytes(pylibjxl.jxl_to_jpeg(data))


def kind_of(data: bytes, box: JxlBox) -> bytes:
    """The type of a box, or of the one that it contains in compressed form."""
    return data[box.body : box.body + 4] if box.kind == _PACKED else box.kind


def _decode(data: bytes) -> tuple[Any, dict[str, bytes]]:
    """Pixels, uint8 of shape (height, width) or (height, width, channels), and the metadata, whose
    keys are among exif, xmp and icc. Raises RuntimeError."""
    pixels, metadata = _decoder().decode(data, metadata=True)
    return pixels, metadata


@functools.cache
def _decoder() -> Any:
    import pylibjxl

    # One thread, because there are several decode processes.
    return pylibjxl.JXL(threads=1, pool_size=1)


def _decode_error(data: bytes) -> PhotoError:
    """The error for a file that begins like JPEG XL but cannot be decoded. Only a box that ends
    beyond the file proves damage, because a bare codestream does not state its length."""
    cut_off = any(box.end > len(data) for box in boxes(data))
    return DamagedPhoto(_CUT_OFF) if cut_off else UnsupportedPhoto(_UNDECODABLE)


def _set_upright(exif: bytes) -> bytes:
    """EXIF data (a TIFF directory) with its orientation set to 1. The codestream's orientation
    takes precedence, and the decoder has applied it."""
    if not is_tiff(exif):
        return exif
    try:
        parser = TiffParser(exif)
        field = parser.directory(parser.first_offset()).fields.get(_ORIENTATION)
    except ValueError:
        return exif
    if field is None or field.type != 3 or field.value_count != 1 or field.end > len(exif):
        return exif
    upright = (1).to_bytes(2, "little" if exif[:2] == b"II" else "big")
    return exif[: field.offset] + upright + exif[field.end :]
