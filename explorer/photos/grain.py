"""What was put into a picture after the lens: noise, and the steps that JPEG leaves on its grid."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Map = npt.NDArray[np.float32]

# Tiles looked at for noise: the flattest of those that are neither black nor burnt out.
_TILES, _SIDE = 64, 16
_DARKEST, _BRIGHTEST = 8.0, 245.0
# Mean absolute response of the mask to noise of standard deviation 1 is 6 times sqrt(2 / pi).
_MASK = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
_MEAN_RESPONSE = 6 * np.sqrt(2 / np.pi)
# Differences above this are the picture's own edges.
_EDGE = 24


def noise(grey: Grey) -> tuple[float, float]:
    """Standard deviation of the noise, in levels, and how white it is: 1 for noise that is new in every pixel, near 0 for texture.

    Immerkær, Fast noise variance estimation, Computer Vision and Image Understanding 64, 1996: a mask that sees neither slopes nor
    edges, on the flattest tiles, so that texture elsewhere does not count. Texture that fills the whole picture is told from noise at
    half the size: averaging four pixels halves noise, but hardly texture, whose coarser waves are stronger.
    """
    tiles = _flattest(grey)
    if not len(tiles):
        return 0.0, 0.0
    finest = np.array([_response(tile.astype(np.float32)) for tile in tiles], np.float32)
    halves = np.array([_response(tile.astype(np.float32).reshape(_SIDE // 2, 2, _SIDE // 2, 2).mean(axis=(1, 3))) for tile in tiles])
    # In the flattest quarter of them, so that what texture has come in does not count.
    strength = float(np.percentile(finest, 25))
    if strength < 0.05:
        return 0.0, 0.0
    order = np.argsort(finest)[: max(1, len(tiles) // 4)]
    ratio = float(halves[order].mean() / max(finest[order].mean(), 1e-6))
    return strength, float(np.clip((1.0 - ratio) / 0.5, 0.0, 1.0))


def _response(tile: Map) -> float:
    inner = cv2.filter2D(tile, -1, _MASK)[1:-1, 1:-1]
    return float(np.abs(inner).mean() / _MEAN_RESPONSE)


def _flattest(grey: Grey) -> list[Grey]:
    rows, columns = grey.shape[0] // _SIDE, grey.shape[1] // _SIDE
    if rows < 1 or columns < 1:
        return []
    small = cv2.resize(grey[: rows * _SIDE, : columns * _SIDE], (columns * 4, rows * 4), interpolation=cv2.INTER_AREA).astype(np.float32)
    cells = small.reshape(rows, 4, columns, 4).transpose(0, 2, 1, 3).reshape(rows, columns, 16)
    mean, low, high = cells.mean(axis=2), cells.min(axis=2), cells.max(axis=2)
    usable = (low > _DARKEST) & (high < _BRIGHTEST) & (mean > 0)
    spread = np.where(usable, cells.std(axis=2), np.inf).ravel()
    chosen = np.argsort(spread, kind="stable")[: min(_TILES, max(4, rows * columns // 8))]
    chosen = chosen[np.isfinite(spread[chosen])]
    return [
        grey[row * _SIDE : (row + 1) * _SIDE, column * _SIDE : (column + 1) * _SIDE]
        for row, column in zip(chosen // columns, chosen % columns, strict=True)
    ]


def blocks(grey: Grey, period: int) -> tuple[float, float]:
    """(height of the steps on the grid of JPEG's blocks beyond those between other pixels, height of those others), in levels.

    period: pixels between two lines of the grid: 8, or less for a picture that was scaled down. The grid may begin anywhere, for a photo
    that was cut after it was compressed. Wang, Sheikh and Bovik, No-reference perceptual quality assessment of JPEG compressed images,
    2002, compare the same two averages.
    """
    if period < 2 or min(grey.shape) < 4 * period:
        return 0.0, 0.0
    across = _steps(grey[::3], period)
    down = _steps(np.ascontiguousarray(grey[:, :: 3 if grey.shape[1] > 600 else 1].T), period)
    return max(0.0, min(across[0], down[0])), max(across[1], down[1])


def _steps(grey: Grey, period: int) -> tuple[float, float]:
    step = cv2.absdiff(grey[:, 1:], grey[:, :-1])
    np.minimum(step, _EDGE, out=step)
    profile = cv2.reduce(step, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F).ravel()
    means = profile[: len(profile) // period * period].reshape(-1, period).mean(axis=0)
    top = int(np.argmax(means))
    others = float(np.median(np.delete(means, top)))
    return float(means[top]) - others, others
