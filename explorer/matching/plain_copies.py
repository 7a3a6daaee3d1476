"""Decide whether one of two files is a plain copy of the other: scaled and compressed, but not
edited."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.matching.copy_deviation import ComparedFile, CopyDeviation, copy_deviation
from explorer.matching.geometry import Matrix, invert

SECOND_COPIED, FIRST_COPIED = 1, 2
"""The second file is a plain copy of the first, and the other way round."""

# The ratio up to which two pictures count as having equally many pixels, and that of their
# quantization steps up to which either may be the copy.
_EQUAL, _SIMILAR_STEPS = 1.04, 2.0


@dataclass(frozen=True)
class PlainCopyThresholds:
    """The largest deviations of plain copies (`CopyDeviation`).

    Chosen on copies and edited copies of twelve photos of 500 to 4,000 pixels, and checked on those
    of others ([docs/duplicates.md](../../docs/duplicates.md) has the figures).
    """

    largest: float = 2.0
    """Copies saved once: up to 1.7; sharpened: 1.6; saved twice at decreasing sizes: 2.0. Closed
    eyes, a bird or a stamp at half the size: 3 to 60."""
    areas: float = 0.55
    """Copies: up to 0.49. Half of a photo blurred: 0.8 to 1; a smooth face at equal size: 0.4 to
    0.9."""
    frequent: float = 0.45
    """Copies: up to 0.44. Noise added or removed: 0.1 to 13."""
    light: float = 0.5
    """Copies: up to 0.3. 2% brighter: 1 to 3."""
    color: float = 0.5
    """Copies: up to 0.3. Warmer colors: 1.2 to 2.5."""
    spot: float = 1.8
    """Copies: up to 1.1. A corrected red eye at equal size: 4 to 28."""
    gain: float = 0.2
    """How far `CopyDeviation.gain` may be from 1. Copies that sites and messengers have sharpened:
    up to 0.12; strongly sharpened: 0.3 to 1.2."""

    def explain(self, found: CopyDeviation) -> bool:
        """Whether nothing exceeds its threshold."""
        return (
            found.largest <= self.largest
            and found.areas <= self.areas
            and found.frequent <= self.frequent
            and found.light <= self.light
            and found.color <= self.color
            and found.spot <= self.spot
            and abs(found.gain - 1) <= self.gain
        )


THRESHOLDS = PlainCopyThresholds()
ESTIMATED = PlainCopyThresholds(largest=2.7, areas=1.0, frequent=1.1, color=0.75, spot=2.5)
"""Where the effect of compression is estimated (`CopyDeviation.estimated`), copies deviate more: by
up to 8. Most edits in a small area exceed 4."""


def plain_copies(one: bytes, other: bytes, unit: Matrix) -> int:
    """Which of two files is a plain copy of the other: `SECOND_COPIED`, `FIRST_COPIED`, both (3) or
    neither (0).

    unit: maps `other` to `one`, as unit squares (2×3). Raises PhotoError, also if part of a picture
    is missing, and whatever codecs raise.
    """
    first, second = ComparedFile(one), ComparedFile(other)
    better, found = _better(first, second, unit), 0
    if better >= 1 / _EQUAL:
        found |= SECOND_COPIED * _is_plain(first, second, unit)
    if better <= _EQUAL:
        found |= FIRST_COPIED * _is_plain(second, first, invert(unit))
    return found


def _better(one: ComparedFile, other: ComparedFile, unit: Matrix) -> float:
    """By how much the first file surpasses the second, of which it can then not be a copy: in
    pixels or, if both have as many for the same content, in quality."""
    covered = float(abs(np.linalg.det(unit[:, :2])))
    pixels = float(np.prod(one.size)) * covered / float(np.prod(other.size))
    if max(pixels, 1 / pixels) > _EQUAL or not one.tables or not other.tables:
        return pixels
    steps = sum(other.tables[0]) / sum(one.tables[0])
    return steps if max(steps, 1 / steps) > _SIMILAR_STEPS else 1.0


def _is_plain(source: ComparedFile, copy: ComparedFile, unit: Matrix) -> bool:
    found = copy_deviation(source, copy, unit)
    if found is None:
        return False
    return (ESTIMATED if found.estimated else THRESHOLDS).explain(found)
