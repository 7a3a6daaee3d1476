"""Predict what a file would contain if it were a scaled copy of another picture.

Programs scale with different filters, and some sharpen afterwards. The filter is found by trying
all that are in use on a few windows, and sharpening by fitting a small symmetric kernel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from explorer.matching.geometry import Box
from explorer.matching.jpeg_blocks import Floats, beyond, coefficients

Window = tuple[int, int, int, int]
"""Left, top, right and bottom in the copy, in pixels; multiples of 8, except at the far edges."""

# The filters of Pillow, which average over all pixels of the source, and others of OpenCV. Unlike
# Pillow's, its linear and cubic ones take only the nearest pixels.
_PILLOW = (
    Image.Resampling.LANCZOS,
    Image.Resampling.BICUBIC,
    Image.Resampling.BILINEAR,
    Image.Resampling.BOX,
    Image.Resampling.HAMMING,
)
_OPENCV = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC)
# Windows on which filters are tried: their number in each direction, and their side in pixels.
_WINDOWS, _WINDOW_SIDE = 3, 80
# The share of blocks that counts: an edit in one of the windows must not decide.
_COUNTED = 0.9
# Deviations in levels: up to the first, a filter is certain, and no other one is tried; down to the
# second, the copy was probably sharpened as well.
_CERTAIN, _SHARPENED = 0.05, 0.05
# A kernel must leave at most this share of the deviation, as it always fits a little better.
_BETTER = 0.8
# The side of the kernel, and the steps in which it is fitted.
_KERNEL_SIDE, _STEPS = 5, 4
# The steps in which a box is aligned, and how far from whole pixels it may then be.
_ALIGNMENTS, _NEARLY = 5, 0.25


class Scaling(NamedTuple):
    """How a copy was made from its source."""

    filter: tuple[str, int]
    """`pillow` or `opencv` with one of their filters, or `none`."""
    kernel: Floats | None
    """The kernel with which it was sharpened (5×5); None for none."""
    deviation: float
    """What it does not explain on the windows: root mean square in levels."""


class CopyPrediction:
    """The luma that a copy would have, window by window."""

    def __init__(self, source: Image.Image, size: tuple[int, int], box: Box) -> None:
        """source: of mode RGB, because programs scale each channel. size: (width, height) of the
        copy. box: the part of the source that the copy shows."""
        self._source, self.size, self.box = source, size, box
        # The whole source, as OpenCV scales it, by filter.
        self._scaled = dict[int, Floats]()
        self.step = (box[2] - box[0]) / size[0], (box[3] - box[1]) / size[1]

    def filters(self) -> Iterator[tuple[str, int]]:
        """The filters to try."""
        if self.step == (1.0, 1.0) and all(side == int(side) for side in self.box):
            yield "none", 0
            return
        yield from (("pillow", int(each)) for each in _PILLOW)
        if self.box == (0, 0, *self._source.size):
            yield from (("opencv", each) for each in _OPENCV)

    def window(self, window: Window, scaling: Scaling) -> Floats:
        """The luma in one window."""
        if scaling.kernel is None:
            return self._unsharpened(window, scaling.filter)
        left, top, right, bottom = window
        pad = _KERNEL_SIDE // 2
        before = min(pad, left), min(pad, top)
        after = min(pad, self.size[0] - right), min(pad, self.size[1] - bottom)
        larger = left - before[0], top - before[1], right + after[0], bottom + after[1]
        luma = _filtered(self._unsharpened(larger, scaling.filter), scaling.kernel)
        luma = luma[before[1] : before[1] + bottom - top, before[0] : before[0] + right - left]
        return np.asarray(luma.clip(0, 255), np.float32)

    def _unsharpened(self, window: Window, filter: tuple[str, int]) -> Floats:
        (kind, number), (across, down) = filter, self.step
        left, top, right, bottom = window
        size = right - left, bottom - top
        x, y = self.box[0] + left * across, self.box[1] + top * down
        if kind == "pillow":
            box = clipped((x, y, x + size[0] * across, y + size[1] * down), self._source.size)
            scaled = self._source.resize(size, Image.Resampling(number), box=box)
            return _luma(np.asarray(scaled))
        if kind == "none":
            start = round(x), round(y)
            part = self._source.crop((*start, start[0] + size[0], start[1] + size[1]))
            return _luma(np.asarray(part))
        if number not in self._scaled:
            whole = cv2.resize(np.asarray(self._source), self.size, interpolation=number)
            self._scaled[number] = _luma(np.asarray(whole))
        return self._scaled[number][top:bottom, left:right]

    def _refined(self, luma: Floats, windows: Sequence[Window]) -> CopyPrediction:
        """The same with a box that is accurate to a few hundredths of a pixel (least squares).
        luma: that of the copy."""
        scaling = Scaling(("pillow", int(Image.Resampling.BICUBIC)), None, 0.0)
        normal, right = 1e-3 * np.eye(4), np.zeros(4)
        for left, top, end, bottom in windows:
            made = self.window((left, top, end, bottom), scaling)
            dx, dy = cv2.Sobel(made, -1, 1, 0) / 8, cv2.Sobel(made, -1, 0, 1) / 8
            x = (np.arange(left, end, dtype=np.float32) + 0.5) / self.size[0]
            y = (np.arange(top, bottom, dtype=np.float32)[:, None] + 0.5) / self.size[1]
            # How the luma changes as each edge of the box moves by a pixel of the copy.
            terms = np.stack([dx * (1 - x), dy * (1 - y), dx * x, dy * y])[:, 2:-2, 2:-2]
            difference = np.clip(luma[top:bottom, left:end] - made, -16, 16)[2:-2, 2:-2]
            normal += np.tensordot(terms, terms, ((1, 2), (1, 2)))
            right += np.tensordot(terms, difference, 2)
        moved = np.linalg.solve(normal, right).clip(-2, 2) * np.tile(self.step, 2)
        box = [float(edge) for edge in self.box + moved]
        return CopyPrediction(self._source, self.size, (box[0], box[1], box[2], box[3]))

    def aligned(self, luma: Floats, windows: Sequence[Window]) -> CopyPrediction:
        """The same with an accurate box: of whole pixels if it nearly is, as crops are."""
        found = self
        for _ in range(_ALIGNMENTS):
            found = found._refined(luma, windows)
        box = [round(edge) for edge in found.box]
        if max(abs(edge - exact) for edge, exact in zip(found.box, box, strict=True)) > _NEARLY:
            return found
        return CopyPrediction(self._source, self.size, (box[0], box[1], box[2], box[3]))

    def from_reduced(self, source: Image.Image) -> CopyPrediction:
        """The same from a source that was reduced first."""
        across, down = source.width / self._source.width, source.height / self._source.height
        left, top, right, bottom = self.box
        box = left * across, top * down, right * across, bottom * down
        return CopyPrediction(source, self.size, box)

    def find_scaling(self, luma: Floats, windows: Sequence[Window], tolerance: Floats) -> Scaling:
        """The scaling that explains a copy best.

        luma: that of the copy. tolerance: of its coefficients, as in `jpeg_blocks.beyond`.
        """
        given = [luma[top:bottom, left:right] for left, top, right, bottom in windows]
        best = float("inf"), Scaling(("none", 0), None, 0.0), list[Floats]()
        for each in self.filters():
            scaling = Scaling(each, None, 0.0)
            made = [self.window(window, scaling) for window in windows]
            deviation = _deviation(given, made, tolerance)
            if deviation < best[0]:
                best = deviation, scaling._replace(deviation=deviation), made
            if deviation <= _CERTAIN:
                break
        if best[0] < _SHARPENED:
            return best[1]
        kernel = _fitted_kernel(best[2], given, tolerance)
        sharpened = best[1]._replace(kernel=kernel)
        made = [self.window(window, sharpened) for window in windows]
        deviation = _deviation(given, made, tolerance)
        return sharpened._replace(deviation=deviation) if deviation < _BETTER * best[0] else best[1]


def _luma(rgb: npt.NDArray[np.uint8]) -> Floats:
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)


def clipped(box: Box, size: tuple[int, int]) -> Box:
    """The part of a box that is within a picture."""
    (left, top, right, bottom), (width, height) = box, size
    return max(0.0, left), max(0.0, top), min(float(width), right), min(float(height), bottom)


def sample_windows(area: Window) -> list[Window]:
    """Windows spread over a part of the copy; the whole of it, if it is small."""
    left, top, right, bottom = area
    side = _WINDOW_SIDE
    if (right - left) * (bottom - top) <= (_WINDOWS * side) ** 2 or min(
        right - left, bottom - top
    ) < side:
        return [area]
    starts = [
        [start + round(part * (end - start - side) / (_WINDOWS - 1)) // 8 * 8 for part in range(3)]
        for start, end in ((left, right), (top, bottom))
    ]
    return [(x, y, x + side, y + side) for y in starts[1] for x in starts[0]]


def _deviation(given: Sequence[Floats], made: Sequence[Floats], tolerance: Floats) -> float:
    """The deviation of the coefficients beyond their tolerance: root mean square in levels."""
    power = np.concatenate(
        [
            (beyond(each, other, tolerance) ** 2).sum(axis=1)
            for each, other in zip(given, made, strict=True)
        ]
    )
    counted = np.sort(power)[: max(1, round(len(power) * _COUNTED))]
    return float(np.sqrt(counted.mean())) / 8


def _fitted_kernel(made: Sequence[Floats], given: Sequence[Floats], tolerance: Floats) -> Floats:
    """The symmetric kernel that brings one list of windows closest to the tolerances of the
    other (Gauss-Newton steps over the coefficients that are beyond them)."""
    kernel = np.asarray(_RINGS[0], np.float32)
    terms = [np.stack([coefficients(_filtered(each, ring)) for ring in _RINGS]) for each in made]
    for _ in range(_STEPS):
        normal, right = 1e-3 * np.eye(len(_RINGS)), np.zeros(len(_RINGS))
        for source, target, layers in zip(made, given, terms, strict=True):
            excess = beyond(target, _filtered(source, kernel), tolerance)
            # The kernel must not explain another brightness.
            excess[:, 0] = 0
            active = excess != 0
            some = layers[:, active]
            normal += some @ some.T
            right += some @ excess[active]
        kernel = kernel + np.tensordot(np.linalg.solve(normal, right), _RINGS, axes=1)
        kernel = np.asarray(kernel / max(float(kernel.sum()), 0.5), np.float32)
    return kernel


def _filtered(luma: Floats, kernel: Floats) -> Floats:
    return np.asarray(cv2.filter2D(luma, -1, kernel), np.float32)


def _rings() -> npt.NDArray[np.float32]:
    """The pixels of a 5×5 kernel at equal distance from its center, one layer for each distance."""
    y, x = np.mgrid[-2:3, -2:3]
    distance = x * x + y * y
    return np.stack([distance == each for each in np.unique(distance)]).astype(np.float32)


_RINGS = _rings()


def detail_gain(kernel: Floats | None) -> float:
    """By how much a kernel amplifies detail of four pixels per cycle."""
    return 1.0 if kernel is None else float(kernel.sum(axis=0) @ [-1, 0, 1, 0, -1])
