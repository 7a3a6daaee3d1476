"""What an encoder wants to be fed: the size and cut of a picture's pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fit = Literal["crop", "squash"]
Resample = Literal["bilinear", "bicubic"]


@dataclass(frozen=True)
class InputSpec:
    """The square of pixels that one encoder takes.

    size: side in pixels. fit: `crop` scales the shorter side to `size` and keeps the middle square;
    `squash` scales both sides to `size`. resample: the filter used for scaling.
    """

    size: int
    fit: Fit = "crop"
    resample: Resample = "bicubic"
