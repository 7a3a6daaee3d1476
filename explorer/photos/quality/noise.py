"""Measure noise and JPEG blockiness."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from explorer.photos.quality.metrics import Gray

Map = npt.NDArray[np.float32]

# Noise is measured in the flattest tiles that are neither black nor blown out.
_TILES, _SIDE = 64, 16
_DARKEST, _BRIGHTEST = 8.0, 245.0
# Mean absolute response of the mask to noise of standard deviation 1.
_MEAN_RESPONSE = 6 * float(np.sqrt(2 / np.pi))
_MIN_SIGMA = 0.05
# Larger steps are edges of the picture itself.
_EDGE = 24
# The spread of tiles that are too dark or too bright.
_UNUSABLE = np.iinfo(np.int32).max


def estimate_noise(gray: Gray) -> tuple[float, float]:
    """The standard deviation of the noise, in levels, and its whiteness: 1 for noise that is
    uncorrelated from pixel to pixel, near 0 for texture.

    Immerkær, Fast noise variance estimation, Computer Vision and Image Understanding 64, 1996: a
    mask that responds to neither gradients nor edges. It is applied to the flattest tiles only, so
    that texture elsewhere does not count. Texture that fills the picture is told from noise by a
    second measurement at half the size: averaging four pixels halves noise, but hardly changes
    texture, which is stronger at low frequencies.
    """
    tiles = _flattest(gray)
    if not len(tiles):
        return 0.0, 0.0
    finest = _responses(tiles)
    pairs = tiles[:, ::2] + tiles[:, 1::2]
    halves = _responses((pairs[:, :, ::2] + pairs[:, :, 1::2]) * np.float32(0.25))
    # From the flattest quarter of the tiles, because the others may contain texture.
    sigma = float(np.percentile(finest, 25))
    if sigma < _MIN_SIGMA:
        return 0.0, 0.0
    order = np.argsort(finest)[: max(1, len(tiles) // 4)]
    ratio = float(halves[order].mean() / max(finest[order].mean(), 1e-6))
    return sigma, float(np.clip((1.0 - ratio) / 0.5, 0.0, 1.0))


def _responses(tiles: Map) -> Map:
    """The mean absolute response of each tile to the mask 1 -2 1, -2 4 -2, 1 -2 1, relative to that
    of noise with a standard deviation of 1."""
    rows = tiles[:, 2:] - 2 * tiles[:, 1:-1] + tiles[:, :-2]
    inner = rows[:, :, 2:] - 2 * rows[:, :, 1:-1] + rows[:, :, :-2]
    return np.asarray(np.abs(inner).mean(axis=(1, 2)) / _MEAN_RESPONSE, np.float32)


def _flattest(gray: Gray) -> Map:
    """The flattest tiles, (n, side, side); there may be few or none in small or clipped
    pictures."""
    rows, columns = gray.shape[0] // _SIDE, gray.shape[1] // _SIDE
    if rows < 1 or columns < 1:
        return np.zeros((0, _SIDE, _SIDE), np.float32)
    whole = gray[: rows * _SIDE, : columns * _SIDE]
    small = cv2.resize(whole, (columns * 4, rows * 4), interpolation=cv2.INTER_AREA).astype(
        np.int32
    )
    low, high = _over_cells(np.minimum, small), _over_cells(np.maximum, small)
    total, squares = _over_cells(np.add, small), _over_cells(np.add, small * small)
    usable = (low > _DARKEST) & (high < _BRIGHTEST)
    # 256 times the variance.
    spread = np.where(usable, 16 * squares - total * total, _UNUSABLE).ravel()
    number = min(_TILES, max(4, rows * columns // 8), spread.size)
    # Only tiles that can be among the flattest are sorted.
    flat = np.flatnonzero(
        spread <= min(np.partition(spread, number - 1)[number - 1], _UNUSABLE - 1)
    )
    chosen = flat[np.argsort(spread[flat], kind="stable")[:number]]
    tiles = whole.reshape(rows, _SIDE, columns, _SIDE).transpose(0, 2, 1, 3)[
        chosen // columns, chosen % columns
    ]
    return np.asarray(tiles, np.float32)


def _over_cells(reduce: np.ufunc, small: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """The sum, minimum or maximum of each cell of 4×4 pixels, (rows, columns)."""
    lines = reduce.reduce(small.reshape(-1, 4, small.shape[1]), axis=1)
    halves = reduce(lines[:, ::2], lines[:, 1::2])
    return np.asarray(reduce(halves[:, ::2], halves[:, 1::2]), np.int32)


def measure_blockiness(gray: Gray, period: int) -> tuple[float, float]:
    """The mean step at JPEG's block boundaries minus the median step elsewhere, and that median, in
    levels.

    period: the spacing of the block grid in pixels: 8, or less in a picture that was scaled down.
    The grid may have any offset, as in a photo that was cropped after compression. Based on the two
    averages of Wang, Sheikh and Bovik, No-reference perceptual quality assessment of JPEG
    compressed images, 2002.
    """
    if period < 2 or min(gray.shape) < 4 * period:
        return 0.0, 0.0
    across = _steps(gray[::3], period)
    columns = np.ascontiguousarray(gray[:, :: 3 if gray.shape[1] > 600 else 1])
    down = _steps(cv2.transpose(columns), period)  # type: ignore[arg-type]
    return max(0.0, min(across[0], down[0])), max(across[1], down[1])


def _steps(gray: Gray, period: int) -> tuple[float, float]:
    """`measure_blockiness` for the vertical lines of the grid alone."""
    step = cv2.min(cv2.absdiff(gray[:, 1:], gray[:, :-1]), _EDGE)  # type: ignore[call-overload]
    profile = cv2.reduce(step, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F).ravel()
    means = profile[: len(profile) // period * period].reshape(-1, period).mean(axis=0)
    top = int(np.argmax(means))
    others = float(np.median(np.delete(means, top)))
    return float(means[top]) - others, others
