"""Read from a file's EXIF header whether a camera wrote the file or a program saved it again."""

from __future__ import annotations

import os
import re
import warnings
from typing import NamedTuple

from PIL import ExifTags, Image

from explorer.errors import PhotoError
from explorer.photos.file_io import is_here
from explorer.photos.formats import pillow_formats
from explorer.systems import file_calls

# Formats that cameras write, and whose EXIF block can be read without decoding the picture.
_CAMERA_FORMATS = frozenset({"JPEG", "MPO", "HEIF", "TIFF"})
_TAG = ExifTags.Base
# A firmware version (“Ver.1.10”, “HDR+ 1.0.2”, “G960FXXU2BRJ3”, “NIKON D90 Ver.1.00”) consists of
# numbers, the camera's name and these words. A program has other words in its name.
_FIRMWARE_WORDS = frozenset({"camera", "digital", "firmware", "version"})
_MIN_NAME_LENGTH = 4


class ExifHeader(NamedTuple):
    """What a file's EXIF header says about its origin."""

    software: str = ""
    """The program that wrote the file; '' if none is named, or only the camera's firmware."""
    recorded_size: tuple[int, int] | None = None
    """Width and height in pixels when the EXIF block was written (tags PixelXDimension and
    PixelYDimension); None if not given."""


def read_header(path: str | os.PathLike[str]) -> ExifHeader | None:
    """Read the header of a file without decoding its picture; None if it cannot be read, if reading
    would download it from a cloud service, or if cameras do not write its format."""
    if not is_here(path):
        return None
    try:
        with warnings.catch_warnings(), file_calls.open_binary(path) as file:
            warnings.simplefilter("ignore")
            start = file.read(64)
            file.seek(0)
            with Image.open(file, formats=pillow_formats(start)) as picture:
                if picture.format not in _CAMERA_FORMATS:
                    return None
                exif = picture.getexif()
                details = exif.get_ifd(ExifTags.IFD.Exif)
    except (OSError, SyntaxError, ValueError, PhotoError):
        return None
    except Exception:  # noqa: BLE001  a broken EXIF block may raise anything
        return None
    said, own = (
        str(exif.get(_TAG.Software) or ""),
        f"{exif.get(_TAG.Make) or ''} {exif.get(_TAG.Model) or ''}",
    )
    return ExifHeader(said.strip("\0 ") if is_editing_software(said, own) else "", _size(details))


def is_editing_software(software: str, camera: str) -> bool:
    """Whether EXIF's Software tag names a program rather than the camera's firmware version.

    camera: the make and model.
    """
    own = set(_words(camera)) | _FIRMWARE_WORDS
    return any(
        word.isalpha() and len(word) >= _MIN_NAME_LENGTH and word not in own
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
