"""Thresholds of the verdict which of two files of one picture is the original (`originals.py`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OriginalThresholds:
    """How much two files of one picture may differ, and how much they must, to tell the original.

    Set on copies of four photos: saved again, scaled, brightened, blurred, stamped. Levels are of
    255. `python run.py bench duplicates` measures the result.
    """

    scale: float = 1.02
    """Linear scale up to which two pictures have equally many pixels."""
    stretch: float = 1.02
    """Ratio of horizontal and vertical scale from which a picture is stretched."""
    frame_shown: float = 0.985
    """Share of the frame from which two pictures show the same."""
    frame_beyond: float = 0.015
    """Area outside the frame, as a share of it, from which a picture shows more."""
    mean: float = 2.0
    """Levels of the mean. Saving again and scaling change it by 0.4; 3% brighter is 3."""
    median: float = 3.0
    """Levels of the median. Saving again and scaling change it by 1."""
    shadows: float = 5.0
    """Levels of the 2nd percentile. Saving again and scaling change it by 2."""
    highlights: float = 8.0
    """Levels of the 99th percentile. Saving again and scaling change it by 7."""
    common_mean: float = 4.0
    """Levels of the mean of what both show, if they show different frames."""
    colorfulness: float = 0.07
    """Relative change. Saving again changes it by 0.02; recoloring by 20% by 0.2."""
    colorfulness_levels: float = 3.0
    """Change of colorfulness, in levels, below which its relative change does not count."""
    contrast: float = 0.05
    """Relative change, as for colorfulness."""
    changed: float = 0.0075
    """Share of differing blocks at one scale. Saving again leaves 0.007 (from JPEG quality 20:
    0.02), a stamp 0.011 and more."""
    blur: float = 1.15
    """Times softer. At one scale, saving again reaches 1.1; a blur of half a pixel 1.11 to 1.25,
    one of two pixels 3."""
    blur_scaled: float = 1.25
    """The same if the other is scaled down a little, which sharpens by up to 1.16."""
    blur_small: float = 2.0
    """The same if the other is scaled down below `small`, which sharpens by up to 1.75."""
    small: float = 0.7
    """Linear scale below which `blur_small` applies."""
    noise_factor: float = 2.0
    """Times noisier (see `noise_offset`) than what compression could have smoothed away."""
    noise_offset: float = 0.5
    """Noise, standard deviation in levels, in addition."""
    block_factor: float = 2.0
    """Times stronger JPEG block artifacts (see `block_offset`) of the copy. A file saved again at a
    higher quality keeps those that it had (0.73 to 0.76 for 0.75)."""
    block_offset: float = 0.2
    """Block artifacts, in levels, in addition."""
    jpeg_quality: float = 5.0
    """By how much the copy's JPEG quality is lower."""
    jpeg_quality_smaller: float = 20.0
    """By how much a smaller copy's JPEG quality may be higher: sites and messengers save at 70 to
    85."""
    blur_compressed: float = 1.1
    """Times softer the original may be than a copy of one size, for compression to prove it."""


LIMITS = OriginalThresholds()
