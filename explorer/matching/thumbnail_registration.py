"""Laying glimpses onto each other: whether two pictures may be one at all, and roughly how, told
from 32×32 pixels of each.

A glimpse is a picture squeezed to a small square, its brightness made relative to its surroundings.
Of many pairs at once, one of each is scaled and shifted until it lies on the other as well as it
can: Lucas and Kanade (1981, An iterative image registration technique) with the mean of both
pictures' gradients, as Benhimane and Malis (2004, Real-time image-based tracking of planes) have
shown to converge from farther away. A crop that took a quarter of the picture is still brought into
place, to a pixel or so of the previews; what only had a similar hash stays unlike.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from explorer.matching.geometry import Box, Grey

NormalizedThumbnail = npt.NDArray[np.int8]
Glimpses = npt.NDArray[np.floating]
Values = npt.NDArray[np.float64]

SIDE = 32
# Pixels around each that its brightness is made relative to; greys (of 255) that are added to their
# deviation; steps of a glimpse in one deviation.
_WINDOW, _SOFT, _STEPS = 9, 4.0, 24.0
# Rounds, how much a picture may be scaled by, and how far it may be shifted, as a share of its
# side.
_ROUNDS, _MOST_SCALED, _MOST_SHIFTED = 6, 1.67, 0.3
# Correlation before any round, and after two, below which it will come to nothing.
_FIRST, _THIRD = 0.0, 0.2
# Pairs that are worked on at once: what they need stays in the processor's cache.
TOGETHER = 32

_AT = ((np.arange(SIDE) + 0.5) / SIDE - 0.5).astype(np.float32)


class ThumbnailAlignments(NamedTuple):
    """How pairs lie on each other. alike: (n,) correlation where they overlap, -1 to 1. boxes: (n,
    4) where the second one's left, top, right and bottom edges come to lie in the first one, as
    shares of its sides."""

    alike: Values
    boxes: Values


def glimpse(grey: Grey, box: Box | None = None) -> NormalizedThumbnail:
    """box: take what lies within; whole pixels."""
    if box is not None:
        left, top, right, bottom = map(int, box)
        grey = grey[top:bottom, left:right]
    size = (_WINDOW, _WINDOW)
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    mean = cv2.blur(small, size)
    variance = np.maximum(cv2.blur(small * small, size) - mean * mean, 0)
    return np.asarray(
        np.rint((small - mean) * _STEPS / np.sqrt(variance + _SOFT**2)).clip(-127, 127), np.int8
    )


def turned(small: NormalizedThumbnail, way: int) -> NormalizedThumbnail:
    """The same picture laid as `placing.box_onto_box` lays it."""
    small = small.T if way & 4 else small
    return small[:: -1 if way & 2 else 1, :: -1 if way & 1 else 1]


def lay(ones: npt.NDArray[np.int8], others: npt.NDArray[np.int8]) -> ThumbnailAlignments:
    """Lay each of `others` onto its one of `ones`. Both (n, 32, 32), the others turned already."""
    parts = [
        _lay(ones[i : i + TOGETHER], others[i : i + TOGETHER])
        for i in range(0, len(ones), TOGETHER)
    ]
    alike = np.concatenate([part.alike for part in parts] or [np.zeros(0)])
    return ThumbnailAlignments(
        alike, np.concatenate([part.boxes for part in parts] or [np.zeros((0, 4))])
    )


def _lay(ones: npt.NDArray[np.int8], others: npt.NDArray[np.int8]) -> ThumbnailAlignments:
    here, there = ones.astype(np.float32), others.astype(np.float32)
    # What of the second one lies at the middle of the first one, and how much of it: (n, 2) scale
    # and shift, across and down.
    scale, shift = np.ones((len(here), 2), np.float32), np.zeros((len(here), 2), np.float32)
    best = np.full(len(here), -1.0)
    kept = np.concatenate([scale, shift], axis=1)
    left, slopes = np.arange(len(here)), _slopes(here)
    for number in range(_ROUNDS + 1):
        (across, own_x), (down, own_y) = (
            _weights(scale[:, axis], shift[:, axis]) for axis in (0, 1)
        )
        laid: Glimpses = down @ there @ across.transpose(0, 2, 1)
        covered = own_y[:, :, None] * own_x[:, None, :]
        mine = here * covered
        norm = np.sqrt(_sum(mine, mine) * _sum(laid, laid))
        alike = _sum(mine, laid) / np.maximum(norm, 1e-6)
        better = alike > best[left]
        best[left[better]] = alike[better]
        kept[left[better]] = np.concatenate([scale[better], shift[better]], axis=1)
        if number == _ROUNDS:
            break
        if number in (0, 2):
            on = best[left] >= (_THIRD if number else _FIRST)
            left, scale, shift, slopes = (
                left[on],
                scale[on],
                shift[on],
                (slopes[0][on], slopes[1][on]),
            )
            here, there, laid, mine, covered = here[on], there[on], laid[on], mine[on], covered[on]
            if not len(left):
                break
        step = _step(slopes, mine - laid, laid, covered)
        shift += scale * step[:, 2:]
        scale *= 1 + step[:, :2]
        np.clip(scale, 1 / _MOST_SCALED, _MOST_SCALED, out=scale)
        np.clip(shift, -_MOST_SHIFTED, _MOST_SHIFTED, out=shift)
    low, high = ((edge - kept[:, 2:]) / kept[:, :2] + 0.5 for edge in (-0.5, 0.5))
    return ThumbnailAlignments(best, np.concatenate([low, high], axis=1).astype(np.float64))


def _weights(
    scale: npt.NDArray[np.float32], shift: npt.NDArray[np.float32]
) -> tuple[Glimpses, Glimpses]:
    """For each row or column, how much it takes from each of the other picture, (n, 32, 32); and
    whether it lies there at all, (n, 32)."""
    place: Glimpses = ((scale[:, None] * _AT + shift[:, None]) + 0.5) * SIDE - 0.5
    inside = (place > -0.5) & (place < SIDE - 0.5)
    weights = 1 - np.abs(place.clip(0, SIDE - 1)[:, :, None] - np.arange(SIDE, dtype=np.float32))
    np.maximum(weights, 0, out=weights)
    weights *= inside[:, :, None]
    return weights, inside.astype(np.float32)


def _slopes(x: Glimpses) -> tuple[Glimpses, Glimpses]:
    """Gradients across and down, by the side."""
    across, down = np.zeros_like(x), np.zeros_like(x)
    across[:, :, 1:-1] = (x[:, :, 2:] - x[:, :, :-2]) * (SIDE / 2)
    down[:, 1:-1] = (x[:, 2:] - x[:, :-2]) * (SIDE / 2)
    return across, down


def _step(
    slopes: tuple[Glimpses, Glimpses], missed: Glimpses, laid: Glimpses, covered: Glimpses
) -> npt.NDArray[np.float32]:
    """Scale across and down, shift across and down that take out most of what is missed: (n, 4)."""
    across, down = (
        (own + its) * covered / 2 for own, its in zip(slopes, _slopes(laid), strict=True)
    )
    design = np.stack([across * _AT, down * _AT[:, None], across, down], axis=1).reshape(
        len(laid), 4, -1
    )
    square = design @ design.transpose(0, 2, 1)
    # A little of what is there is added, so that a picture of one direction alone can be solved
    # for, too.
    square += np.eye(4, dtype=np.float32) * (
        1e-3 * np.trace(square, axis1=1, axis2=2)[:, None, None] / 4 + 1e-3
    )
    return np.asarray(
        np.linalg.solve(square, design @ missed.reshape(len(laid), -1, 1))[:, :, 0], np.float32
    )


def _sum(x: Glimpses, y: Glimpses) -> Values:
    return np.asarray(np.einsum("nij,nij->n", x, y), np.float64)
