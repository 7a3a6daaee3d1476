"""The input that an encoder expects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fit = Literal["crop", "squash"]
Resample = Literal["bilinear", "bicubic"]


@dataclass(frozen=True)
class InputSpec:
    """The square of pixels that an encoder expects."""

    size: int
    """The side, in pixels."""
    fit: Fit = "crop"
    """`crop` scales the shorter side to `size` and crops the center; `squash` scales both sides."""
    resample: Resample = "bicubic"
    """The resampling filter."""
