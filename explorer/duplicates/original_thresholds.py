"""Thresholds for deciding which of two files of one picture is the original (`originals.py`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OriginalThresholds:
    """How much two files of one picture may or must differ for one to count as the original.

    Chosen on copies of four photos: saved again, scaled, brightened, blurred, stamped. Levels are
    of 255. `python run.py bench duplicates` measures the result.
    """

    scale: float = 1.02
    """Linear scale up to which two pictures count as having equally many pixels."""
    stretch: float = 1.02
    """Ratio of the horizontal and vertical scales above which a picture counts as stretched."""
    frame_shown: float = 0.985
    """Smallest share of the frame shown by a picture that counts as showing all of it."""
    frame_beyond: float = 0.015
    """Area outside the frame, as a share of it, above which a picture counts as showing more."""
    mean: float = 2.0
    """Difference of the means. Saving again and scaling change the mean by 0.4; brightening by 3%,
    by 3."""
    median: float = 3.0
    """Difference of the medians. Saving again and scaling change the median by 1."""
    shadows: float = 5.0
    """Difference of the 2nd percentiles. Saving again and scaling change it by 2."""
    highlights: float = 8.0
    """Difference of the 99th percentiles. Saving again and scaling change it by 7."""
    common_mean: float = 4.0
    """Difference of the means of what both show, if they show different frames."""
    tone: float = 10.0
    """Difference of the colors in the areas where they differ most. Saving again changes them by up
    to 6, scaling to a quarter of the size by up to 12; other colors in a part of the picture, by 8
    to 130; light from another side, by 14 and more."""
    colorfulness: float = 0.07
    """Relative change of the colorfulness. Saving again changes it by 0.02; recoloring by 20%, by
    0.2."""
    colorfulness_levels: float = 3.0
    """Change of colorfulness, in levels, below which its relative change does not count."""
    contrast: float = 0.05
    """Relative change of the contrast."""
    changed: float = 0.0075
    """Share of differing blocks at one scale. Saving again leaves 0.007 (from JPEG quality 20:
    0.02), a stamp 0.011 and more."""
    blur: float = 1.15
    """Ratio of the blur radii at one scale. Saving again reaches 1.1; a blur of half a pixel, 1.11
    to 1.25; one of two pixels, 3."""
    blur_scaled: float = 1.25
    """The same if the other is scaled down a little, which sharpens by up to 1.16."""
    blur_small: float = 2.0
    """The same if the other is scaled down below `small`, which sharpens by up to 1.75."""
    small: float = 0.7
    """Linear scale below which `blur_small` applies."""
    noise_factor: float = 2.0
    """The factor by which compression may reduce noise, apart from `noise_offset`."""
    noise_offset: float = 0.5
    """Noise that compression may remove in addition: standard deviation, in levels."""
    block_factor: float = 2.0
    """How many times stronger the copy's JPEG block artifacts are, apart from `block_offset`. A
    file saved again at a higher quality keeps those that it had (0.73 to 0.76 for 0.75)."""
    block_offset: float = 0.2
    """By how much they are stronger in addition, in levels."""
    jpeg_quality: float = 5.0
    """By how much the copy's JPEG quality is lower."""
    jpeg_quality_smaller: float = 20.0
    """By how much a smaller copy's JPEG quality may be higher: sites and messengers save at 70 to
    85."""
    blur_compressed: float = 1.1
    """How many times softer than a copy of the same size the original may be, for compression to
    prove that it is the original."""


LIMITS = OriginalThresholds()
