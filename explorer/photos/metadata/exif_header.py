"""What the header of a file says of how it was made: by a camera, or by a program that saved it
again."""

from __future__ import annotations

import os
import re
import warnings
from typing import NamedTuple

from PIL import ExifTags, Image

from explorer.errors import PhotoError
from explorer.photos.formats import pillow_formats

# Formats that cameras write, of which the EXIF block is found without decoding the picture.
_CAMERA_FORMATS = frozenset({"JPEG", "MPO", "HEIF", "TIFF"})
_TAG = ExifTags.Base
# In a firmware's version (“Ver.1.10”, “HDR+ 1.0.2”, “G960FXXU2BRJ3”, “NIKON D90 Ver.1.00”) stand
# numbers, the camera's own name and these words; a program has a name of its own.
_OF_FIRMWARE = frozenset({"camera", "digital", "firmware", "version"})
_LEAST_LETTERS = 4


class ExifHeader(NamedTuple):
    """software: the program that says it wrote the file; '' where none does, or only the camera's
    firmware. stated: the picture's size in pixels when its EXIF block was written (EXIF tags
    PixelXDimension and PixelYDimension), None where it does not say."""

    software: str = ""
    stated: tuple[int, int] | None = None


def read_header(path: str | os.PathLike[str]) -> ExifHeader | None:
    """None for what cannot be read, and for formats that no camera writes. The picture is not
    decoded."""
    try:
        with open(path, "rb") as file:
            start = file.read(64)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=pillow_formats(start)) as picture:
                if picture.format not in _CAMERA_FORMATS:
                    return None
                exif = picture.getexif()
                details = exif.get_ifd(ExifTags.IFD.Exif)
    except (OSError, SyntaxError, ValueError, PhotoError):
        return None
    except Exception:  # noqa: BLE001  a broken EXIF block raises whatever it likes, and then says nothing
        return None
    said, own = (
        str(exif.get(_TAG.Software) or ""),
        f"{exif.get(_TAG.Make) or ''} {exif.get(_TAG.Model) or ''}",
    )
    return ExifHeader(said.strip("\0 ") if is_editing_software(said, own) else "", _size(details))


def is_editing_software(software: str, camera: str) -> bool:
    """Whether EXIF's Software tag names a program, and not merely the version of the firmware of
    that camera (make and model)."""
    own = set(_words(camera)) | _OF_FIRMWARE
    return any(
        word.isalpha() and len(word) >= _LEAST_LETTERS and word not in own
        for word in _words(software)
    )


def _words(text: str) -> list[str]:
    return re.split(r"[^\w]+|_", text.lower())


def _size(details: object) -> tuple[int, int] | None:
    width, height = (details.get(tag) for tag in (_TAG.ExifImageWidth, _TAG.ExifImageHeight))  # type: ignore[attr-defined]
    return (
        (width, height)
        if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0
        else None
    )
