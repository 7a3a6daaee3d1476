"""The size and shape of the pixels that an encoder takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fit = Literal["crop", "squash"]
Resample = Literal["bilinear", "bicubic"]


@dataclass(frozen=True)
class InputSpec:
    """The square of pixels that an encoder takes."""

    size: int
    """Side, in pixels."""
    fit: Fit = "crop"
    """`crop` scales the shorter side to `size` and keeps the middle; `squash` scales both."""
    resample: Resample = "bicubic"
    """The filter for scaling."""
