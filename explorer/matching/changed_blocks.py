"""Measure the differences between two aligned images in the blocks that do not correlate."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from explorer.matching.local_motion import is_local_motion, one_sidedness
from explorer.matching.registration import (
    BLOCK_SIZE,
    STRONG_DEVIATION,
    BlockResiduals,
    RegistrationLevel,
)
from explorer.matching.same_picture_thresholds import SAME_PICTURE

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

# Blocks with a lower correlation count as changed.
_MIN_CORRELATION = 0.6
# Tones are matched on every third pixel in both directions, in those of 64 levels that have more
# than this many pixels.
_SUBSAMPLING, _MIN_COUNT = 3, 4
# Pixels differ if their difference exceeds the noise multiplied by this factor, plus this many
# levels.
_NOISE_FACTOR, _MIN_DIFFERENCE = 3, 4
# The tolerance in gray levels within which pixels have the same tone: in compressed images, and in
# drawn areas.
_TONE, _DRAWN_TONE = 8, 3
# A block with a drawing has at least this share of pixels with one of two tones, and at least this
# mean local standard deviation in gray levels: more than compression causes.
_MIN_DRAWN, _DRAWN_DEVIATION = 0.7, 24.0
# Strokes of text are narrower than this, as a share of the image's shorter side.
_STROKE_WIDTH = 0.035
# Displaced content: the search radius in pixels, the maximum number of blocks searched, the margin
# around each block in pixels; the minimum correlation of a match, its minimum gain over the
# correlation in place, and its minimum displacement in pixels.
_SEARCH_RADIUS, _MAX_SEARCHED, _MARGIN = 14, 48, 4
_MIN_MATCH, _MIN_GAIN, _MIN_DISPLACEMENT = 0.85, 0.25, 2


@dataclass(frozen=True)
class ChangedBlocks:
    """The differences in the strongly textured blocks of two aligned images; shares are 0 to 1."""

    strong_blocks: int = 0
    """The number of strongly textured blocks."""
    share: float = 1.0
    """Share of these blocks that have changed."""
    unchanged: float = 0.0
    """Share of the pixels in the changed blocks that are the same in both images."""
    two_tone: float = 0.0
    """Share of the changed pixels that have one of the two most frequent tones."""
    drawn: float = 0.0
    """Like `two_tone`, with a tolerance of 3 gray levels: high for drawn areas."""
    displaced: float = 0.0
    """Share of the changed blocks whose content is found nearby in the other image."""
    wide: float = 1.0
    """Share of all changed pixels that lie in patches wider than a stroke of text."""
    one_sidedness: float = 0.0
    """1 if all changed pixels became brighter or all darker (`local_motion.one_sidedness`)."""
    local_motion: bool = False
    """Whether the changed content has only moved a little (`local_motion.is_local_motion`)."""
    redrawn: float = 0.0
    """Share of the strongly textured blocks that show a drawing, such as text, in both images, but
    not the same one."""
    flat: float = 0.0
    """Share of the pixels in the unchanged blocks that have one of two tones."""


@dataclass(frozen=True)
class _ToneCurve:
    """The mapping of gray levels from the base image to the other image."""

    levels: npt.NDArray[np.intp]
    """The levels, in steps of 4, that are frequent enough."""
    means: npt.NDArray[np.floating]
    """The mean level of the other image at each of these levels."""
    noise: float
    """Median deviation from the curve, in gray levels."""

    def apply(self, gray: Floats) -> Floats:
        """The base image with the tones of the other image."""
        table = np.interp(np.arange(256), self.levels * 4.0 + 2, self.means).astype(np.float32)
        # The gray levels are integers, as in the preview itself.
        return np.asarray(cv2.LUT(gray.astype(np.uint8), table), np.float32)


def measure_changed_blocks(level: RegistrationLevel, residuals: BlockResiduals) -> ChangedBlocks:
    """Measure the differences between the base image and the warped one."""
    strong = residuals.inside & level.strongly_textured(residuals)
    changed_blocks = strong & (residuals.ncc < _MIN_CORRELATION)
    number = int(strong.sum())
    if not number:
        return ChangedBlocks()
    h, w = level.rows * BLOCK_SIZE, level.columns * BLOCK_SIZE
    base, other = level.base[:h, :w], residuals.warped[:h, :w]
    agreeing = (residuals.inside & ~changed_blocks)[
        np.arange(0, h, _SUBSAMPLING)[:, None] // BLOCK_SIZE,
        np.arange(0, w, _SUBSAMPLING) // BLOCK_SIZE,
    ]
    sample = base[::_SUBSAMPLING, ::_SUBSAMPLING][agreeing]
    curve = _tone_curve(sample, other[::_SUBSAMPLING, ::_SUBSAMPLING][agreeing])
    if curve is None:
        return ChangedBlocks(number)
    flat = _two_tone_share(sample, _DRAWN_TONE)
    if not changed_blocks.any():
        return ChangedBlocks(
            number, share=0.0, unchanged=1.0, two_tone=1.0, drawn=1.0, wide=0.0, flat=flat
        )
    toned = curve.apply(base)
    difference = np.asarray(cv2.absdiff(other, toned))
    differs = difference >= _NOISE_FACTOR * curve.noise + _MIN_DIFFERENCE
    in_changed = changed_blocks.repeat(BLOCK_SIZE, axis=0).repeat(BLOCK_SIZE, axis=1)
    changed = in_changed & differs
    share = float(changed_blocks.sum() / number)
    notable = share > SAME_PICTURE.few_changed
    return ChangedBlocks(
        number,
        share=share,
        unchanged=1 - float(changed.sum() / in_changed.sum()),
        two_tone=_max_two_tone_share(base, other, changed, _TONE),
        drawn=_max_two_tone_share(base, other, changed, _DRAWN_TONE),
        displaced=_displaced_share(other, toned, changed_blocks),
        wide=_wide_share(differs),
        one_sidedness=one_sidedness(other, toned, changed) if notable else 0.0,
        redrawn=_count_redrawn(level, residuals, changed_blocks) / number if notable else 0.0,
        local_motion=notable and is_local_motion(base, other, toned, changed),
        flat=flat,
    )


def _tone_curve(base: Floats, other: Floats) -> _ToneCurve | None:
    """Fit the tone curve to the pixels of unchanged blocks; None if they have a single tone."""
    steps = np.asarray(base.astype(np.uint8) >> 2, np.uint8)
    count = np.bincount(steps, minlength=64)
    levels = np.flatnonzero(count > _MIN_COUNT)
    if len(levels) < 2:
        return None
    means = np.bincount(steps, weights=other, minlength=64)[levels] / count[levels]
    expected = np.interp(np.arange(64), levels, means).astype(np.float32)
    return _ToneCurve(levels, means, float(np.median(np.abs(other - expected[steps]))))


def _max_two_tone_share(base: Floats, other: Floats, changed: Mask, tolerance: int) -> float:
    """The two-tone share of the changed pixels, in whichever image it is higher."""
    if not changed.any():
        return 1.0
    return max(_two_tone_share(x[changed], tolerance) for x in (base, other))


def _two_tone_share(gray: Floats, tolerance: int) -> float:
    """The share of pixels that have one of the two most frequent tones, within a tolerance in gray
    levels: high for drawn areas, low for photographed ones."""
    count = np.bincount(gray.clip(0, 255).astype(np.int64), minlength=256)
    window = np.ones(2 * tolerance + 1, np.int64)
    within = np.convolve(count, window, "same")
    first = int(within.argmax())
    rest = np.where(np.abs(np.arange(256) - first) <= tolerance, 0, count)
    second = int(np.convolve(rest, window, "same").max())
    return float((int(within[first]) + second) / max(1, len(gray)))


def _count_redrawn(
    level: RegistrationLevel, residuals: BlockResiduals, changed_blocks: Mask
) -> int:
    """The number of changed blocks that show a drawing in both images, not only in one."""
    both = changed_blocks & (np.minimum(level.deviation, residuals.deviation) > _DRAWN_DEVIATION)
    drawn = 0
    for row, column in np.argwhere(both).tolist():
        y, x = row * BLOCK_SIZE, column * BLOCK_SIZE
        blocks = (
            each[y : y + BLOCK_SIZE, x : x + BLOCK_SIZE] for each in (level.base, residuals.warped)
        )
        drawn += min(_two_tone_share(block.ravel(), _TONE) for block in blocks) >= _MIN_DRAWN
    return drawn


def _wide_share(changed: Mask) -> float:
    """The share of changed pixels that lie in patches wider than a stroke."""
    side = max(3, round(_STROKE_WIDTH * min(changed.shape)))
    patches = cv2.morphologyEx(
        changed.astype(np.uint8), cv2.MORPH_OPEN, np.ones((side, side), np.uint8)
    )
    return float(patches.sum() / max(1, int(changed.sum())))


def _displaced_share(other: Floats, toned: Floats, changed_blocks: Mask) -> float:
    """The share of changed blocks whose content is found nearby in the other image."""
    places = np.argwhere(changed_blocks)
    size = BLOCK_SIZE + 2 * _MARGIN
    found = searched = 0
    for row, column in places[:: max(1, len(places) // _MAX_SEARCHED)].tolist():
        y, x = row * BLOCK_SIZE - _MARGIN, column * BLOCK_SIZE - _MARGIN
        top, left = y - _SEARCH_RADIUS, x - _SEARCH_RADIUS
        bottom, right = y + size + _SEARCH_RADIUS, x + size + _SEARCH_RADIUS
        if min(top, left) < 0 or bottom > other.shape[0] or right > other.shape[1]:
            continue
        template = toned[y : y + size, x : x + size]
        if template.std() < STRONG_DEVIATION:
            continue
        searched += 1
        found += _is_displaced(other[top:bottom, left:right], template)
    return found / max(1, searched)


def _is_displaced(area: Floats, template: Floats) -> bool:
    """Whether the best match of a template in an area is not at the area's center."""
    result = cv2.matchTemplate(area, template, cv2.TM_CCOEFF_NORMED)
    _, best, _, at = cv2.minMaxLoc(result)
    in_place = float(result[_SEARCH_RADIUS, _SEARCH_RADIUS])
    away = max(abs(at[0] - _SEARCH_RADIUS), abs(at[1] - _SEARCH_RADIUS))
    return best > _MIN_MATCH and best > in_place + _MIN_GAIN and away >= _MIN_DISPLACEMENT
