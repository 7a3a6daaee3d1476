"""What decoding a photo once yields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

TakenSource = Literal["exif", "gps", "name", "file"]
"""Where a capture date was found. `exif` stands for EXIF, IPTC and XMP."""
Precision = Literal["year", "month", "day", "minute", "second"]
"""How much of a date is known. The rest is padded: month and day with 01, the time with 00."""
METADATA_VERSION = 1
"""Counts up when more metadata is read, so that photos indexed before are read again."""


@dataclass(frozen=True)
class Metadata:
    """The metadata of a photo that is indexed; None for what is not known."""

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
    """Millimetres."""
    taken_precision: Precision | None = None
    title: str | None = None
    description: str | None = None
    """The caption, on one line."""
    keywords: tuple[str, ...] = ()
    """Each once."""
    rating: float | None = None
    """Stars, above 0 and up to 5."""


@dataclass(frozen=True)
class DecodedPhoto(Metadata):
    """A decoded photo: its metadata, what is derived from its pixels, and its previews."""

    format: str = ""
    """Pillow's name of the file format, such as `JPEG`."""
    width: int = 0
    """Pixels of the original, upright."""
    height: int = 0
    """Pixels of the original, upright."""
    frames: int = 1
    """Frames of an animation or pages of a TIFF."""
    phash: bytes = b""
    """Perceptual hash, 32 bytes."""
    preview: bytes = b""
    """A JPEG, upright, sRGB, at most 512 pixels on the longer side."""
    input: npt.NDArray[np.uint8] | None = None
    """The encoder's input, uint8 of shape (size, size, 3); None if none was asked for."""
    damaged: str | None = None
    """What is wrong with a photo of which only a part could be decoded, in plain words."""
    quality: bytes = b""
    """Packed QualityMetrics."""
    diagnostics: bytes = b""
    """Packed QualityDiagnostics."""
    impossible_date: str | None = None
    """The capture date in the EXIF data, where it is implausible."""
    contents: str | None = None
    """What the file holds besides its picture: packed FileContents. None if not asked for."""
