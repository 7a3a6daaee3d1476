"""What is asked of the few files that look so much like another that it matters: full-size pixels,
fractions of a second, noise."""

from __future__ import annotations

import io
import warnings

from PIL import ExifTags, Image

from explorer.errors import DamagedPhoto, PhotoError, UnsupportedPhoto
from explorer.matching.recompression import RecompressionResidual, recompression_residual
from explorer.photos.color.convert import to_rgb
from explorer.photos.containers.content_reader import read_contents
from explorer.photos.containers.contents import NOTHING, digest_pieces
from explorer.photos.decode import ORIENTATION_TRANSPOSE, open_picture
from explorer.photos.metadata import orientation

# Modes whose samples have more than 8 bits.
_DEEP = frozenset({"I", "F"})
# Where TIFF and PNG say how many bits a sample has: a tag, and a place in the file.
_BITS_PER_SAMPLE, _PNG_DEPTH = 258, 24


def pixel_hash(data: bytes) -> bytes:
    """16 bytes that are equal for files with the same pixels at full size (upright, in sRGB), as
    transparent, of the same depth, and with the same contents beside (`contents`). Where not all of
    these can be told, only the same bytes are equal.

    Raises PhotoError for what cannot be decoded whole.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            picture = open_picture(data)
            if picture.info.get("high_bit_depth"):
                raise UnsupportedPhoto("its pixels have more bits than are compared")
            picture.load()
            turn = ORIENTATION_TRANSPOSE.get(orientation(picture))
            pixels, hidden, reduced = (
                to_rgb(picture, 1),
                _beyond_rgb(picture, turn),
                _is_reduced_to_eight_bits(picture, data),
            )
        except PhotoError:
            raise
        except MemoryError:
            raise
        except Exception as error:
            raise DamagedPhoto("the file is damaged: its picture cannot be decoded") from error
    if turn is not None:
        pixels = pixels.transpose(turn)
    contents = read_contents(data)
    beside = b"" if contents == NOTHING else contents.packed().encode()
    unseen = data if reduced or not contents.complete else b""
    return bytes.fromhex(
        digest_pieces(b"%d %d" % pixels.size, pixels.tobytes(), hidden, beside, unseen)
    )


def _beyond_rgb(picture: Image.Image, turn: Image.Transpose | None) -> bytes:
    """What a picture has beside its colours in 8 bits: how transparent it is, where it is, and the
    samples of a deeper one."""
    upright = picture if turn is None else picture.transpose(turn)
    if upright.mode in _DEEP or upright.mode.startswith("I;16"):
        return upright.mode.encode() + upright.tobytes()
    if not upright.has_transparency_data:
        return b""
    alpha = upright.convert("RGBA").getchannel("A")
    return b"" if alpha.getextrema() == (255, 255) else alpha.tobytes()


def _is_reduced_to_eight_bits(picture: Image.Image, data: bytes) -> bool:
    """Whether the file has samples of more bits than Pillow gives: its modes of several channels
    have 8."""
    if picture.mode in _DEEP or picture.mode.startswith("I;16"):
        return False
    if picture.format == "TIFF":
        return bool(max(getattr(picture, "tag_v2", {}).get(_BITS_PER_SAMPLE, (8,)), default=8) > 8)
    if picture.format == "PNG":
        return data[_PNG_DEPTH] > 8
    if picture.format in ("HEIF", "AVIF"):
        return _boxed_depth(data) > 8
    return False


def _boxed_depth(data: bytes) -> int:
    """The most bits that any picture of a HEIF or AVIF file says its samples have. The first one
    may be the thumbnail or the transparency.

    The pixel information property (ISO/IEC 23008-12, 6.5.6): version and flags, number of channels,
    bits of each. Bytes of a picture that look like one can only make a file deeper, which is the
    safe side.
    """
    bits, at = 8, data.find(b"pixi") + 8
    while at >= 8:
        bits = max([bits, *data[at + 1 : at + 1 + data[at]]]) if at < len(data) else bits
        at = data.find(b"pixi", at) + 8
    return bits


def read_subsecond(data: bytes) -> str | None:
    """The fraction of the second in which the camera took a photo, as its digits without zeros
    behind (“013”), or None."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            digits = str(
                picture.getexif()
                .get_ifd(ExifTags.IFD.Exif)
                .get(ExifTags.Base.SubsecTimeOriginal, "")
            ).strip("\0 ")
    except Exception:  # noqa: BLE001  a broken EXIF block raises whatever it likes, and says nothing
        return None
    return digits.rstrip("0") or "0" if digits.isdecimal() else None


def recompression_residual_or_none(one: bytes, other: bytes) -> RecompressionResidual | None:
    """`resaving.recompression_residual`, and None for files that cannot be decoded, too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return recompression_residual(one, other)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  codecs raise whatever they like; nothing is said then
            return None
