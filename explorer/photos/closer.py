"""What is asked of the few files that look so much like another that it matters: full-size pixels, fractions of a second, noise."""

from __future__ import annotations

import hashlib
import io
import warnings

from PIL import ExifTags, Image

from explorer.errors import DamagedPhoto, PhotoError, UnsupportedPhoto
from explorer.photos import decode as decoding
from explorer.photos.colour import to_rgb
from explorer.photos.metadata import orientation
from explorer.photos.resaving import Left, left_over


def pixel_hash(data: bytes) -> bytes:
    """16 bytes that are equal for pictures with the same pixels at full size: upright, in sRGB, transparent parts white.

    Raises PhotoError for what cannot be decoded whole.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            picture = decoding._open(data)
            if picture.info.get("deeper"):
                raise UnsupportedPhoto("its pixels have more bits than are compared")
            picture.load()
            turn = decoding._TURN.get(orientation(picture))
            pixels = to_rgb(picture, 1)
        except PhotoError:
            raise
        except MemoryError:
            raise
        except Exception as error:
            raise DamagedPhoto("the file is damaged: its picture cannot be decoded") from error
    if turn is not None:
        pixels = pixels.transpose(turn)
    return hashlib.blake2b(pixels.tobytes(), digest_size=16, salt=b"%d,%d" % pixels.size).digest()


def fraction(data: bytes) -> str | None:
    """The fraction of the second in which the camera took a photo, as its digits without zeros behind (“013”), or None."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            digits = str(picture.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.SubsecTimeOriginal, "")).strip("\0 ")
    except Exception:  # noqa: BLE001  a broken EXIF block raises whatever it likes, and says nothing
        return None
    return digits.rstrip("0") or "0" if digits.isdecimal() else None


def left_beside(one: bytes, other: bytes) -> Left | None:
    """`resaving.left_over`, and None for files that cannot be decoded, too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return left_over(one, other)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  codecs raise whatever they like; nothing is said then
            return None
