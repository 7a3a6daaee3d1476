"""Whether two aligned images are the same picture: the verdicts on `PairMeasurements`."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.matching.geometry import Shape, pixels_to_unit
from explorer.matching.pair_measurements import PairMeasurements
from explorer.matching.same_picture_thresholds import SAME_PICTURE


def is_same_picture(pair: PairMeasurements) -> bool:
    """Whether two images are one picture, and not two shots of one scene."""
    t, changed = SAME_PICTURE, pair.changed
    if not _is_aligned(pair):
        return False
    if is_mostly_flat(pair):
        return changed.share == 0 or changed.unchanged >= t.flat_least_unchanged
    if not has_changed_blocks(pair) or _is_watermarked(pair):
        return True
    if changed.share > t.most_changed:
        return False
    if changed.displaced > t.most_displaced and changed.two_tone < t.surely_two_tone:
        return False
    return _looks_added(pair) or _looks_like_text(pair)


def _is_aligned(pair: PairMeasurements) -> bool:
    """Whether the images correlate, and differ in nothing but scaling, translation and cropping."""
    t = SAME_PICTURE
    return (
        (pair.median >= t.least_median or _is_watermarked(pair))
        and pair.far <= t.most_far
        and pair.distortion <= t.most_distortion
        and pair.excess <= t.most_excess
        and pair.stretch <= t.most_stretch
        and pair.changed.strong_blocks >= t.least_strong_blocks
    )


def _looks_added(pair: PairMeasurements) -> bool:
    """Whether what differs was put on the picture: most pixels there are as before, or the changed
    ones have one or two tones."""
    t, changed = SAME_PICTURE, pair.changed
    return (
        changed.unchanged >= t.least_unchanged
        or changed.two_tone >= t.least_two_tone
        or (
            changed.unchanged >= t.least_unchanged_of_both
            and changed.two_tone >= t.least_two_tone_of_both
        )
    )


def _looks_like_text(pair: PairMeasurements) -> bool:
    """Whether what differs are strokes on a picture that is otherwise the same."""
    t, changed = SAME_PICTURE, pair.changed
    return (
        changed.wide <= t.most_wide
        and pair.median >= t.text_least_median
        and changed.share <= t.text_most_changed
        and changed.displaced <= t.text_most_displaced
    )


def _is_watermarked(pair: PairMeasurements) -> bool:
    """Whether what differs is thin and of one color all over the picture, as watermarks are."""
    t, changed = SAME_PICTURE, pair.changed
    return (
        pair.median >= t.watermark_least_median
        and changed.share <= t.watermark_most_changed
        and changed.unchanged >= t.watermark_least_unchanged
        and changed.wide <= t.watermark_most_wide
        and changed.one_sidedness >= t.watermark_least_one_sidedness
    )


def is_mostly_flat(pair: PairMeasurements) -> bool:
    """Whether it is a screenshot, a page or the like.

    The next one has the same bars and buttons, and other text: no difference can pass for something
    that was put on.
    """
    return pair.changed.flat >= SAME_PICTURE.least_flat


def has_changed_blocks(pair: PairMeasurements) -> bool:
    """Whether something is visible in one image that is not in the other."""
    return pair.changed.share > SAME_PICTURE.few_changed


def looks_like_motion(pair: PairMeasurements) -> bool:
    """Whether what differs looks less like something put on than like something that came, went or
    moved between two shots."""
    changed = pair.changed
    return has_changed_blocks(pair) and (
        changed.local_motion
        or (changed.wide > SAME_PICTURE.most_wide and changed.drawn < SAME_PICTURE.least_drawn)
    )


def may_have_equal_pixels(
    pair: PairMeasurements, one: tuple[int, int], other: tuple[int, int]
) -> bool:
    """Whether it is worth decoding both files at full size. one, other: (width, height)."""
    deviation = np.abs(pair.matrix[:, :2] - np.eye(2)).max()
    return (
        one == other
        and pair.median > SAME_PICTURE.equal_pixels_least_median
        and pair.changed.share == 0
        and bool(deviation < SAME_PICTURE.equal_pixels_most_scaling)
    )


def relation(pair: PairMeasurements, one: Shape, other: Shape) -> dict[str, Any]:
    """How the images relate, as it is stored.

    one, other: shapes of the previews. `matrix`: maps `other` to `one`, as unit squares, row by
    row. `changed`: share of the strongly textured blocks that differ.
    """
    unit = pixels_to_unit(pair.matrix, one, other)
    return {
        "matrix": [round(float(value), 5) for value in unit.ravel()],
        "changed": round(pair.changed.share, 4),
    }
