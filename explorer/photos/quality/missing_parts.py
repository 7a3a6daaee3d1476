"""Recognize the parts of a picture for which a decoder had no data, by their color."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_Rgb = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class MissingPartThresholds:
    """What missing data look like; in levels (of 255) and shares."""

    uniform_row: int = 6
    """The largest range of values within a row of missing data."""
    missing_color: int = 4
    """The largest distance of such a row from the color of missing data."""


_T = MissingPartThresholds()
# The colors that decoders substitute for missing data: mid-gray, and zeros in luma and chroma
# converted to RGB (ITU-T T.871).
_MISSING_COLORS = np.array([[128, 128, 128], [0, 135, 0]], np.float32)


def missing_rows_share(small: _Rgb) -> float:
    """The share of rows, counted from the bottom, that have only a color of missing data; or of
    rows or columns from another border, as in a photo that was rotated after it was damaged.

    small: RGB, (height, width, 3)."""
    columns = small.transpose(1, 0, 2)
    bottom, top, left, right = (
        _missing_share(view) for view in (small[::-1], small, columns, columns[::-1])
    )
    # Such a color on opposite sides is a frame.
    if (top and bottom) or (left and right):
        return 0.0
    return bottom or max(top, left, right)


def _missing_share(rows: _Rgb) -> float:
    """The share of rows, counted from the first, that have only a color of missing data."""
    if np.ptp(rows[0], axis=0).max() > _T.uniform_row:
        return 0.0
    lines = rows.astype(np.int16)
    uniform = np.ptp(lines, axis=1).max(axis=1) <= _T.uniform_row
    distance = np.abs(lines.mean(axis=1)[:, None] - _MISSING_COLORS).max(axis=2)
    present = np.flatnonzero(~(uniform & (distance <= _T.missing_color).any(axis=1)))
    return float((present[0] if len(present) else len(rows)) / len(rows))
