"""From figures (`photos/quality/measure.py`) to scores: 0 is as bad as can be, 1 is fine, and below
0.5 a person would see it.

Each judgement is a smooth, monotone function of what was measured, with its middle where the fault
begins to show. The middles were set on photos with faults of known strength
(`benchmarks/anomalies.py`); where a library's own photos are softer or grainier than usual as a
whole, its middle moves with them, within bounds, so that an old camera's photos are not all called
bad.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.text_format import count

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.floating[Any]]
Column = Callable[[str], Floats]
"""A figure's name → that figure of all photos; also `camera` and `lossless` (0 or 1), `longest`
(side in pixels), and `drawn` (`drawing_classifier.py`: the logarithm of the odds that it is drawn)."""


class Judgement(NamedTuple):
    """score: of each photo. says: row → the reason, in a sentence."""

    score: Floats
    reason: Callable[[int], str]


def falling(values: Numbers, middle: Numbers | float, steepness: float) -> Floats:
    """1 for small values, 0.5 at the middle, 0 for large ones: 1 / (1 + (value /
    middle)^steepness)."""
    ratio = np.maximum(values, 1e-6) / np.maximum(middle, 1e-6)
    return (1 / (1 + np.clip(ratio, 1e-4, 1e4) ** steepness)).astype(np.float32)


def rising(values: Numbers, middle: Numbers | float, steepness: float) -> Floats:
    """0 for small values, 0.5 at the middle, 1 for large ones."""
    return (1 - falling(values, middle, steepness)).astype(np.float32)


def _below(values: Floats, full: float, none: float) -> Numbers:
    """1 up to `full`, 0 from `none` on."""
    return np.asarray(np.clip((none - values) / (none - full), 0, 1))


def _usual(values: Floats, factor: float, least: float, most: float) -> float:
    """A middle that moves with the library: that many times its median, within bounds. Of a few
    photos nothing is usual."""
    return (
        float(np.clip(factor * np.median(values), least, most)) if len(values) >= _MANY else least
    )


# --- sharpness

# Radius, in pixels of a photo 1,500 wide, from which a photo is seen to be soft; and how many times
# more blurred in one direction than across it means that the camera moved.
_SOFT, _SOFT_AT_MOST, _SOFTER_THAN_USUAL, _SHAKEN = 0.85, 0.92, 2.6, 1.45
# How much more blurred in one direction ordinary photos may look, whose edges do not run in all
# directions; and how a movement that shows beyond that adds to the radius: the ends of its streaks
# are sharp, so that it is measured as less than it is.
_EDGES_DIFFER, _MOVED = 1.25, 0.7
# Radius along the movement up to which that does not count, and how much more makes it count in
# full: a real movement's streaks end softly (0.24 to 0.7 in 17 large photos shaken over 8 pixels),
# while leaves, letters and stripes are as sharp as can be that way (0.11 to 0.2).
_CRISP, _STREAKED = 0.12, 0.2
# Photos from which a library has ways of its own.
_MANY = 50


def blurred(column: Column) -> Judgement:
    """Out of focus, or shaken."""
    radius, shaken, direction = (
        column("blur_radius"),
        column("blur_anisotropy"),
        column("blur_direction"),
    )
    middle = _usual(radius, _SOFTER_THAN_USUAL, _SOFT, _SOFT_AT_MOST)

    def reason(row: int) -> str:
        seen = (
            f"{count(max(1, round(float(radius[row]) * 2)), 'pixel')} wide at {1500:,} across"
            if radius[row] < 20
            else "with no edge left in it"
        )
        # The more is lost, the less sure is the direction.
        if shaken[row] > _SHAKEN + 0.15 * max(0.0, float(radius[row]) - 1) and radius[row] < 20:
            return f"Camera shake: even its sharpest parts are smeared at {direction[row]:.0f}°, with edges {seen}."
        return f"Out of focus: even its sharpest parts are soft, {'with edges ' if radius[row] < 20 else ''}{seen}."

    moved = _MOVED * np.clip((column("min_blur_radius") - _CRISP) / _STREAKED, 0, 1)
    seen = radius * np.clip(shaken / _EDGES_DIFFER, 1, 3) ** moved
    return Judgement(falling(seen, middle, 3), reason)


# --- light


# Lights (of 255) below which a photo is too dark: 0.6 % of 4,500 photos of Flickr8k have less, and
# of 49 large photos with 2 EV too little light between 63 % (at 119, and 0.4 % of the former) and
# 92 % (at 125).
_DARK = 124.0
# What is lost to white, weighted by how steeply the lights end and how light the darks are, from
# which a photo is too light: 0.45 % of 3,000 photos of Flickr8k are above it, and 82 % of 49 large
# photos by 2 EV too light. Of what is lost, so much counts that is lost in all channels, the rest
# in any; the slope of the lights and the level of the darks from which they count in full, and what
# each counts for. Found by random search over a third of Flickr8k made lighter in several ways (in
# linear light with and without a shoulder, by gain, by offset) and cut out on white: AUROC of 2 EV
# 0.993 on another third (0.984 by the darks and the lights alone).
_OVER, _LOST_IN_ALL, _STEEP, _LIT_DARKS, _BY_RELIEF, _BY_DARKS = 0.114, 0.4, 68.0, 100.0, 0.95, 0.4
# A burnt margin around what has its lights below these levels and its darks below those is a white
# background, and so much of it is not held against the photo: of photos cut out on white 8 % are
# then called overexposed, and 92 % without it.
_BACKGROUND_LIT, _BACKGROUND_DARKS, _FORGIVEN = (193.0, 218.0), (70.0, 110.0), 0.9


def dark(column: Column) -> Judgement:
    """Underexposed: even the lights are dark. A night with lamps in it is not."""
    light = 0.9 * column("luma_p99") + 0.1 * column("luma_p2")

    def reason(row: int) -> str:
        high, middle = column("luma_p99")[row], column("luma_p50")[row]
        return f"Dark: half of it is below {middle / 2.55:.0f} %, and but 1 % is above {high / 2.55:.0f} % of full brightness."

    return Judgement(rising(light, _DARK, 5), reason)


def overexposed(column: Column) -> Judgement:
    """Burnt out: a good part has lost all drawing, and its lights end steeply, or the darks are
    light. Snow and fog are light, but not lost; a white background is lost, but what stands before
    it has its darks."""
    burnt, clipped, lit, low = (
        column("blown_share"),
        column("clipped_share"),
        column("unclipped_median"),
        column("luma_p2"),
    )
    lost = _LOST_IN_ALL * burnt + (1 - _LOST_IN_ALL) * clipped
    background = (
        column("blown_border_share")
        * _below(lit, *_BACKGROUND_LIT)
        * _below(low, *_BACKGROUND_DARKS)
    )
    # The white of a page or a screenshot was never light. Of photos 2 to 5 EV too light, 2 % at
    # most are taken for such.
    lost = lost * np.clip(2 * not_a_photo(column).score, 0, 1)
    # Where all is white, nothing slopes any more.
    steep = np.maximum(np.clip(column("highlight_gradient") / _STEEP, 0, 1), np.clip(clipped, 0, 1))
    washed = _BY_RELIEF * steep + _BY_DARKS * np.clip(low / _LIT_DARKS, 0, 1.5)

    def reason(row: int) -> str:
        return f"Overexposed: {burnt[row]:.0%} of it is burnt out to white, and the rest is at {lit[row] / 2.55:.0f} % brightness."

    return Judgement(falling(lost * (1 - _FORGIVEN * background) * washed, _OVER, 2), reason)


# --- what is in it

_EMPTY = 1.0


def empty(column: Column) -> Judgement:
    """Low information: a lens cap, the floor, the inside of a pocket."""
    contrast, detail, entropy = column("contrast"), column("edge_density"), column("entropy")
    much = contrast / 12 * 0.5 + detail / 0.04 * 0.3 + np.clip(entropy / 5, 0, 2) * 0.4

    def reason(row: int) -> str:
        return f"Hardly anything is to be seen: {detail[row]:.1%} of it are edges, and its light varies by {contrast[row] / 2.55:.0f} %."

    return Judgement(rising(much, _EMPTY, 4), reason)


# --- what was done to it

# Standard deviation of noise (levels, at 1,500 pixels across) that is seen, in photos of at least
# so many pixels on the longer side and in tiny ones, where fine texture is hardest to tell from it;
# the whiteness up to which it is texture, and from which it is noise.
_GRAINY, _GRAINY_TINY, _GRAINY_AT_MOST, _GRAINIER_THAN_USUAL = 3.6, 9.5, 10.0, 4.0
_LARGE, _SMALL = 640.0, 240.0
_TEXTURE, _WHITE = 0.3, 0.8
# JPEG quality from which compression is seen; and, for what was saved again, the height of the
# steps between blocks against those within, softened by _WITHIN levels, from which they are seen,
# in files whose own tables are at least so good. Lower steps than _LOW (levels) are not seen,
# however smooth the picture.
_CRUSHED, _STEPS, _WITHIN, _OWN, _LOW = 32.5, 0.21, 4.0, 60.0, 1.0


def noisy(column: Column) -> Judgement:
    """Grain that is new in every pixel, even where the picture is flat."""
    noise = column("noise_sigma") * np.clip(
        (column("noise_whiteness") - _TEXTURE) / (_WHITE - _TEXTURE), 0, 1
    )
    small = 1 - np.clip((column("longest") - _SMALL) / (_LARGE - _SMALL), 0, 1)
    middle = np.maximum(
        _usual(noise, _GRAINIER_THAN_USUAL, _GRAINY, _GRAINY_AT_MOST),
        _GRAINY + small * (_GRAINY_TINY - _GRAINY),
    )

    def reason(row: int) -> str:
        return (
            f"Noisy: even its flattest parts vary by {noise[row] / 2.55:.1f} % from pixel to pixel."
        )

    return Judgement(falling(noise, middle, 3), reason)


def compressed(column: Column) -> Judgement:
    """Crushed by JPEG: by the tables of the file, or by the steps that an earlier file has left."""
    quality, height = column("jpeg_quality"), column("blockiness")
    by_table = np.where(quality > 0, rising(quality, _CRUSHED, 3), np.float32(1))
    steps = height / (column("off_grid_step") + _WITHIN) * np.sqrt(np.clip(height / _LOW, 0, 1))
    # What a file with coarse tables shows of its own blocks is what its tables say.
    by_steps = np.where((quality > 0) & (quality < _OWN), np.float32(1), falling(steps, _STEPS, 3))

    def reason(row: int) -> str:
        if by_table[row] <= by_steps[row]:
            return f"Heavily compressed: it was saved at JPEG quality {quality[row]:.0f} of 100."
        return "Heavily compressed: the edges of JPEG's blocks show, though the file itself was saved at a better quality."

    return Judgement(np.minimum(by_table, by_steps).astype(np.float32), reason)


# --- whether it is a photo

_DRAWN = 1.3
# What each step of the learned odds (natural logarithm) of being drawn adds to the evidence, and
# from where.
_LEARNED, _PERHAPS = 0.27, 0.0


def not_a_photo(column: Column) -> Judgement:
    """A screenshot, a document, a drawing, an icon: flat colours, few of them, hard edges, and no
    camera."""
    flat, colours, text = (
        column("flat_share"),
        column("top_colors_share"),
        column("hard_edge_share"),
    )
    evidence = (
        0.8 * np.clip((flat - 0.35) / 0.4, 0, 1)
        + 0.6 * np.clip((colours - 0.6) / 0.3, 0, 1)
        + 0.6 * np.clip(text / 0.02, 0, 1) * np.clip((flat - 0.2) / 0.3, 0, 1)
        + 0.25 * column("lossless")
        - 1.2 * column("camera")
    )
    # Light and dark swallow what a photo is made of: what has no lights, or no darks, is dark or
    # overexposed first of all.
    evidence *= np.clip(column("luma_p99") / 150, 0, 1) * (
        1 - np.clip((column("luma_p2") - 40) / 60, 0, 1)
    )
    # What the encoder has learned of drawings is not misled by light.
    evidence += _LEARNED * np.clip(column("drawn") - _PERHAPS, 0, 8)

    def reason(row: int) -> str:
        return f"Not a photo: {flat[row]:.0%} of it is flat colour, {colours[row]:.0%} of it has eight colours, and no camera is named."

    return Judgement(falling(np.maximum(evidence, 0), _DRAWN, 4), reason)
