"""What one decode finds out about a photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

TakenSource = Literal["exif", "gps", "name", "file"]
# How much of a date is known; all beyond it is filled up: month and day with 01, time with 00.
Precision = Literal["year", "month", "day", "minute", "second"]


@dataclass(frozen=True)
class Metadata:
    """What a photo says of itself.

    taken_at: `YYYY-MM-DDTHH:MM:SS`, the camera's own time, known as far as taken_precision says;
    taken_source: where it was found (`exif` stands for everything in the file: EXIF, IPTC and XMP).
    latitude, longitude: degrees. exposure_time: seconds. focal_length: millimetres.
    """

    taken_at: str | None = None
    taken_source: TakenSource | None = None
    latitude: float | None = None
    longitude: float | None = None
    camera: str | None = None
    lens: str | None = None
    exposure_time: float | None = None
    f_number: float | None = None
    iso: float | None = None
    focal_length: float | None = None
    taken_precision: Precision | None = None


@dataclass(frozen=True)
class DecodedPhoto(Metadata):
    """A photo as the rest of the program knows it.

    width, height: of the original, upright. phash: 32 bytes. preview: a JPEG, upright, sRGB,
    longest side at most 512.
    input: what the encoder wants, uint8 of shape (size, size, 3), or None if none was asked for.
    damaged: what is wrong with a photo that could be read in part. quality, look: its figures and
    what explains them, packed (see `quality`). stated: the date that its camera gave it, where that
    cannot be. contents: what its file holds beside the picture, packed (see `contents`); None where
    it was not asked for.
    """

    format: str = ""
    width: int = 0
    height: int = 0
    frames: int = 1
    phash: bytes = b""
    preview: bytes = b""
    input: npt.NDArray[np.uint8] | None = None
    damaged: str | None = None
    quality: bytes = b""
    look: bytes = b""
    stated: str | None = None
    contents: str | None = None
