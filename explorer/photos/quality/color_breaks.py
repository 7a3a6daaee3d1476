"""Recognize a JPEG whose data were changed after it was saved: from one block on, all colors are
shifted.

JPEG stores the mean of each block as the difference from the block before it (ITU-T T.81, F.1.1.5).
A changed bit therefore shifts the brightness or a color of all blocks behind it, in reading order.
Decoders report nothing. What remains visible is a step with two corners: the upper edge of the
shifted part runs along one row of blocks up to the right border, and along the next row from the
left border to the column at which the shift begins. Scenes have no such edges, but drawn pictures
do, such as a screenshot with a bar of tabs: where many blocks have the same color, none is sought.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Map = npt.NDArray[np.float32]


@dataclass(frozen=True)
class ColorBreakThresholds:
    """Set on photos with changed bits (`python run.py bench anomalies`). Levels are 0 to 255."""

    visible: float = 5.0
    """The step between two blocks that counts in full, levels."""
    largest: float = 60.0
    """Larger steps count as this much."""
    min_columns: int = 48
    """The smallest number of blocks side by side: in narrower pictures, edges of the scene can lie
    like that by chance."""
    min_side: int = 4
    """The smallest number of blocks on either side of the corners."""
    min_certainty: float = 0.45
    """The lowest certainty that is computed."""
    max_plain: float = 0.36
    """The largest share of plain blocks in the picture. Of 92 photos, nine in ten have
    less; of 72 drawn screenshots, 95% have more than 0.55."""
    max_plain_beside: float = 0.5
    """The largest share of plain blocks in each row of blocks beside the edges."""
    plain_range: int = 2
    """The largest range of values in a plain block and its neighbor, levels."""
    min_height: int = 8
    """The smallest height of a row of blocks, in pixels."""


_T = ColorBreakThresholds()
# Rows around a boundary, counted from the first one below it. Colors are interpolated across the
# boundary itself, so the step is measured between the rows beside it, and compared with the
# gradients above and below.
_ABOVE, _BELOW, _REACH = -2, 1, 3
_OFFSETS = np.array([_ABOVE - _REACH, _ABOVE, _BELOW, _BELOW + _REACH])


def color_break(pixels: npt.NDArray[np.uint8], period: int, unit: tuple[int, int]) -> float:
    """How surely the colors are shifted from one block on, 0 to 1; below `min_certainty` mostly 0.

    pixels: RGB or gray, (height, width, 3) or (height, width), oriented as in the file. period: the
    spacing of JPEG's block grid in them, 0 for no grid. unit: the width and height in blocks of the
    units in which the file stores them (minimum coded units), 1 or 2 each.
    """
    across, down = unit
    pitch, columns = down * period, pixels.shape[1] // max(1, period)
    if pitch < _T.min_height or columns < _T.min_columns:
        return 0.0
    rows = np.arange(pitch, len(pixels) - pitch - _BELOW - _REACH, pitch)
    if not len(rows):
        return 0.0
    # The rows beside each upper edge, and, by the same offsets, beside each lower edge.
    around = np.append(rows, rows[-1] + pitch)[:, None] + _OFFSETS
    chosen = pixels[around.ravel(), : columns * period]
    strip = cv2.resize(chosen, (columns, len(chosen)), interpolation=cv2.INTER_AREA)
    lines = _luma_and_chroma(np.asarray(strip))
    lines = lines.reshape(len(around), len(_OFFSETS), columns, lines.shape[-1])
    steps = _steps(lines)
    # Where a shift begins, the steps along both edges of the row add up to the whole width. Nearly
    # all rows are left out by this.
    sums = np.einsum("ijk->ik", np.clip(steps / _T.visible, -1, 1)) / np.float32(columns)
    likely = np.flatnonzero((abs(sums[:-1] + sums[1:]) >= _T.min_certainty).any(axis=1))
    if len(likely):
        plain = _plain_shares(pixels, period)
        if plain.mean() > _T.max_plain:
            return 0.0
        # The row below the lower edge may be cut off by the border of the picture.
        edges = np.minimum((likely[:, None] + 1) * down + (-1, 0, down), len(plain) - 1)
        likely = likely[(plain[edges] <= _T.max_plain_beside).all(axis=1)]
    if not len(likely):
        return 0.0
    here, below = steps[likely], steps[likely + 1]
    # The rows inside each block that are known here: the last two beside its upper edge, and the
    # first two beside its lower one.
    seams = _seams((lines[likely, 2:].sum(axis=1) + lines[likely + 1, :2].sum(axis=1)) / 4)
    corners = np.arange(_T.min_side + -_T.min_side % across, columns - _T.min_side + 1, across)
    return float(_agreement(here, below, seams, corners).max(initial=0.0))


def _plain_shares(pixels: npt.NDArray[np.uint8], period: int) -> Map:
    """The share of blocks in each row that have one color, which is also that of the next block.
    They are `period` pixels high, and wider if these are less than 8, so that all have as many
    pixels."""
    width = 64 // period
    channel = np.asarray(pixels if pixels.ndim == 2 else cv2.extractChannel(pixels, 1))
    rows, columns = len(channel) // period, channel.shape[1] // width
    bands = channel[: rows * period, : columns * width].reshape(rows, period, columns * width)
    lowest, highest = bands.min(axis=1), bands.max(axis=1)
    # By halves, which takes a fifth of the time of a minimum over a short axis.
    while lowest.shape[1] > columns:
        lowest = np.minimum(lowest[:, ::2], lowest[:, 1::2])
        highest = np.maximum(highest[:, ::2], highest[:, 1::2])
    both_high = np.maximum(highest[:, 1:], highest[:, :-1])
    both_low = np.minimum(lowest[:, 1:], lowest[:, :-1])
    shares: Map = (both_high - both_low <= _T.plain_range).mean(axis=1, dtype=np.float32)
    return shares


def _luma_and_chroma(strip: npt.NDArray[Any]) -> Map:
    """Luma and, of a color picture, two color differences: (height, width, 1 or 3)."""
    if strip.ndim == 2:
        return strip[..., None].astype(np.float32)
    three = strip if strip.shape[2] == 3 else cv2.cvtColor(strip, cv2.COLOR_RGBA2RGB)
    return cv2.cvtColor(np.asarray(three, np.float32), cv2.COLOR_RGB2YCrCb)  # type: ignore[return-value]


def _steps(lines: Map) -> Map:
    """The step at each boundary and column of blocks beyond the gradient around it, (boundaries,
    columns, channels). lines: (boundaries, len(_OFFSETS), columns, channels)."""
    far_above, above, below, far_below = lines.swapaxes(0, 1)
    around = far_below - below + above - far_above
    return np.asarray(below - above - around / 2, np.float32)


def _seams(bands: Map) -> Map:
    """The step at the left edge of each block beyond the gradient around it, 0 at the borders; of
    the same shape. bands: the mean color of each block."""
    seams, steps = np.zeros_like(bands), np.diff(bands, axis=1)
    seams[:, 2:-1] = steps[:, 1:-1] - (steps[:, 2:] + steps[:, :-2]) / 2
    return seams


def _agreement(here: Map, below: Map, seams: Map, corners: npt.NDArray[np.int64]) -> Map:
    """How well the steps agree with a shift that begins in each row at each of the given columns: 0
    or less to 1. here, below: the steps at the upper and the lower edge of the row."""
    number = corners[None, :, None].astype(np.float32)
    rest = here.shape[1] - number

    def sides(steps: Map) -> tuple[Map, Map]:
        """The mean of the steps on the left of each corner, and on the right."""
        sums = np.cumsum(steps, axis=1)
        left = sums[:, corners - 1]
        return left / number, (sums[:, -1:] - left) / rest

    left, right = sides(np.clip(here / _T.visible, -1, 1))
    left_below, right_below = sides(np.clip(below / _T.visible, -1, 1))
    sign = np.sign(right)
    edges = np.minimum(left_below * sign, right * sign) - np.maximum(abs(left), abs(right_below))
    # The shift is the same everywhere, and also between the two blocks at the corner.
    _, shift = sides(np.clip(here, -_T.largest, _T.largest))
    shift_below, _ = sides(np.clip(below, -_T.largest, _T.largest))
    small, large = np.minimum(shift * sign, shift_below * sign), np.maximum(abs(shift), 1e-3)
    large = np.maximum(large, abs(shift_below))
    seam = 2 * seams[:, corners] * sign / large
    return np.asarray(np.minimum(np.minimum(edges, 3 * small / large - 0.5), seam), np.float32)
