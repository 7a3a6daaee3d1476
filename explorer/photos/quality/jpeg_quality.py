"""Estimate the quality at which a JPEG was last saved, from its quantization tables."""

from __future__ import annotations

import os
import warnings

from PIL import Image, JpegImagePlugin  # noqa: F401  importing a format registers it

from explorer.systems.this_system import this_system

# The luminance table of ITU-T T.81, annex K.1, row by row.
_BASE_TABLE = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121,
    120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip


def jpeg_quality(path: str | os.PathLike[str]) -> int | None:
    """A JPEG's quality on the scale of the IJG library (jcparam.c, jpeg_quality_scaling), 1 to 100.

    None for a file that is not a JPEG or cannot be read. Only the header is read. Many cameras use
    tables of their own; for these it is the quality that compresses about as strongly.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(this_system().long_path(os.fspath(path)), formats=("JPEG",)) as picture:
                tables = getattr(picture, "quantization", None)
    except (OSError, SyntaxError, ValueError):
        return None
    if not tables or 0 not in tables:
        return None
    return quality_from_table(tables[0])


def quality_from_table(table: list[int] | tuple[int, ...]) -> int:
    """The quality, 1 to 100, whose luminance table has the same sum as this one (64 numbers)."""
    percent = 100 * sum(table) / sum(_BASE_TABLE)
    quality = 5000 / percent if percent > 100 else (200 - percent) / 2
    return max(1, min(100, round(quality)))
