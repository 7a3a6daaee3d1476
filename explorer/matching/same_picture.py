"""Decide from `PairMeasurements` whether two aligned images are the same picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.matching.geometry import Shape, pixels_to_unit
from explorer.matching.pair_measurements import PairMeasurements
from explorer.matching.same_picture_thresholds import SAME_PICTURE


def is_same_picture(pair: PairMeasurements) -> bool:
    """Whether two images are the same picture, rather than two shots of one scene."""
    t, changed = SAME_PICTURE, pair.changed
    if not _is_aligned(pair):
        return False
    if is_mostly_flat(pair):
        return changed.share == 0 or changed.unchanged >= t.flat_min_unchanged
    if not has_changed_blocks(pair) or _is_watermarked(pair):
        return True
    if changed.share > t.max_changed or _is_redrawn(pair):
        return False
    if changed.displaced > t.max_displaced and changed.two_tone < t.surely_two_tone:
        return False
    return _looks_added(pair) or _looks_like_text(pair)


def _is_aligned(pair: PairMeasurements) -> bool:
    """Whether the images correlate, and differ only by scaling, translation and cropping."""
    return (
        pair.is_placed_like_copy
        and (pair.median >= SAME_PICTURE.min_median or _is_watermarked(pair))
        and pair.changed.strong_blocks >= SAME_PICTURE.min_strong_blocks
    )


def _is_redrawn(pair: PairMeasurements) -> bool:
    """Whether drawings, such as text, were replaced by others rather than added to the picture: two
    screenshots of conversations have the same photo or pattern behind other messages."""
    t, changed = SAME_PICTURE, pair.changed
    is_other_text = (
        changed.wide <= t.max_wide and changed.redrawn >= t.min_redrawn_of_text * changed.share
    )
    return (
        changed.flat >= t.redrawn_min_flat
        and changed.unchanged < t.flat_min_unchanged
        and (changed.redrawn >= t.min_redrawn or is_other_text)
    )


def _looks_added(pair: PairMeasurements) -> bool:
    """Whether the differences look like additions to the picture: most pixels in the changed blocks
    are unchanged, or the changed pixels have one or two tones."""
    t, changed = SAME_PICTURE, pair.changed
    return (
        changed.unchanged >= t.min_unchanged
        or changed.two_tone >= t.min_two_tone
        or (
            changed.unchanged >= t.min_unchanged_of_both
            and changed.two_tone >= t.min_two_tone_of_both
        )
    )


def _looks_like_text(pair: PairMeasurements) -> bool:
    """Whether the differences look like strokes on an otherwise unchanged picture."""
    t, changed = SAME_PICTURE, pair.changed
    return (
        changed.wide <= t.max_wide
        and pair.median >= t.text_min_median
        and changed.share <= t.text_max_changed
        and changed.displaced <= t.text_max_displaced
    )


def _is_watermarked(pair: PairMeasurements) -> bool:
    """Whether the differences look like a watermark: thin, of one color, and all over the
    picture."""
    t, changed = SAME_PICTURE, pair.changed
    return (
        pair.median >= t.watermark_min_median
        and changed.share <= t.watermark_max_changed
        and changed.unchanged >= t.watermark_min_unchanged
        and changed.wide <= t.watermark_max_wide
        and changed.one_sidedness >= t.watermark_min_one_sidedness
    )


def is_mostly_flat(pair: PairMeasurements) -> bool:
    """Whether the picture is a screenshot, a page or the like.

    Two screenshots can have the same bars and buttons but different text, so their differences must
    not be mistaken for additions.
    """
    return pair.changed.flat >= SAME_PICTURE.min_flat


def may_hide_differences(pair: PairMeasurements) -> bool:
    """Whether images that are the same picture by their previews may differ in what previews are
    too small to show, such as the words of two pages with one layout."""
    return pair.changed.flat >= SAME_PICTURE.min_partly_flat and (
        is_mostly_flat(pair) or not has_changed_blocks(pair)
    )


def has_changed_blocks(pair: PairMeasurements) -> bool:
    """Whether something is visible in one image but not in the other."""
    return pair.changed.share > SAME_PICTURE.few_changed


def looks_like_motion(pair: PairMeasurements) -> bool:
    """Whether the differences look like something that came, went or moved between two shots,
    rather than an addition."""
    changed = pair.changed
    return has_changed_blocks(pair) and (
        changed.local_motion
        or (changed.wide > SAME_PICTURE.max_wide and changed.drawn < SAME_PICTURE.min_drawn)
    )


def may_have_equal_pixels(
    pair: PairMeasurements, one: tuple[int, int], other: tuple[int, int]
) -> bool:
    """Whether it is worth decoding both files at full size. one, other: (width, height)."""
    deviation = np.abs(pair.matrix[:, :2] - np.eye(2)).max()
    return (
        one == other
        and pair.median > SAME_PICTURE.equal_pixels_min_median
        and pair.changed.share == 0
        and bool(deviation < SAME_PICTURE.equal_pixels_max_scaling)
    )


def relation(pair: PairMeasurements, one: Shape, other: Shape) -> dict[str, Any]:
    """How the images relate, in the form stored in the catalog.

    one, other: shapes of the previews. In the result, `matrix` maps `other` to `one`, as unit
    squares, row by row, and `changed` is the share of the strongly textured blocks that differ.
    """
    unit = pixels_to_unit(pair.matrix, one, other)
    return {
        "matrix": [round(float(value), 5) for value in unit.ravel()],
        "changed": round(pair.changed.share, 4),
    }
