"""Find differences between two aligned pictures that are too small for the blocks of registration,
such as other words or numbers on a page at full size, or a bird in the preview of a photo.

Edges are displaced by a fraction of a pixel and compression adds noise, so a pixel differs only if
it is beyond the range of the pixels around the same place in the other picture, in either
direction.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from explorer.matching.geometry import Gray, Matrix, unit_to_pixels
from explorer.matching.overlap import Overlap, matched_overlap
from explorer.matching.pair_alignment import align_and_measure
from explorer.matching.registration import BLOCK_SIZE

# The longer side at which pictures are compared, in pixels: letters of 8 points on a page of 11
# inches are 14 pixels high.
MAX_SIDE = 2048


@dataclass(frozen=True)
class DifferenceThresholds:
    """The difference in gray levels from which pixels of two pictures differ.

    It is the noise of the pair (the difference that one in 100 pixels with detail has) multiplied
    by a factor, but within a range.
    """

    noise_factor: float
    at_least: float
    at_most: float
    min_tone_share: float
    """The share of pixels that a tone must have to be matched with the other picture's. Something
    dark in a bright photo has a tone of its own, which must not be taken for a brightened one."""


PAGES = DifferenceThresholds(noise_factor=2.2, at_least=55, at_most=100, min_tone_share=0.0)
"""Copies of documents, compressed, scaled and sharpened: 0 to 50 levels, or twice the noise; other
digits: 85 to 190 levels."""
PHOTOS = DifferenceThresholds(noise_factor=2.5, at_least=25, at_most=60, min_tone_share=0.002)
"""Previews of copies of photos, down to JPEG quality 20 and to 15% of the size: 3 to 22 levels. A
bird that is 2% as wide as the photo: 45 to 195; most objects that were retouched: 15 to 90."""

# The side in pixels of the area in which a pixel must have its counterpart.
_AREA = 3
# A pixel has detail if the levels around it have at least this range.
_DETAIL, _MIN_DETAILED = 40, 100
# The minimum number of different pixels within the area of one block.
_MIN_PIXELS = 2


def has_fine_differences(one: Gray, other: Gray, unit: Matrix) -> bool:
    """Whether anything that the size of the coarser picture shows is visible in only one of two
    pictures, where they overlap.

    unit: maps `other` to `one` approximately, as unit squares (2×3).
    """
    matrix = unit_to_pixels(unit, one.shape, other.shape)
    measured = align_and_measure(one, other, matrix, near=True, probable=True)
    if measured is not None:
        matrix = measured.matrix
    return details_differ(matched_overlap(one, other, matrix, PAGES.min_tone_share), PAGES)


def details_differ(overlap: Overlap, thresholds: DifferenceThresholds) -> bool:
    """The same for two pictures that are aligned, and have their tones matched as the thresholds
    say."""
    difference, noise = _difference(overlap)
    least = max(thresholds.at_least, thresholds.noise_factor * noise)
    least = min(least, thresholds.at_most)
    differs = (difference >= least).astype(np.float32)
    in_block = cv2.boxFilter(differs, -1, (BLOCK_SIZE, BLOCK_SIZE), normalize=False)
    return bool(in_block.max() >= _MIN_PIXELS)


def _difference(overlap: Overlap) -> tuple[Gray, float]:
    """By how many gray levels each pixel of the coarser picture is beyond the range of its
    counterparts, and the difference that one in 100 pixels with detail has."""
    one, other, inside = overlap
    window = np.ones((_AREA, _AREA), np.uint8)
    ranges = [(cv2.erode(each, window), cv2.dilate(each, window)) for each in (one, other)]
    beyond = [
        cv2.max(cv2.subtract(each, high), cv2.subtract(low, each))
        for each, (low, high) in zip((one, other), ranges[::-1], strict=True)
    ]
    difference = np.asarray(np.where(inside, cv2.max(*beyond), 0), np.uint8)
    detailed = inside & (cv2.subtract(ranges[0][1], ranges[0][0]) >= _DETAIL)
    noise = float(np.percentile(difference[detailed], 99)) if detailed.sum() > _MIN_DETAILED else 0
    return difference, noise
