"""Test whether a JPEG file may have been made from another one by recompression, or shows another
shot.

Two shots from a tripod show the same scene, but each has its own sensor noise. A copy has the noise
of its original, minus what compression removed. Each file is therefore recompressed as the other
one was: with the other's tones and quantization tables, on the same block grid. A copy then becomes
nearly equal. The residual is compared with what another compression removes from either image,
measured on a grid shifted by half a block, and with all the fine detail.
"""

from __future__ import annotations

import io
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from explorer.photos.metadata import orientation

Floats = npt.NDArray[np.float32]
QuantizationTable = list[int]

# The side of the tiles that are measured individually, in pixels.
_TILE = 16
# Large images are sampled: the side of a sample in pixels, and the number of samples in each
# direction.
_PART, _PARTS = 160, 3
# Half the side of JPEG's blocks.
_HALF_BLOCK = 4
# Fine detail is what a Gaussian blur with this sigma, in pixels, removes.
_DETAIL_SIGMA = 2.0
# The variance (levels²) that rounding alone can cause in a difference.
_ROUNDING = 0.02
# The minimum variance (levels²) of a tile that shows more than rounding, and the minimum number of
# such tiles.
_MIN_VARIANCE, _MIN_TILES = 0.15, 12
# Tiles with gray levels outside this range may be clipped.
_DARKEST, _BRIGHTEST = 6.0, 249.0


class RecompressionResidual(NamedTuple):
    """What remains of the difference between two images after recompressing one like the other, in
    the median tile."""

    excess: float
    """Variance beyond what recompression explains, as a share of the variance of the fine detail of
    the softer image."""
    shared: float
    """Covariance of the fine detail of both, as a share of the variance of that of the softer
    image; up to about 1."""
    explained: float
    """Share of the difference that recompression removes, up to 1."""


class _StoredLuma(NamedTuple):
    """The luma of a JPEG file as stored, not turned upright."""

    gray: Floats
    """(height, width); samples of a large image, put side by side."""
    table: QuantizationTable
    """The quantization table of the luma."""
    orientation: int
    """EXIF orientation, 1 to 8."""


def recompression_residual(one: bytes, other: bytes) -> RecompressionResidual | None:
    """Compare two JPEG files that are stored with the same size and orientation.

    Returns the result of the direction that explains more. None for other files, and if too few
    tiles can be measured. Raises what Pillow raises for files that it cannot decode.
    """
    first, second = _read_luma(one), _read_luma(other)
    if (
        first is None
        or second is None
        or first.gray.shape != second.gray.shape
        or first.orientation != second.orientation
    ):
        return None
    a, b = first.gray, second.gray
    usable = (_tiles(np.minimum(a, b)).min(axis=1) > _DARKEST) & (
        _tiles(np.maximum(a, b)).max(axis=1) < _BRIGHTEST
    )
    removed = _removed_variance(a, first.table) + _removed_variance(b, second.table)
    residuals = [
        _residual(a, b, second.table, removed, usable),
        _residual(b, a, first.table, removed, usable),
    ]
    if None in residuals:
        return None
    excess, shared, explained = zip(*(each for each in residuals if each), strict=True)
    return RecompressionResidual(min(excess), max(shared), max(explained))


def _residual(
    x: Floats, y: Floats, table: QuantizationTable, removed: Floats, usable: npt.NDArray[np.bool_]
) -> RecompressionResidual | None:
    """The residual of x, recompressed like y. removed: the variance that compression removes from
    both. None if too few tiles can be measured."""
    toned = _match_tones(x, y)
    recompressed, target = _detail_tiles(_recompress(toned, table)), _detail_tiles(y)
    after = (recompressed - target).var(axis=1)
    before = (_detail_tiles(toned) - target).var(axis=1)
    least = np.minimum(recompressed.var(axis=1), target.var(axis=1))
    used = usable & (least > _MIN_VARIANCE)
    if used.sum() < _MIN_TILES:
        return None
    recompressed, target, least = recompressed[used], target[used], least[used]
    centered = recompressed - recompressed.mean(axis=1, keepdims=True)
    covariance = (centered * target).mean(axis=1)
    left = float(np.median(after[used])) / (float(np.median(before[used])) + _ROUNDING)
    return RecompressionResidual(
        excess=float(np.median((after[used] - removed[used]) / least)),
        shared=float(np.median(covariance / least)),
        explained=1 - left,
    )


def _read_luma(data: bytes) -> _StoredLuma | None:
    """The luma of a file; None if it is not a JPEG or the image is too small."""
    with Image.open(io.BytesIO(data)) as picture:
        if picture.format not in ("JPEG", "MPO"):
            return None
        table, turned = getattr(picture, "quantization", {}).get(0), orientation(picture)
        picture.draft("L", picture.size)
        whole = np.asarray(picture.convert("L"))
    h, w = whole.shape
    if not table or min(h, w) < 2 * _TILE:
        return None
    down, across = (_parts(side) for side in (h, w))
    rows = [
        np.hstack([whole[top:bottom, left:right] for left, right in across]) for top, bottom in down
    ]
    return _StoredLuma(np.vstack(rows).astype(np.float32), list(table), turned)


def _parts(side: int) -> list[tuple[int, int]]:
    """The start and end of the samples along a side, aligned with the tiles."""
    if side <= _PART * _PARTS:
        return [(0, side // _TILE * _TILE)]
    starts = [
        round(number * (side - _PART) / (_PARTS - 1)) // _TILE * _TILE for number in range(_PARTS)
    ]
    return [(start, start + _PART) for start in starts]


def _tiles(x: Floats) -> Floats:
    """Cut an image into tiles: (tiles, pixels per tile)."""
    rows, columns = x.shape[0] // _TILE, x.shape[1] // _TILE
    return x.reshape(rows, _TILE, columns, _TILE).transpose(0, 2, 1, 3).reshape(-1, _TILE * _TILE)


def _detail_tiles(x: Floats) -> Floats:
    """The fine detail, in tiles."""
    return _tiles(x - np.asarray(cv2.GaussianBlur(x, (0, 0), _DETAIL_SIGMA), np.float32))


def _recompress(x: Floats, table: QuantizationTable) -> Floats:
    packed = io.BytesIO()
    Image.fromarray(x.round().clip(0, 255).astype(np.uint8)).save(packed, "JPEG", qtables=[table])
    with Image.open(packed) as picture:
        return np.asarray(picture, np.float32)


def _removed_variance(x: Floats, table: QuantizationTable) -> Floats:
    """The variance that another compression removes from each tile, on a grid shifted by half a
    block."""
    shifted = _recompress(np.roll(x, (_HALF_BLOCK, _HALF_BLOCK), (0, 1)), table)
    again = np.roll(shifted, (-_HALF_BLOCK, -_HALF_BLOCK), (0, 1))
    return np.asarray(_detail_tiles(again - x).var(axis=1), np.float32)


def _match_tones(x: Floats, like: Floats) -> Floats:
    """Map the tones of x, its brightness and contrast, to those of the other image."""
    levels = (x / 4).astype(np.int64).clip(0, 63).ravel()
    count = np.bincount(levels, minlength=64)
    frequent = np.flatnonzero(count > 20)
    if len(frequent) < 2:
        return x
    old, new = (
        np.bincount(levels, weights=values.ravel(), minlength=64)[frequent] / count[frequent]
        for values in (x, like)
    )
    return np.asarray(np.interp(x, old, new), np.float32)
