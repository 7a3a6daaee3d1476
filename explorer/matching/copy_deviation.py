"""Measure what scaling and compression do not explain in a copy of a picture.

The copy is made again: its source is scaled to its size (`copy_prediction.py`) and compared with it
in the blocks of its compression (`jpeg_blocks.py`). Its quantization tables tell how far
compression may have moved each coefficient, so only two things remain: the inaccuracy of scaling,
which all places with as much detail share, and edits.
"""

from __future__ import annotations

import functools
import io
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from explorer.errors import DamagedPhoto
from explorer.matching.copy_prediction import (
    CopyPrediction,
    Scaling,
    Window,
    clipped,
    detail_gain,
    sample_windows,
)
from explorer.matching.geometry import Box, Matrix, box_to_box_edges, compose
from explorer.matching.jpeg_blocks import BLOCK, Floats, beyond, coefficients, tolerances
from explorer.photos.color.convert import color_conversion, to_rgb
from explorer.photos.metadata import orientation
from explorer.photos.orientation import ORIENTATION_TRANSPOSE
from explorer.photos.picture_loader import load_picture, open_picture

# Copies with more pixels are compared at a fraction of their size.
_MAX_PIXELS = 16_000_000
# The share of a side up to which two frames are equal.
_EQUAL_FRAME = 0.003
# The shortest side that is compared, in pixels, and the number of rows compared at a time.
_MIN_SIDE, _STRIP = 48, 256
# From this deviation on, the source may have been reduced while it was decoded.
_REDUCED_FIRST = 0.1
# The deviation that a block may have, in levels, and how much more for each level of gradient.
_FLAT_DEVIATION, _DETAIL_DEVIATION = 0.3, 0.1
# The size in pixels of the blocks whose mean chroma is compared: those of chroma at half the size.
# Their tolerance in levels, and how much more other compressions than JPEG need.
_CHROMA_BLOCK, _CHROMA_TOLERANCE, _CHROMA_LOSS = 16, 0.3, 0.3
# The share of a difference between neighbors that enlarging the chroma adds to the mean of a block.
_CHROMA_LEAK = 0.04
# A picture with less mean chroma is gray: its colors were removed.
_GRAY_CHROMA = 2.0
# The Gaussian blurs that even out deviations and differences of tone and color, in blocks.
_AREA_SIGMA, _TONE_SIGMA, _CHROMA_SIGMA = 2.0, 3.0, 1.5
# Where compression is not JPEG's, nine in ten coefficients count as explained by it, as far as
# JPEG of this quality would explain them.
_EXPLAINED, _LIMIT_QUALITY = 0.9, 60
# EXIF orientation → the number in `geometry.py` that turns the picture upright.
_ORIENTATIONS = {1: 0, 2: 1, 3: 3, 4: 2, 5: 4, 6: 5, 7: 7, 8: 6}
_LOSSLESS = frozenset({"PNG", "BMP", "DIB", "TIFF", "GIF", "PPM"})


class CopyDeviation(NamedTuple):
    """What scaling and compression do not explain in a copy. Deviations of blocks are relative to
    what scaling causes in blocks with as much detail."""

    largest: float
    """The largest deviation of a block."""
    areas: float
    """The largest mean deviation of an area, where each block counts up to 1."""
    frequent: float
    """The deviation that one in 10 blocks exceeds."""
    light: float
    """The largest difference of brightness in an area, in levels (of 255)."""
    color: float
    """The largest difference of chroma in an area, in levels."""
    spot: float
    """The largest difference of chroma in a block, in levels."""
    gain: float
    """By how much detail was amplified: sharpening exceeds 1."""
    estimated: bool
    """Whether the effect of compression was estimated, as it was not JPEG's."""


class ComparedFile:
    """A file whose pixels are decoded when they are needed. Raises PhotoError, also if part of the
    picture is missing, and whatever codecs raise."""

    def __init__(self, data: bytes) -> None:
        self._data, opened = data, open_picture(data)
        self.tables: dict[int, list[int]] | None = getattr(opened, "quantization", None) or None
        """The quantization tables of a JPEG."""
        self.lossless = opened.format in _LOSSLESS
        self._orientation = orientation(opened)
        self.size = opened.size
        """(width, height), as stored."""
        number, square = _ORIENTATIONS[self._orientation], (0.0, 0.0, 1.0, 1.0)
        self.upright = box_to_box_edges(number, square, square)
        """Maps the picture as it is stored to the upright one, as unit squares."""

    @functools.cached_property
    def picture(self) -> Image.Image:
        """Upright, in sRGB."""
        return self.reduced(1)

    def reduced(self, reduction: int) -> Image.Image:
        """The picture; if it is a JPEG, it is reduced while it is decoded."""
        rgb = to_rgb(self._loaded(open_picture(self._data), reduction), 1)
        turn = ORIENTATION_TRANSPOSE.get(self._orientation)
        return rgb if turn is None else rgb.transpose(turn)

    @functools.cached_property
    def planes(self) -> npt.NDArray[np.uint8]:
        """Luma and two planes of chroma, not turned upright: (height, width, 3). Those of a JPEG
        are as they are stored: sRGB does not have all of their colors."""
        opened = open_picture(self._data)
        if self.tables and opened.mode == "RGB" and not color_conversion(opened):
            opened.draft("YCbCr", opened.size)
            return np.asarray(self._loaded(opened, 1))
        rgb = np.asarray(to_rgb(self._loaded(opened, 1), 1))
        planes = cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb)
        return np.asarray(planes[..., [0, 2, 1]], np.uint8)

    def _loaded(self, opened: Image.Image, reduction: int) -> Image.Image:
        picture, missing = load_picture(opened, self._data, reduction)
        if missing is not None:
            raise DamagedPhoto(missing)
        return picture


