"""Open and load pictures: with Pillow, or with the readers for files that Pillow cannot read."""

from __future__ import annotations

import contextlib
import io
import struct

from PIL import Image, ImageFile

from explorer.errors import DamagedPhoto, PhotoError, UnsupportedPhoto
from explorer.photos.color.cicp import read_cicp
from explorer.photos.color.high_bit_depth import to_srgb_from_16_bits
from explorer.photos.damage import decode_error
from explorer.photos.formats import (
    READS_RAW,
    has_photo_signature,
    pillow_formats,
    unrecognized_error,
)
from explorer.photos.limits import check_pixels
from explorer.photos.lost_blocks import LOST_BLOCK, has_lost_block
from explorer.photos.orientation import upright_xmp
from explorer.photos.readers import jxl, tiff
from explorer.photos.readers.jpeg_end import lacks_only_end_marker, with_end_marker
from explorer.photos.readers.jxl_header import is_jxl
from explorer.photos.readers.png import allow_long_texts, png_without_texts
from explorer.photos.readers.raw import RawPicture
from explorer.photos.readers.raw_format import RAW_REASON, raw_format
from explorer.photos.readers.tiff_page_order import full_page_first
from explorer.photos.readers.tiff_parser import is_tiff

# The exceptions that Pillow's decoders raise for truncated or meaningless data.
_DECODER_ERRORS = (OSError, SyntaxError, ValueError, IndexError, EOFError, struct.error)
# Formats whose encodings Pillow supports completely: if decoding fails, the file is incomplete.
_FULLY_SUPPORTED = ("GIF", "BMP", "DIB")
# TIFF tags that a directory with EXIF data has: the camera's maker, a date, the EXIF directory.
_DATED_BY = frozenset({271, 306, 34665})

# Replaced by a limit based on the free memory (`limits`), which is checked before decoding.
Image.MAX_IMAGE_PIXELS = None


def open_picture(data: bytes) -> Image.Image:
    """Open a photo without decoding its pixels. Raises PhotoError."""
    if raw_format(data):
        if READS_RAW:
            return RawPicture(data)
        raise UnsupportedPhoto(RAW_REASON)
    if not data.lstrip(b"\0") or not has_photo_signature(data):
        raise unrecognized_error(data)
    if is_jxl(data):
        return jxl.read(data)
    linked = full_page_first(data)
    picture = _open_first(linked)
    if linked is not data and not _DATED_BY.intersection(getattr(picture, "tag_v2", ())):
        # Only the directory of the reduced picture has EXIF data.
        picture.info["exif"] = b"Exif\0\0" + data
    return picture


def _open_first(data: bytes) -> Image.Image:
    """Open the first picture of a file that is neither RAW nor JPEG XL. Raises PhotoError."""
    allow_long_texts()
    try:
        picture = Image.open(io.BytesIO(data), formats=pillow_formats(data))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  other readers may succeed where Pillow fails in any way
        return _open_without_pillow(data)
    check_pixels(*picture.size)
    if picture.format == "AVIF" and isinstance(packet := picture.info.get("xmp"), bytes):
        # The file's own rotation takes precedence. Pillow has added it to the EXIF data.
        picture.info["xmp"] = upright_xmp(packet)
    if tiff.is_misread_by_pillow(picture):
        with contextlib.suppress(UnsupportedPhoto):
            return tiff.read(data)
    if cicp := read_cicp(data):
        picture.info.setdefault("cicp", cicp)
    return to_srgb_from_16_bits(picture, data) or picture


def _open_without_pillow(data: bytes) -> Image.Image:
    """Open a picture that Pillow rejects: a TIFF with our own reader, a PNG without its texts.

    Raises PhotoError with the reason if that fails, too.
    """
    if is_tiff(data):
        try:
            return tiff.read(full_page_first(data))
        except UnsupportedPhoto:
            raise decode_error(data) from None
    plain = png_without_texts(data)
    if plain is None:
        raise decode_error(data)
    try:
        picture = Image.open(io.BytesIO(plain), formats=("PNG",))
        check_pixels(*picture.size)
        # Readers of the metadata must know that some of it is missing.
        picture.info["texts_dropped"] = True
        if cicp := read_cicp(plain):
            picture.info.setdefault("cicp", cicp)
        return picture
    except _DECODER_ERRORS:
        raise decode_error(data) from None


def load_picture(
    picture: Image.Image, data: bytes, reduction: float
) -> tuple[Image.Image, str | None]:
    """Decode the pixels of an opened picture. Returns it, and the reason if part of it is missing.

    data: the bytes of its file. reduction: the factor by which a JPEG or a RAW file may be reduced
    while it is decoded. The missing part of a damaged photo is gray or black. Raises PhotoError if
    nothing can be decoded.
    """
    if isinstance(picture, RawPicture):
        return picture, picture.load_reduced(reduction)
    try:
        _load(picture, reduction)
    except _DECODER_ERRORS:
        return _load_damaged(data, reduction)
    return picture, LOST_BLOCK if has_lost_block(data) else None


def _load(picture: Image.Image, reduction: float) -> None:
    """Decode the pixels. A JPEG is decoded at 1/2, 1/4 or 1/8 of its size if the reduction allows
    it."""
    if picture.format in ("JPEG", "MPO") and reduction >= 2:
        width, height = (int(-(-side // reduction)) for side in picture.size)
        picture.draft(None, (width, height))
    picture.load()
    if picture.format in ("BMP", "DIB") and _is_invisible(picture):
        # Programs that do not know transparency leave the fourth byte of every pixel at 0.
        picture.putalpha(255)


def _is_invisible(picture: Image.Image) -> bool:
    """Whether every pixel of a loaded picture is transparent."""
    return picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (0, 0)


def _load_damaged(data: bytes, reduction: float) -> tuple[Image.Image, str | None]:
    """Load a picture that Pillow opens but cannot decode.

    Returns the whole picture and None if another reader can decode it; else the picture with the
    missing part gray or black, and the reason. Raises PhotoError.
    """
    try:
        whole = _open_without_pillow(data)
        whole.load()
        return whole, None
    except DamagedPhoto as error:
        failure: PhotoError = error
    except (PhotoError, *_DECODER_ERRORS):
        failure = decode_error(data)
    if lacks_only_end_marker(data):
        picture = open_picture(with_end_marker(data))
        _load(picture, reduction)
        # With restart markers, what follows a lost block decodes to the same, whatever it is.
        return picture, LOST_BLOCK if has_lost_block(data) else None
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        picture = open_picture(data)
        _load(picture, reduction)
    except _DECODER_ERRORS:
        raise failure from None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    if not isinstance(failure, DamagedPhoto) and picture.format not in _FULLY_SUPPORTED:
        raise failure
    return picture, "the file is truncated or damaged: part of the picture is missing"
