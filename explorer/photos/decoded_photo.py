"""The result of decoding a photo: its metadata, and what is derived from its pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

TakenSource = Literal["exif", "gps", "name", "file", "user", "sidecar", "takeout"]
"""The source of a capture date. `exif` stands for EXIF, IPTC and XMP in the file; `user` for a date
that the user set in the library; `sidecar` and `takeout` for files beside the photo."""
Precision = Literal["year", "month", "day", "minute", "second"]
"""How much of a date is known. The rest is padded: month and day with 01, the time with 00."""
METADATA_VERSION = 2
"""Incremented when more metadata is read, so that photos indexed earlier are read again."""


@dataclass(frozen=True)
class Metadata:
    """The metadata of a photo as it is indexed; None for unknown values."""

    taken_at: str | None = None
    """`YYYY-MM-DDTHH:MM:SS` by the camera's clock, known up to `taken_precision`."""
    taken_source: TakenSource | None = None
    latitude: float | None = None
    """Degrees, -90 to 90."""
    longitude: float | None = None
    """Degrees, -180 to 180."""
    camera: str | None = None
    lens: str | None = None
    exposure_time: float | None = None
    """Seconds."""
    f_number: float | None = None
    iso: float | None = None
    focal_length: float | None = None
    """Millimeters."""
    taken_precision: Precision | None = None
    title: str | None = None
    description: str | None = None
    """The caption, on one line."""
    keywords: tuple[str, ...] = ()
    """Without duplicates."""
    rating: float | None = None
    """Stars, above 0 and up to 5."""


@dataclass(frozen=True)
class DecodedPhoto(Metadata):
    """A decoded photo: its metadata, what is derived from its pixels, and its previews."""

    format: str = ""
    """Pillow's name for the file format, such as `JPEG`."""
    width: int = 0
    """The width of the original when upright, in pixels."""
    height: int = 0
    """The height of the original when upright, in pixels."""
    frames: int = 1
    """The number of frames of an animation, or pages of a TIFF."""
    phash: bytes = b""
    """The perceptual hash, 32 bytes."""
    preview: bytes = b""
    """A JPEG, upright, sRGB, at most 512 pixels on the longer side."""
    input: npt.NDArray[np.uint8] | None = None
    """The encoder's input, uint8 of shape (size, size, 3); None if it was not requested."""
    damaged: str | None = None
    """Why only part of the photo could be decoded, in plain language; None if it is intact."""
    quality: bytes = b""
    """Packed QualityMetrics."""
    diagnostics: bytes = b""
    """Packed QualityDiagnostics."""
    measuring_error: str = ""
    """Why the quality could not be measured: a fault of the program, not of the photo. '' if it
    was measured."""
    impossible_date: str | None = None
    """The capture date in the EXIF data, if it is implausible."""
    contents: str | None = None
    """Packed FileContents: the contents besides the picture. None if they were not requested."""