class _Copy(NamedTuple):
    """The copy as it is compared."""

    luma: Floats
    chroma: npt.NDArray[np.uint8]
    size: tuple[int, int]
    tables: dict[int, list[int]] | None
    lossless: bool


def copy_deviation(source: ComparedFile, copy: ComparedFile, unit: Matrix) -> CopyDeviation | None:
    """How a copy deviates from what its source explains; None if it is too small to tell. unit:
    maps the copy to its source, as unit squares (2×3)."""
    made, unit = _copy(copy), compose(unit, copy.upright)
    turned, straight = _turned(source.picture, unit)
    area, box = _frames(turned.size, made.size, straight)
    if min(area[2] - area[0], area[3] - area[1]) < _MIN_SIDE:
        return None
    windows, prediction = sample_windows(area), CopyPrediction(turned, made.size, box)
    if box != (0, 0, *turned.size):
        prediction = prediction.aligned(made.luma, windows)
    color, spot = _color_difference(turned, made, prediction.box, area)
    tolerance = tolerances(made.tables[0] if made.tables else None)
    scaling = prediction.find_scaling(made.luma, windows, tolerance)
    if scaling.deviation > _REDUCED_FIRST and min(prediction.step) >= 2 and source.tables:
        alternative = prediction.from_reduced(_turned(source.reduced(2), unit)[0])
        found = alternative.find_scaling(made.luma, windows, tolerance)
        if found.deviation < scaling.deviation:
            prediction, scaling = alternative, found
    estimated = not made.tables and not made.lossless
    if estimated:
        tolerance = _estimated_tolerance(prediction, scaling, made.luma, windows)
    deviations, means = _block_deviations(prediction, scaling, made.luma, area, tolerance)
    areas = cv2.GaussianBlur(np.minimum(deviations, 1), (0, 0), _AREA_SIGMA)
    light = cv2.GaussianBlur(means, (0, 0), _TONE_SIGMA)
    return CopyDeviation(
        largest=float(deviations.max()),
        areas=float(areas.max()),
        frequent=float(np.quantile(deviations, 0.9)),
        light=float(np.abs(light).max()),
        color=color,
        spot=spot,
        gain=detail_gain(scaling.kernel),
        estimated=estimated,
    )


def _copy(file: ComparedFile) -> _Copy:
    planes, tables, lossless = file.planes, file.tables, file.lossless
    while planes.shape[0] * planes.shape[1] > _MAX_PIXELS:
        half = planes.shape[1] // 2, planes.shape[0] // 2
        planes = np.asarray(cv2.resize(planes, half, interpolation=cv2.INTER_AREA), np.uint8)
        tables, lossless = None, False
    luma, size = planes[..., 0].astype(np.float32), (planes.shape[1], planes.shape[0])
    return _Copy(luma, planes[..., 1:], size, tables, lossless)


def _turned(picture: Image.Image, unit: Matrix) -> tuple[Image.Image, Matrix]:
    """A source in the orientation of its copy, and the transform without turns."""
    unit = unit.copy()
    if abs(unit[0, 1]) > abs(unit[0, 0]):
        picture, unit = picture.transpose(Image.Transpose.TRANSPOSE), unit[::-1].copy()
    for axis, flip in enumerate((Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.FLIP_TOP_BOTTOM)):
        if unit[axis, axis] < 0:
            picture = picture.transpose(flip)
            unit[axis] = [0, 0, 1] - unit[axis]
    return picture, unit


def _frames(source: tuple[int, int], copy: tuple[int, int], unit: Matrix) -> tuple[Window, Box]:
    """The area of a copy that its source shows, on the grid of blocks, and the box of the source
    that the whole copy would show."""
    start = unit[:, 2]
    end = start + unit[:, :2].diagonal()
    start = np.where(np.abs(start) < _EQUAL_FRAME, 0.0, start)
    end = np.where(np.abs(end - 1) < _EQUAL_FRAME, 1.0, end)
    low, high = ((edge - start) / (end - start) * copy for edge in (0, 1))
    # Compression mixes the pixels along the edge of a border.
    first = [0 if v <= 0 else math.ceil(v / BLOCK + 1) * BLOCK for v in low]
    last = [
        (side if v >= side else math.floor(v) - BLOCK) // BLOCK * BLOCK
        for v, side in zip(high, copy, strict=True)
    ]
    left, top, right, bottom = (float(v) for v in (*start * source, *end * source))
    return (first[0], first[1], last[0], last[1]), (left, top, right, bottom)


