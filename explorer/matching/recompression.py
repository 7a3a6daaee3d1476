"""Whether a file can have come from another by saving it again, or holds another shot: told from
what the sensor left in each pixel.

Two shots from a tripod show the same things, but each has noise of its own; a copy has the noise of
its original, less what compression took. So each file is saved as the other one is: with the
other's tone and quantization tables, on the same grid of blocks. A copy comes out next to the same.
What is left of the difference is held against what one more saving takes from either picture
(measured by saving them with the grid moved by half a block), and against all the fine detail that
is there.
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
Tables = list[int]

# Side of the squares that are judged one by one, and of the parts that are looked at, across and
# down: all of a small picture.
_TILE, _PART, _PARTS = 16, 160, 3
# Half the side of JPEG's blocks.
_HALF = 4
# Fine detail is what a blur of this radius takes.
_RADIUS = 2.0
# Variance (levels²) of a difference that may be rounding alone.
_ROUNDING = 0.02
# Variance (levels²) below which a tile holds nothing but rounding; tiles that say something; levels
# that are cut off at both ends.
_NOTHING, _ENOUGH, _CUT = 0.15, 12, (6.0, 249.0)


class RecompressionResidual(NamedTuple):
    """What saving one picture as the other leaves, in the middle tile. excess: variance of the
    difference beyond what saving explains, as a share of the fine detail that both have. shared:
    covariance of the fine detail, as a share of that of the plainer one. explained: how much of the
    difference saving takes away, 1 where all."""

    excess: float
    shared: float
    explained: float


def recompression_residual(one: bytes, other: bytes) -> RecompressionResidual | None:
    """Two JPEG files, of one size in pixels and stored the same way up; None for others, and where
    too little is seen.

    Of both ways round, the one that explains more. Raises what Pillow raises for files that it
    cannot decode.
    """
    mine, its = _luma(one), _luma(other)
    if mine is None or its is None or mine[0].shape != its[0].shape or mine[2] != its[2]:
        return None
    (a, a_tables, _), (b, b_tables, _) = mine, its
    usable = (_tiles(np.minimum(a, b)).min(axis=1) > _CUT[0]) & (
        _tiles(np.maximum(a, b)).max(axis=1) < _CUT[1]
    )
    taken = _taken(a, a_tables) + _taken(b, b_tables)
    ways = [
        _one_way(x, y, tables, taken, usable)
        for x, y, tables in ((a, b, b_tables), (b, a, a_tables))
    ]
    if None in ways:
        return None
    excess, shared, explained = zip(*(way for way in ways if way), strict=True)
    return RecompressionResidual(min(excess), max(shared), max(explained))


def _one_way(
    x: Floats, y: Floats, tables: Tables, taken: Floats, usable: npt.NDArray[np.bool_]
) -> RecompressionResidual | None:
    """x, saved as y was, beside y. taken: what saving takes from both."""
    toned = _toned(x, y)
    saved, there = _fine(_saved(toned, tables)), _fine(y)
    apart, before = (saved - there).var(axis=1), (_fine(toned) - there).var(axis=1)
    least = np.minimum(saved.var(axis=1), there.var(axis=1))
    use = usable & (least > _NOTHING)
    if use.sum() < _ENOUGH:
        return None
    saved, there, least = saved[use], there[use], least[use]
    together = ((saved - saved.mean(axis=1, keepdims=True)) * there).mean(axis=1)
    explained = 1 - float(np.median(apart[use])) / (float(np.median(before[use])) + _ROUNDING)
    return RecompressionResidual(
        float(np.median((apart[use] - taken[use]) / least)),
        float(np.median(together / least)),
        explained,
    )


def _luma(data: bytes) -> tuple[Floats, Tables, int] | None:
    """Brightness as it is stored, of some parts of a large picture; the table it was quantized
    with; and how it is turned."""
    with Image.open(io.BytesIO(data)) as picture:
        if picture.format not in ("JPEG", "MPO"):
            return None
        tables, turned = getattr(picture, "quantization", {}).get(0), orientation(picture)
        picture.draft("L", picture.size)
        whole = np.asarray(picture.convert("L"))
    h, w = whole.shape
    if not tables or min(h, w) < 2 * _TILE:
        return None
    # Parts begin where blocks do.
    down, across = (_starts(side) for side in (h, w))
    rows = [
        np.hstack([whole[top:bottom, left:right] for left, right in across]) for top, bottom in down
    ]
    return np.vstack(rows).astype(np.float32), list(tables), turned


def _starts(side: int) -> list[tuple[int, int]]:
    if side <= _PART * _PARTS:
        return [(0, side // _TILE * _TILE)]
    starts = [
        round(number * (side - _PART) / (_PARTS - 1)) // _TILE * _TILE for number in range(_PARTS)
    ]
    return [(start, start + _PART) for start in starts]


def _tiles(x: Floats) -> Floats:
    """(number, pixels of each)."""
    rows, columns = x.shape[0] // _TILE, x.shape[1] // _TILE
    return x.reshape(rows, _TILE, columns, _TILE).transpose(0, 2, 1, 3).reshape(-1, _TILE * _TILE)


def _fine(x: Floats) -> Floats:
    """The fine detail, in tiles."""
    return _tiles(x - np.asarray(cv2.GaussianBlur(x, (0, 0), _RADIUS), np.float32))


def _saved(x: Floats, tables: Tables) -> Floats:
    packed = io.BytesIO()
    Image.fromarray(x.round().clip(0, 255).astype(np.uint8)).save(packed, "JPEG", qtables=[tables])
    with Image.open(packed) as picture:
        return np.asarray(picture, np.float32)


def _taken(x: Floats, tables: Tables) -> Floats:
    """Variance, in each tile, of what saving a picture once more takes where its blocks begin half
    a block further on."""
    again = np.roll(_saved(np.roll(x, (_HALF, _HALF), (0, 1)), tables), (-_HALF, -_HALF), (0, 1))
    return np.asarray(_fine(again - x).var(axis=1), np.float32)


def _toned(x: Floats, like: Floats) -> Floats:
    """x with the tones of the other picture: made brighter, or of another contrast."""
    levels = (x / 4).astype(np.int64).clip(0, 63).ravel()
    count = np.bincount(levels, minlength=64)
    known = np.flatnonzero(count > 20)
    if len(known) < 2:
        return x
    old, new = (
        np.bincount(levels, weights=some.ravel(), minlength=64)[known] / count[known]
        for some in (x, like)
    )
    return np.asarray(np.interp(x, old, new), np.float32)
