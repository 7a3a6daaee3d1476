"""Measurements that need the whole file, for the few pairs of photos that are nearly equal: the
hash of the pixels at full size, the fraction of the second, the residual of recompression,
differences too small for previews, and whether one is a plain copy of the other."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence

import numpy as np
from PIL import ExifTags, Image

from explorer.errors import DamagedPhoto, PhotoError, UnsupportedPhoto
from explorer.matching.fine_differences import MAX_SIDE, has_fine_differences
from explorer.matching.geometry import Gray
from explorer.matching.plain_copies import plain_copies
from explorer.matching.recompression import RecompressionResidual, recompression_residual
from explorer.photos.color.convert import NEITHER_RGB_NOR_GRAY, color_conversion, to_rgb
from explorer.photos.containers.content_reader import read_contents
from explorer.photos.containers.contents import NOTHING, digest_pieces
from explorer.photos.metadata import orientation
from explorer.photos.orientation import ORIENTATION_TRANSPOSE
from explorer.photos.picture_loader import load_picture, open_picture

# Pillow's modes whose samples have more than 8 bits.
_DEEP_MODES = frozenset({"I", "F"})
# The TIFF tag and the offset in a PNG file that give the number of bits per sample.
_TIFF_BITS_PER_SAMPLE, _PNG_BIT_DEPTH = 258, 24


def pixel_hash(data: bytes) -> bytes:
    """A 16-byte hash that is equal for files with the same pixels and the same other contents.

    Pixels are hashed at full size, upright, in sRGB, with whatever that conversion does not
    preserve: samples of another color space, transparency and bit depth. If part of the file cannot
    be read or compared, its bytes are hashed, too, so that only identical files have the same hash.
    Raises PhotoError for a file that cannot be decoded completely.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            picture = open_picture(data)
            if picture.info.get("high_bit_depth"):
                raise UnsupportedPhoto("its pixels have more bits than can be compared")
            picture.load()
            turn = ORIENTATION_TRANSPOSE.get(orientation(picture))
            pixels, unconverted, reduced = (
                to_rgb(picture, 1),
                _unconverted(picture, turn),
                _is_reduced_to_eight_bits(picture, data),
            )
        except (PhotoError, MemoryError):
            raise
        except Exception as error:
            raise DamagedPhoto("the file is damaged: its picture cannot be decoded") from error
    if turn is not None:
        pixels = pixels.transpose(turn)
    contents = read_contents(data)
    other_contents = b"" if contents == NOTHING else contents.packed().encode()
    uncompared = data if reduced or not contents.complete else b""
    size = b"%d %d" % pixels.size
    return bytes.fromhex(
        digest_pieces(size, pixels.tobytes(), unconverted, other_contents, uncompared)
    )


def _unconverted(picture: Image.Image, turn: Image.Transpose | None) -> bytes:
    """The upright samples, if 8-bit sRGB on a white background does not represent them exactly, and
    what determines their color; b"" if it does.

    A conversion maps different samples to the same values: it clips the colors that sRGB does not
    have.
    """
    conversion = color_conversion(picture)
    upright = picture if turn is None else picture.transpose(turn)
    if _is_deep(upright):
        samples = upright.mode.encode() + upright.tobytes()
    elif upright.has_transparency_data and _is_translucent(upright):
        samples = upright.convert("RGBA").tobytes()
    elif conversion:
        # Gray and indexed samples become RGB without loss.
        is_kept = upright.mode in NEITHER_RGB_NOR_GRAY
        samples = (upright if is_kept else upright.convert("RGB")).tobytes()
    else:
        return b""
    return conversion + samples


def _is_translucent(picture: Image.Image) -> bool:
    """Whether any pixel of a picture with transparency data is not opaque."""
    return picture.convert("RGBA").getchannel("A").getextrema() != (255, 255)


def _is_deep(picture: Image.Image) -> bool:
    """Whether an image has more than 8 bits per sample in Pillow."""
    return picture.mode in _DEEP_MODES or picture.mode.startswith("I;16")


def _is_reduced_to_eight_bits(picture: Image.Image, data: bytes) -> bool:
    """Whether the file has more than 8 bits per sample, which Pillow's color modes reduce to 8."""
    if _is_deep(picture):
        return False
    if picture.format == "TIFF":
        bits = getattr(picture, "tag_v2", {}).get(_TIFF_BITS_PER_SAMPLE, (8,))
        return bool(max(bits, default=8) > 8)
    if picture.format == "PNG":
        return data[_PNG_BIT_DEPTH] > 8
    if picture.format in ("HEIF", "AVIF"):
        return _heif_bit_depth(data) > 8
    return False


def _heif_bit_depth(data: bytes) -> int:
    """The largest bit depth declared for any image in a HEIF or AVIF file.

    All pixel information properties are considered (ISO/IEC 23008-12, 6.5.6: version and flags,
    number of channels, bits of each), because the first one may belong to the thumbnail or the
    alpha channel. Image data that happens to look like one can only raise the depth, which is safe.
    """
    depth, at = 8, data.find(b"pixi") + 8
    while at >= 8:
        depth = max([depth, *data[at + 1 : at + 1 + data[at]]]) if at < len(data) else depth
        at = data.find(b"pixi", at) + 8
    return depth


def read_subsecond(data: bytes) -> str | None:
    """The fraction of the second at which a photo was taken, from EXIF; None if it is not given.

    The digits are returned without trailing zeros, such as “013”; “0” for zero.
    """
    try:
        with Image.open(io.BytesIO(data)) as picture:
            exif = picture.getexif().get_ifd(ExifTags.IFD.Exif)
            digits = str(exif.get(ExifTags.Base.SubsecTimeOriginal, "")).strip("\0 ")
    except Exception:  # noqa: BLE001  a damaged EXIF block may raise anything
        return None
    return digits.rstrip("0") or "0" if digits.isdecimal() else None


def recompression_residual_or_none(one: bytes, other: bytes) -> RecompressionResidual | None:
    """Like `recompression.recompression_residual`, but None for files that cannot be decoded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return recompression_residual(one, other)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  codecs may raise anything
            return None


def fine_differences_or_none(one: bytes, other: bytes, unit: Sequence[float]) -> bool | None:
    """Like `fine_differences.has_fine_differences`, but None for files that cannot be decoded.

    unit: the matrix, row by row.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return has_fine_differences(
                _upright_gray(one), _upright_gray(other), np.reshape(unit, (2, 3))
            )
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  codecs may raise anything
            return None


def plain_copies_or_none(one: bytes, other: bytes, unit: Sequence[float]) -> int | None:
    """Like `plain_copies.plain_copies`, but None for files that cannot be decoded. unit: the
    matrix, row by row."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return plain_copies(one, other, np.reshape(unit, (2, 3)))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  codecs may raise anything
            return None


def _upright_gray(data: bytes) -> Gray:
    """The gray levels of a file at up to `MAX_SIDE` pixels. Raises PhotoError, also if part of the
    picture is missing, and whatever codecs raise."""
    opened = open_picture(data)
    picture, missing = load_picture(opened, data, max(opened.size) / MAX_SIDE)
    if missing is not None:
        raise DamagedPhoto(missing)
    turn = ORIENTATION_TRANSPOSE.get(orientation(picture))
    gray = to_rgb(picture, 1, MAX_SIDE).convert("L")
    return np.asarray(gray if turn is None else gray.transpose(turn))