def _estimated_tolerance(
    prediction: CopyPrediction, scaling: Scaling, luma: Floats, windows: Sequence[Window]
) -> Floats:
    """The tolerance of coefficients after another compression than JPEG's."""
    found = [
        np.abs(coefficients(luma[top:bottom, left:right] - prediction.window(window, scaling)))
        for window in windows
        for left, top, right, bottom in [window]
    ]
    usual = np.quantile(np.concatenate(found), _EXPLAINED, axis=0)
    return np.asarray(np.minimum(usual, _limit()) + tolerances(None), np.float32)


@functools.cache
def _limit() -> Floats:
    packed = io.BytesIO()
    Image.new("L", (BLOCK, BLOCK)).save(packed, "JPEG", quality=_LIMIT_QUALITY)
    with Image.open(packed) as picture:
        return tolerances(picture.quantization[0])  # type: ignore[attr-defined]


def _block_deviations(
    prediction: CopyPrediction, scaling: Scaling, luma: Floats, area: Window, tolerance: Floats
) -> tuple[Floats, Floats]:
    """The deviation of each block, and the difference of its mean brightness in levels."""
    left, top, right, bottom = area
    across = (right - left) // BLOCK
    deviations, means = list[Floats](), list[Floats]()
    for start in range(top, bottom, _STRIP):
        end = min(start + _STRIP, bottom)
        made = prediction.window((left, start, right, end), scaling)
        excess = beyond(luma[start:end, left:right], made, tolerance) / BLOCK
        dx, dy = cv2.Sobel(made, -1, 1, 0), cv2.Sobel(made, -1, 0, 1)
        blocks = across, (end - start) // BLOCK
        power = cv2.resize(dx * dx + dy * dy, blocks, interpolation=cv2.INTER_AREA)
        allowed = _FLAT_DEVIATION + _DETAIL_DEVIATION / 8 * np.sqrt(power)
        relative = np.sqrt((excess**2).sum(axis=1)).reshape(-1, across) / allowed
        deviations.append(np.asarray(relative, np.float32))
        means.append(np.asarray(excess[:, 0].reshape(-1, across), np.float32))
    return np.vstack(deviations), np.vstack(means)


def _color_difference(
    source: Image.Image, copy: _Copy, box: Box, area: Window
) -> tuple[float, float]:
    """`CopyDeviation.color` and `.spot`. box: the part of the source that the copy shows."""
    start = [math.ceil(edge / _CHROMA_BLOCK) * _CHROMA_BLOCK for edge in area[:2]]
    across, down = ((area[axis + 2] - start[axis]) // _CHROMA_BLOCK for axis in (0, 1))
    end = start[0] + across * _CHROMA_BLOCK, start[1] + down * _CHROMA_BLOCK
    # Rounding to 8 bits matters less at twice the size.
    double = 2 * across, 2 * down
    part = copy.chroma[start[1] : end[1], start[0] : end[0]]
    given = _pair_means(cv2.resize(part, double, interpolation=cv2.INTER_AREA))
    if np.abs(given - 128).mean() < _GRAY_CHROMA:
        return 0.0, 0.0
    steps = np.array([box[2] - box[0], box[3] - box[1]]) / copy.size
    left, top, right, bottom = np.tile(box[:2], 2) + np.array([*start, *end]) * np.tile(steps, 2)
    inside = clipped((left, top, right, bottom), source.size)
    like = np.asarray(source.resize(double, Image.Resampling.BOX, box=inside))
    like = cv2.cvtColor(like, cv2.COLOR_RGB2YCrCb)[..., [2, 1]]
    tolerance = _CHROMA_TOLERANCE
    if copy.tables:
        # The first coefficient is eight times the mean, and within half a step.
        tolerance += copy.tables[min(1, len(copy.tables) - 1)][0] / 16
    elif not copy.lossless:
        tolerance += _CHROMA_LOSS
    around = np.ones((3, 3), np.uint8)
    allowed = tolerance + _CHROMA_LEAK * (cv2.dilate(given, around) - cv2.erode(given, around))
    difference: Floats = given - _pair_means(like)
    difference -= difference.clip(-allowed, allowed)
    areas = np.abs(cv2.GaussianBlur(difference, (0, 0), _CHROMA_SIGMA))
    return float(areas.max()), float(np.abs(difference).max())


def _pair_means(planes: npt.NDArray[Any]) -> Floats:
    """The means of every two by two pixels."""
    height, width = planes.shape[0] // 2, planes.shape[1] // 2
    means = planes.reshape(height, 2, width, 2, -1).mean(axis=(1, 3), dtype=np.float32)
    return np.asarray(means, np.float32)
