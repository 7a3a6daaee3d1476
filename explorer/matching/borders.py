"""Borders and letterbox bars of one color around an image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.matching.geometry import Box, Gray, Matrix, Shape


@dataclass(frozen=True)
class BorderThresholds:
    """Thresholds for borders, and for bars above or below an image.

    Chosen on the copies that `python run.py bench duplicates` makes. Of 300 everyday photos, 10
    begin or end with something like a bar, such as a pale sky or a black stage.
    """

    min_bar_height: float = 0.08
    """The minimum height of a bar, as a share of the image height."""
    max_bar_height: float = 0.42
    """The maximum height of a bar, as a share of the image height."""
    gray_tolerance: int = 6
    """The maximum difference in gray levels between a pixel and the bar's color."""
    min_in_row: float = 0.5
    """The minimum share of each row of a bar that has its color."""
    min_in_bar: float = 0.85
    """The minimum share of the whole bar that has its color; the rest may be text or icons."""
    smear: int = 3
    """The number of pixels over which compression blurs a border's inner edge."""
    max_row_range: int = 14
    """The maximum range of a plain row, from the 4th to the 96th percentile, in gray levels."""
    row_tolerance: int = 8
    """The maximum difference in gray levels between the medians of a border's row and of its first
    row."""


THRESHOLDS = BorderThresholds()


def content_box(gray: Gray) -> Box:
    """The part of an image inside a border of one color; the whole image if there is none."""
    h, w = gray.shape
    left, right = _border_width(gray.T), _border_width(gray.T[::-1])
    top, bottom = _border_width(gray), _border_width(gray[::-1])
    return float(left), float(top), float(w - right), float(h - bottom)


def content_box_without_bars(gray: Gray) -> Box:
    """Like `content_box`, but also without wide bars above and below, which may have text or icons
    on them.

    Screenshots and captioned images have such bars. Some photos only seem to have them, so use this
    box to propose an alignment, never to confirm one.
    """
    left, top, right, bottom = content_box(gray)
    return (
        left,
        max(top, float(_bar_height(gray))),
        right,
        min(bottom, float(gray.shape[0] - _bar_height(gray[::-1]))),
    )


def shrink_bordered_sides(box: Box, shape: Shape) -> Box:
    """The part of a content box that is certainly inside the border.

    Compression blurs a border's inner edge, so the detected border is a little too narrow.
    """
    h, w = shape[:2]
    left, top, right, bottom = box
    smear = THRESHOLDS.smear
    return (
        left + smear * (left > 0),
        top + smear * (top > 0),
        right - smear * (right < w),
        bottom - smear * (bottom < h),
    )


def has_border_around(gray: Gray, unit: Matrix) -> bool:
    """Whether an image is another one with a border or bars around it.

    That is the case if it extends beyond the other one on at least two opposite sides, and the
    extending parts have a single color, apart from some text. unit: maps the other image to this
    one, as unit squares (2×3).
    """
    h, w = gray.shape
    smear = THRESHOLDS.smear
    edges = np.array([[0, 0, 1], [1, 1, 1]]) @ unit.T * [w, h]
    left, top = (max(0, int(edge) - smear) for edge in edges.min(axis=0))
    right, bottom = (int(edge) + smear for edge in edges.max(axis=0))
    strips = (gray[:, :left], gray[:, right:], gray[:top], gray[bottom:])
    levels = list[float]()
    for strip in strips:
        if strip.size:
            level = float(np.median(strip))
            same = np.abs(strip - level) <= THRESHOLDS.gray_tolerance
            if same.mean() < THRESHOLDS.min_in_bar:
                return False
            levels.append(level)
    on_opposite_sides = (left > 0 and right < w) or (top > 0 and bottom < h)
    return on_opposite_sides and max(levels) - min(levels) <= THRESHOLDS.gray_tolerance


def _bar_height(rows: Gray) -> int:
    """The height in pixels of a bar that begins at the first row; 0 if there is none."""
    top = rows[: int(len(rows) * THRESHOLDS.max_bar_height)]
    if not len(top):
        return 0
    level = int(np.median(top[0]))
    share = (np.abs(top.astype(np.int16) - level) <= THRESHOLDS.gray_tolerance).mean(axis=1)
    plain = share >= THRESHOLDS.min_in_row
    height = int(np.argmin(plain)) or len(top) * bool(plain[0])
    is_bar = (
        height >= THRESHOLDS.min_bar_height * len(rows)
        and share[:height].mean() >= THRESHOLDS.min_in_bar
    )
    return height if is_bar else 0


def _border_width(rows: Gray) -> int:
    """The number of leading rows that have one color; 0 if they are a third of all or more."""
    # Every fourth pixel is enough.
    top = rows[: len(rows) // 3, ::4]
    # Nearly all photos have no border, so check just the first row, which is cheap.
    if not len(top) or not _plain_rows(top[:1])[0]:
        return 0
    plain = _plain_rows(top)
    return int(np.argmin(plain)) if not plain.all() else 0


def _plain_rows(rows: Gray) -> npt.NDArray[np.bool_]:
    """Which rows have the single color of the first row, apart from compression artifacts."""
    ordered, last = np.sort(rows, axis=1), rows.shape[1] - 1
    low, middle, high = (
        ordered[:, round(share * last)].astype(np.int16) for share in (0.04, 0.5, 0.96)
    )
    return np.asarray(
        (high - low < THRESHOLDS.max_row_range)
        & (np.abs(middle - middle[0]) < THRESHOLDS.row_tolerance)
    )
