"""Find small areas that were changed in one of two aligned pictures, however faintly: a retouched
spot, another digit, whitened teeth.

A copy differs from its source by resampling and compression, which affect all places with as much
detail alike. So the difference within each block is compared with that of the blocks with as much
detail, and a change is what stands out among them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from explorer.matching.geometry import Gray
from explorer.matching.overlap import Overlap


@dataclass(frozen=True)
class LocalChangeThresholds:
    """Previews of 849 copies of photos, down to JPEG quality 20 and to 40% of the size: 5.1 at most
    for the fourth of their blocks. Changes that are 1 to 5% as wide as the photo, in copies of
    half the size: 8 to 50 for most."""

    score: float = 6.0
    """How far the difference of a block is above the median of those with as much detail, in units
    of their spread."""
    blocks: int = 4
    """The number of overlapping blocks that must score as much."""


THRESHOLDS = LocalChangeThresholds()

# The side of a block and the distance between blocks, in pixels.
_BLOCK, _STEP = 8, 4
# The number of classes of blocks with as much detail, and the minimum number of blocks in each.
_CLASSES, _MIN_IN_CLASS = 12, 20
# Differences vary by at least this share of their median, and by this many levels.
_RELATIVE_SPREAD, _MIN_SPREAD = 0.25, 0.4
# Slow changes of brightness, as from a vignette, are no detail: they are measured at a fraction of
# the size, with a Gaussian blur of this sigma in pixels there.
_TREND_FACTOR, _TREND_SIGMA = 8, 3


def changed_locally(overlap: Overlap) -> bool:
    """Whether a small area differs between two aligned pictures."""
    deviation, whole = _deviations(overlap)
    # No other block can reach the score, whatever the spread.
    likely = np.count_nonzero(deviation >= THRESHOLDS.score * _MIN_SPREAD)
    if likely < THRESHOLDS.blocks:
        return False
    scores = _scores(deviation, whole, overlap)
    return bool(np.count_nonzero(scores >= THRESHOLDS.score) >= THRESHOLDS.blocks)


def block_scores(overlap: Overlap) -> npt.NDArray[np.float32]:
    """How much each block of two aligned pictures differs, as `LocalChangeThresholds.score` defines
    it; shape (n,), empty if the overlap is too small."""
    return _scores(*_deviations(overlap), overlap)


def _deviations(overlap: Overlap) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """The root mean square of the difference in each block of the overlap, and where these are."""
    one, other, inside = overlap
    difference = np.where(inside, one.astype(np.float32) - other, np.float32(0))
    difference -= _trend(difference)
    whole = cv2.erode(
        inside.astype(np.uint8), np.ones((_BLOCK + 1, _BLOCK + 1), np.uint8), borderValue=(0,)
    )[::_STEP, ::_STEP].astype(bool)
    return _root_mean_square(difference**2)[whole], whole


def _scores(
    deviation: npt.NDArray[np.float32], whole: npt.NDArray[np.bool_], overlap: Overlap
) -> npt.NDArray[np.float32]:
    """`block_scores`, from `_deviations`."""
    scores = np.zeros_like(deviation)
    if len(deviation) < _CLASSES * _MIN_IN_CLASS:
        return scores[:0]
    detail = _root_mean_square(_gradient_power(overlap.coarser, overlap.finer))[whole]
    for alike in np.array_split(np.argsort(detail), _CLASSES):
        values = deviation[alike]
        median = _median(values)
        spread = 1.4826 * _median(np.abs(values - median))
        spread += _RELATIVE_SPREAD * median + _MIN_SPREAD
        scores[alike] = (values - median) / spread
    return scores


def _median(values: npt.NDArray[np.float32]) -> float:
    """The upper median, which takes a third of the time of NumPy's."""
    middle = len(values) // 2
    return float(np.partition(values, middle)[middle])


def _trend(difference: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The part of a difference that changes slowly over the picture."""
    height, width = difference.shape
    size = max(1, width // _TREND_FACTOR), max(1, height // _TREND_FACTOR)
    reduced = cv2.resize(difference, size, interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(reduced, (0, 0), _TREND_SIGMA)
    return np.asarray(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR))


def _gradient_power(one: Gray, other: Gray) -> npt.NDArray[np.float32]:
    """The largest squared gradient near each pixel of both pictures' mean."""
    mean = cv2.addWeighted(one, 0.5, other, 0.5, 0, dtype=cv2.CV_32F)
    across, down = cv2.Sobel(mean, cv2.CV_32F, 1, 0), cv2.Sobel(mean, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.dilate(across**2 + down**2, np.ones((3, 3), np.uint8)))


def _root_mean_square(power: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The root of the mean of squares in the block around every `_STEP`th pixel."""
    mean = cv2.boxFilter(power, -1, (_BLOCK, _BLOCK))[::_STEP, ::_STEP]
    # Sums of running differences may be slightly negative.
    return np.sqrt(np.maximum(mean, 0))
