"""A rectangular part of a photo."""

from __future__ import annotations

import math
from dataclasses import dataclass

from explorer.errors import UsageError

Box = tuple[float, float, float, float]
"""Left, top, width and height as fractions (0–1) of the upright photo."""

MIN_SHARE = 0.02
"""The minimum width and height of a region, as fractions of the photo's."""
# Coordinates are rounded to this many steps: one pixel in a photo with sides of 10,000 pixels.
_STEPS = 10_000


@dataclass(frozen=True)
class PhotoRegion:
    """A part of a photo, in fractions of its upright width and height, to four decimals."""

    left: float
    top: float
    width: float
    height: float

    def __post_init__(self) -> None:
        """Round the values. Raises UsageError for a region that is empty, too small or not inside
        the photo."""
        values = (self.left, self.top, self.width, self.height)
        if not all(math.isfinite(value) and 0 <= value <= 1 for value in values):
            raise UsageError(
                "Give a region of a photo as left, top, width and height, each from 0 to 1."
            )
        left, top, width, height = (round(value * _STEPS) for value in values)
        # Rounding alone may move an edge one step beyond the photo.
        width = _STEPS - left if width == _STEPS - left + 1 else width
        height = _STEPS - top if height == _STEPS - top + 1 else height
        if left + width > _STEPS or top + height > _STEPS:
            raise UsageError(
                "A region must lie within its photo: left + width and top + height are at most 1."
            )
        if min(width, height) < MIN_SHARE * _STEPS:
            raise UsageError(
                "That region of the photo is too small:"
                f" width and height must be at least {MIN_SHARE:g}."
            )
        for name, value in zip(
            ("left", "top", "width", "height"), (left, top, width, height), strict=True
        ):
            object.__setattr__(self, name, value / _STEPS)

    @classmethod
    def parse(cls, text: str) -> PhotoRegion:
        """The region in text such as `0.1,0.2,0.35,0.4`; the inverse of `str`.

        Raises UsageError for any other text.
        """
        try:
            left, top, width, height = map(float, text.split(","))
        except ValueError:
            raise UsageError(
                f"“{text}” is not a region of a photo: give left, top, width and height as"
                " fractions of the photo, such as 0.1,0.2,0.35,0.4."
            ) from None
        return cls(left, top, width, height)

    def __str__(self) -> str:
        return ",".join(f"{value:.4f}".rstrip("0").rstrip(".") for value in self.box)

    @property
    def box(self) -> Box:
        """Left, top, width and height."""
        return self.left, self.top, self.width, self.height
