"""Photos with EXIF blocks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from PIL import Image, TiffImagePlugin

from explorer.photos.decode import DecodedPhoto, decode
from tests import pictures

PICTURE = pictures.draw(1, (64, 48))
MTIME = dt.datetime(2021, 5, 6, 7, 8, 9).timestamp()


def rational(numerator: int, denominator: int) -> TiffImagePlugin.IFDRational:
    return TiffImagePlugin.IFDRational(numerator, denominator)


def photo_with_exif(
    fill: Callable[[Image.Exif], None] = lambda _: None, kind: str = "JPEG", **options: Any
) -> DecodedPhoto:
    """A decoded photo with the EXIF block that `fill` makes.

    options: mtime and name for decoding, anything else for encoding.
    """
    block = Image.Exif()
    fill(block)
    given = {key: options.pop(key) for key in ("mtime", "name") if key in options}
    return decode(pictures.encoded(PICTURE, kind, exif=block.tobytes(), **options), None, **given)
