"""Ways to lay one picture onto another, as 2×3 matrices that give for each pixel of the second its
place in the first; and boxes.

Pixels have their centres at whole numbers, so a picture's edges lie at −0.5 and at its width or
height − 0.5.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]

# Of a bar with signs on it: the share of the height that it takes at least and at most, greys that
# are nearly its own, and their share of each row and of all. 10 of 300 everyday photos begin or end
# like that: pale skies, black stages.
_NARROWEST, _WIDEST, _NEARLY, _MOSTLY, _ON_THE_WHOLE = 0.08, 0.42, 6, 0.5, 0.85
# Pixels by which a border may be wider than it is found to be.
_RIM = 3


def compose(outer: Matrix, inner: Matrix) -> Matrix:
    """First `inner`, then `outer`."""
    return np.asarray((np.vstack([outer, [0, 0, 1]]) @ np.vstack([inner, [0, 0, 1]]))[:2])


def inverse(matrix: Matrix) -> Matrix:
    return np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]


def content(grey: Grey) -> Box:
    """Left, top, right, bottom of what lies within a border of one colour, in pixels from the
    corner."""
    h, w = grey.shape
    left, right = _border(grey.T), _border(grey.T[::-1])
    top, bottom = _border(grey), _border(grey[::-1])
    return float(left), float(top), float(w - right), float(h - bottom)


def framed(grey: Grey) -> Box:
    """As `content`, but bars above and below may be wide and have signs on them, as those of
    screenshots and captions do; good for a guess alone."""
    left, top, right, bottom = content(grey)
    return (
        left,
        max(top, float(_bar(grey))),
        right,
        min(bottom, float(grey.shape[0] - _bar(grey[::-1]))),
    )


def _bar(rows: Grey) -> int:
    """How many rows, from the first on, are of its grey but for some signs; at most `_WIDEST` of
    them."""
    most = rows[: int(len(rows) * _WIDEST)]
    if not len(most):
        return 0
    share = (np.abs(most.astype(np.int16) - int(np.median(most[0]))) <= _NEARLY).mean(axis=1)
    end = int(np.argmin(share >= _MOSTLY)) or len(most) * bool(share[0] >= _MOSTLY)
    return end if end >= _NARROWEST * len(rows) and share[:end].mean() >= _ON_THE_WHOLE else 0


def rimless(box: Box, shape: tuple[int, ...]) -> Box:
    """What surely lies within a border: compression smears a border's inner rim, and it is found a
    little too narrow."""
    h, w = shape[:2]
    left, top, right, bottom = box
    return (
        left + _RIM * (left > 0), top + _RIM * (top > 0), right - _RIM * (right < w),
        bottom - _RIM * (bottom < h),
    )  # fmt: skip


def is_around(grey: Grey, unit: Matrix) -> bool:
    """Whether a picture is the other one with a border or with bars: there is more of it on two
    opposite sides at least, and that is all of one grey, but for some signs. unit: lays the other
    one onto this one, both as unit squares."""
    h, w = grey.shape
    edges = np.array([[0, 0, 1], [1, 1, 1]]) @ unit.T * [w, h]
    left, top = (max(0, int(edge) - _RIM) for edge in edges.min(axis=0))
    right, bottom = (int(edge) + _RIM for edge in edges.max(axis=0))
    tones = [
        _tone(strip)
        for strip in (grey[:, :left], grey[:, right:], grey[:top], grey[bottom:])
        if strip.size
    ]
    both = (left > 0 and right < w) or (top > 0 and bottom < h)
    return both and None not in tones and max(tones) - min(tones) <= _NEARLY  # type: ignore[type-var, operator]


def _tone(strip: Grey) -> float | None:
    """The one grey that a part of a picture has, but for some signs; None where it has more."""
    middle = float(np.median(strip))
    return middle if (np.abs(strip - middle) <= _NEARLY).mean() >= _ON_THE_WHOLE else None


def _border(rows: Grey) -> int:
    """How many rows, from the first on, are of one grey; at most a third. Compression leaves some
    ripples."""
    # Each fourth pixel says as much.
    most = rows[: len(rows) // 3, ::4]
    # Nearly all photos have no border.
    if not len(most) or not _plain(most[:1])[0]:
        return 0
    plain = _plain(most)
    return int(np.argmin(plain)) if not plain.all() else 0


def _plain(some: Grey) -> npt.NDArray[np.bool_]:
    """Which rows are of one grey, that of the first."""
    ordered, last = np.sort(some, axis=1), some.shape[1] - 1
    low, middle, high = (
        ordered[:, round(share * last)].astype(np.int16) for share in (0.04, 0.5, 0.96)
    )
    return np.asarray((high - low < 14) & (np.abs(middle - middle[0]) < 8))


def straightened(matrix: Matrix, other: tuple[int, ...]) -> Matrix:
    """The nearest way that only turns by quarters, mirrors, scales and shifts. other: (height,
    width) of the picture that is laid."""
    linear = matrix[:, :2]
    kept = np.abs(linear) == np.abs(linear).max(axis=1, keepdims=True)
    if not kept.any(axis=0).all():
        kept = np.eye(2, dtype=bool)
    centre = np.array([other[1] / 2, other[0] / 2])
    new = np.where(kept, linear, 0.0)
    return np.column_stack([new, matrix @ np.append(centre, 1) - new @ centre])


def whole(way: int, one: tuple[int, ...], other: tuple[int, ...]) -> Matrix:
    """All of `other` onto all of `one`, given as (height, width). way: as in `box_onto_box`."""
    return box_onto_box(way, (0.0, 0.0, one[1], one[0]), (0.0, 0.0, other[1], other[0]))


def box_onto_box(way: int, one: Box, other: Box) -> Matrix:
    """What lies in one box onto the other. way: 0–7: 1 mirrors left to right, 2 top to bottom, 4
    swaps the axes (before that)."""
    edges = edges_onto_edges(way, one, other)
    # Pixels' centres lie half a pixel inside.
    return np.column_stack([edges[:, :2], edges @ [0.5, 0.5, 1] - 0.5])


def edges_onto_edges(way: int, one: Box, other: Box) -> Matrix:
    """As `box_onto_box`, where whole numbers are not the centres of pixels but their edges; for
    unit squares, say."""
    (left, top, right, bottom), (x, y, x_end, y_end) = one, other
    unit = np.array([[0.0, 1, 0], [1, 0, 0]]) if way & 4 else np.array([[1.0, 0, 0], [0, 1, 0]])
    for axis in (0, 1):
        if way & (1 << axis):
            unit[axis] = [-unit[axis, 0], -unit[axis, 1], 1 - unit[axis, 2]]
    size = np.array([right - left, bottom - top])
    linear = unit[:, :2] * size[:, None] / [x_end - x, y_end - y]
    return np.column_stack([linear, unit[:, 2] * size + [left, top] - linear @ [x, y]])


def from_unit(unit: Matrix, one: tuple[int, ...], other: tuple[int, ...]) -> Matrix:
    """A relation's matrix (2×3, unit squares) in the pixels of pictures of these shapes (height,
    width)."""
    scale = np.array([one[1], one[0]])
    linear = unit[:, :2] * scale[:, None] / [other[1], other[0]]
    return np.column_stack([linear, unit[:, 2] * scale + linear @ [0.5, 0.5] - 0.5])


def rescaled(to: Matrix, base: Matrix, moved: Matrix) -> Matrix:
    """The same way between pictures whose pixels are that many times larger, across and down."""
    edge = to[:, :2] @ [-0.5, -0.5] + to[:, 2] + 0.5
    linear = to[:, :2] * base[None] / moved[:, None]
    return np.column_stack([linear, edge / moved + linear @ [0.5, 0.5] - 0.5])


def out_of(outer: tuple[float, ...], inner: tuple[float, ...], matrix: Matrix) -> float:
    """By how many pixels a box sticks out of another at most, once it is laid there."""
    corners = (
        np.array([[inner[i], inner[j]] for i in (0, 2) for j in (1, 3)]) @ matrix[:, :2].T
        + matrix[:, 2]
    )
    low, high = corners.min(axis=0), corners.max(axis=0)
    return float(max(outer[0] - low[0], outer[1] - low[1], high[0] - outer[2], high[1] - outer[3]))
