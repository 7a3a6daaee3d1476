"""Describe how two photos of one picture relate, in the form stored in the catalog."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.analysis.duplicates.preview_images import PreviewImage
from explorer.matching import geometry, same_picture, tone
from explorer.matching.borders import has_border_around
from explorer.matching.color_details import color_details_differ
from explorer.matching.fine_differences import PHOTOS, details_differ
from explorer.matching.local_changes import changed_locally
from explorer.matching.overlap import matched_overlap
from explorer.matching.pair_measurements import PairMeasurements


def pair_relation(pair: PairMeasurements, one: PreviewImage, other: PreviewImage) -> dict[str, Any]:
    """`same_picture.relation`, and if they are one picture, how their tones and borders differ.

    `grey`: 1 if only b is grayscale, -1 if only a is. `light`: levels by which b is brighter.
    `tone`: levels by which the colors differ where they differ most (`ToneChange.deviation`).
    `detail`: 1 if a small detail is visible in only one of them, or has another color.
    `border`: 1 if b is a with a border around it, -1 if it is the other way round.
    """
    if one.gray is None or other.gray is None:
        return {}
    kept = same_picture.relation(pair, one.gray.shape, other.gray.shape)
    if not same_picture.is_same_picture(pair) or one.color is None or other.color is None:
        return kept
    unit = np.reshape(kept["matrix"], (2, 3))
    overlap = matched_overlap(one.gray, other.gray, pair.matrix, PHOTOS.min_tone_share)
    detail = details_differ(overlap, PHOTOS) or changed_locally(overlap)
    change = tone.tone_change(one.color, other.color, unit)
    if not detail and not change.desaturated:
        colors = one.half_color, other.half_color
        if colors[0] is not None and colors[1] is not None:
            detail = color_details_differ(colors[0], colors[1], unit)
    border = int(has_border_around(other.gray, geometry.invert(unit)))
    border -= int(has_border_around(one.gray, unit))
    return kept | {
        "grey": change.desaturated,
        "light": round(change.brightness, 1),
        "tone": round(change.deviation, 1),
        "detail": int(detail),
        "border": border,
    }
