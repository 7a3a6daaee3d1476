"""Describe how one photo differs from another in words: “half the size, rotated by 90°”."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.duplicates.relative_geometry import (
    ComparedPhoto,
    Matrix,
    orientation,
    overlap,
    unit_transform,
)

OVERLAY = 0.015
"""Share of differing blocks above which something counts as added on top of a picture."""
_SIZES = ((0.5, "half the size"), (0.25, "a quarter of the size"), (2.0, "twice the size"))
_BRIGHTER = 8.0
"""Difference of the means, in levels of 255, above which a picture is called brighter or darker."""


def describe_difference(
    relation: dict[str, Any], keep: ComparedPhoto, other: ComparedPhoto, *, forwards: bool
) -> str:
    """How `other` differs from `keep`, in words; '' if nothing is known. forwards: whether `keep`
    is the first photo of the relation."""
    words = list[str]()
    transform = unit_transform(relation, forwards=forwards)
    if transform is not None:
        words = [_size(transform, keep, other), orientation(transform)]
        words.append(_border(relation, forwards=forwards) or _crop(transform))
        if relation.get("changed", 0.0) > OVERLAY:
            words.append("with something added on top")
        words.append(_tone(relation, forwards=forwards))
    if keep.format != other.format:
        words.append(f"saved as {other.format} instead of {keep.format}")
    unchanged = "same size, saved again" if transform is not None else ""
    return ", ".join(filter(None, words)) or unchanged


def _size(transform: Matrix, keep: ComparedPhoto, other: ComparedPhoto) -> str:
    """The linear size of the content in pixels, compared with the file to keep; '' if it is
    equal."""
    covered = float(abs(np.linalg.det(transform[:2, :2])))
    factor = (other.width * other.height / max(1e-9, covered * keep.width * keep.height)) ** 0.5
    if 0.98 <= factor <= 1.02:
        return ""
    named = next((name for size, name in _SIZES if abs(factor / size - 1) < 0.03), "")
    return named or f"{factor:.0%} of the size"


def _border(relation: dict[str, Any], *, forwards: bool) -> str:
    border = relation.get("border", 0) * (1 if forwards else -1)
    if not border:
        return ""
    return "with a border" if border > 0 else "without the border"


def _crop(transform: Matrix) -> str:
    """How much of the picture is left, and whether there is more around it; '' if neither
    differs."""
    shown, beyond = overlap(transform)
    words = [f"cropped to {shown:.0%}"] if shown < 0.985 else []
    if beyond > 0.015:
        words.append("shows more around it")
    return ", ".join(words)


def _tone(relation: dict[str, Any], *, forwards: bool) -> str:
    gray, light = relation.get("grey", 0), relation.get("light", 0.0)
    words = []
    if gray:
        words.append("in black and white" if (gray > 0) == forwards else "in color")
    if abs(light) > _BRIGHTER:
        words.append("brighter" if (light > 0) == forwards else "darker")
    return ", ".join(words)
