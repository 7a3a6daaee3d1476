"""Borders and letterbox bars of one color around an image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.matching.geometry import Box, Gray, Matrix, Shape


@dataclass(frozen=True)
class BorderThresholds:
    """What counts as a border, and what as a bar above or below an image.

    Set on copies that `python run.py bench duplicates` makes. Of 300 everyday photos, 10 begin or
    end with something like a bar: pale skies, black stages.
    """

    least_bar_height: float = 0.08
    """Share of the image height that a bar takes at least."""
    most_bar_height: float = 0.42
    """Share of the image height that a bar takes at most."""
    gray_tolerance: int = 6
    """Gray levels within which a pixel has the bar's color."""
    least_in_row: float = 0.5
    """Share of each row of a bar that has its color."""
    least_in_bar: float = 0.85
    """Share of the whole bar that has its color; the rest may be text or icons."""
    smear: int = 3
    """Pixels by which compression blurs a border's inner edge."""
    most_row_range: int = 14
    """Gray levels between the 4th and the 96th percentile of a plain row."""
    row_tolerance: int = 8
    """Gray levels by which the median of a border's row may differ from that of the first row."""


THRESHOLDS = BorderThresholds()


def content_box(gray: Gray) -> Box:
    """The part of an image inside a border of one color; the whole image if there is none."""
    h, w = gray.shape
    left, right = _border_width(gray.T), _border_width(gray.T[::-1])
    top, bottom = _border_width(gray), _border_width(gray[::-1])
    return float(left), float(top), float(w - right), float(h - bottom)


def content_box_without_bars(gray: Gray) -> Box:
    """As `content_box`, also without wide bars above and below that may have text or icons on them.

    Screenshots and captioned images have such bars. Some photos seem to have them, too: use this
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
    """The part of a content box that is surely inside the border.

    Compression blurs a border's inner edge, so that it is found a little too narrow.
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

    It is if the image extends beyond the other one on two opposite sides at least, and all of that
    has one color, apart from some text. unit: maps the other image to this one, as unit squares.
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
            if same.mean() < THRESHOLDS.least_in_bar:
                return False
            levels.append(level)
    on_opposite_sides = (left > 0 and right < w) or (top > 0 and bottom < h)
    return on_opposite_sides and max(levels) - min(levels) <= THRESHOLDS.gray_tolerance


def _bar_height(rows: Gray) -> int:
    """The height of a bar that begins at the first row; 0 if there is none."""
    top = rows[: int(len(rows) * THRESHOLDS.most_bar_height)]
    if not len(top):
        return 0
    level = int(np.median(top[0]))
    share = (np.abs(top.astype(np.int16) - level) <= THRESHOLDS.gray_tolerance).mean(axis=1)
    plain = share >= THRESHOLDS.least_in_row
    height = int(np.argmin(plain)) or len(top) * bool(plain[0])
    is_bar = (
        height >= THRESHOLDS.least_bar_height * len(rows)
        and share[:height].mean() >= THRESHOLDS.least_in_bar
    )
    return height if is_bar else 0


def _border_width(rows: Gray) -> int:
    """How many rows, from the first one, have one color; at most a third of all."""
    # Every fourth pixel is enough.
    top = rows[: len(rows) // 3, ::4]
    # Nearly all photos have no border: check the first row alone, which is cheap.
    if not len(top) or not _plain_rows(top[:1])[0]:
        return 0
    plain = _plain_rows(top)
    return int(np.argmin(plain)) if not plain.all() else 0


def _plain_rows(rows: Gray) -> npt.NDArray[np.bool_]:
    """Which rows have one color, that of the first row; compression ripples are allowed."""
    ordered, last = np.sort(rows, axis=1), rows.shape[1] - 1
    low, middle, high = (
        ordered[:, round(share * last)].astype(np.int16) for share in (0.04, 0.5, 0.96)
    )
    return np.asarray(
        (high - low < THRESHOLDS.most_row_range)
        & (np.abs(middle - middle[0]) < THRESHOLDS.row_tolerance)
    )
