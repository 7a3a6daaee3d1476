"""How sharp a picture is, where, and in which direction it is not.

A step edge blurred by a radius of s pixels has gradient energy in proportion to 1/s. Blurring it
once more by a known radius and comparing tells s, whatever the contrast (Zhuo and Sim, Defocus map
estimation from a single image, Pattern Recognition 44, 2011, section 3). Here the second blur is
the step to the next level of a Gaussian pyramid, and the energies are structure tensors, so that
each direction has a ratio of its own: their generalized eigenvalues are the directions that are
blurred least and most. Defocus takes from all directions, shake from one. Each tile is compared
with itself, and the sharpest ones decide, so that a sharp subject before a soft background is a
sharp photo.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Map = npt.NDArray[np.float32]

# Levels of the pyramid, the finest first; each but the last is compared with the next.
LEVELS = 3
# Variance of the gradient that white noise of variance 1 makes at each level, in pixels of the
# finest.
_NOISE = (1.0, 0.063 / 4, 0.0046 / 16)
# Share of a tile's energy that is spread over all directions before they are compared: where a tile
# shows no edge in some direction, that direction counts as sharp as the rest of the tile. Tiles
# taken together have edges in nearly all of them.
_RIDGE_ALONE, _RIDGE_TOGETHER = 0.1, 0.02
# Gradient energy (levels² a pixel, at a quarter of the size) below which a tile has nothing to
# judge sharpness by, and for how many times what noise makes of it.
_LEAST, _OVER_NOISE = 3.0, 3.0
# A tile with less than this share of the energy of the photo's strongest ones (the 95th percentile)
# is left out, and this much energy (levels² a pixel) counts half as much as far more: in faint
# tiles, what JPEG and the sensor added is sharper than the picture.
_FAINT, _HALF = 0.05, 30.0
# Where no tile has enough, those with this much are looked at: fog and dusk have fine edges, though
# faint ones, while what was blurred beyond all measure has none, with a radius above this one even
# there.
_FAINTEST, _NO_TRACE = 0.4, 1.0
# Share of the tiles that decide, and the fewest. Directions are compared in more of them: a few may
# all show the same edge.
_DECIDING, _COMPARED, _FEWEST = 0.25, 0.8, 4
# Pixels looked at together.
_CACHED = 1 << 17
# The radius of what shows no trace of sharpness, and the spread of light (levels) from which that
# means blur and not an empty picture.
_SOFTEST, _CONTRAST = 30.0, 12.0
# Where blur was strong, less than this share of the tiles is left with edges.
_USUAL_EDGES = 0.02


class Sharpness(NamedTuple):
    """most, least: radius of the blur (standard deviation, in pixels) of the sharpest tiles, in the
    direction that is blurred most and in the one blurred least. shaken: how many times more the one
    is blurred than the other. direction: of the former, degrees from horizontal, counter-clockwise,
    0 to 180. edges: share of tiles that could be judged; with none, all else is 0. tiles: radius of
    each tile, nan where there is nothing to judge."""

    most: float
    least: float
    shaken: float
    direction: float
    edges: float
    tiles: Map


class Tensor(NamedTuple):
    """Mean structure tensor of each tile, in levels² a pixel of the finest level."""

    xx: Map
    yy: Map
    xy: Map

    @property
    def energy(self) -> Map:
        return self.xx + self.yy

    def spread(self, share: float) -> Tensor:
        """The same with that share of its energy spread over all directions."""
        more = self.energy * (share / 2) + 1e-9
        return Tensor(self.xx + more, self.yy + more, self.xy)

    def without(self, variance: float) -> Tensor:
        """The same without what noise adds: as much in every direction."""
        return Tensor(np.maximum(self.xx - variance, 0), np.maximum(self.yy - variance, 0), self.xy)

    def together(
        self, tiles: npt.NDArray[np.int64], weights: npt.NDArray[np.floating[Any]]
    ) -> Tensor:
        """The weighted sum over some tiles, as one."""
        return Tensor(
            *(np.array([(part.ravel()[tiles] * weights).sum()], np.float32) for part in self)
        )


def measure(grey: Grey, noise: float = 0.0) -> Sharpness:
    """How sharp a picture is. grey: (height, width). noise: standard deviation of its noise, in
    levels."""
    side = _tile_side(grey)
    if min(grey.shape) <= side:
        return Sharpness(0.0, 0.0, 1.0, 0.0, 0.0, np.full((1, 1), np.nan, np.float32))
    found = [
        tensor.without(noise * noise * share)
        for tensor, share in zip(_tensors(grey, side), _NOISE, strict=True)
    ]
    coarse = found[-1].energy
    least = max(
        _LEAST, _OVER_NOISE * noise * noise * _NOISE[-1], _FAINT * float(np.percentile(coarse, 95))
    )
    if not (coarse > least).any():
        return _faint(found, grey)
    return _measure(found, least, _HALF)


def _faint(found: list[Tensor], grey: Grey) -> Sharpness:
    """A picture without any clear edge: it may show fog, or nothing, or be blurred beyond all
    measure."""
    nothing = Sharpness(
        0.0, 0.0, 1.0, 0.0, 0.0, np.full(found[-1].energy.shape, np.nan, np.float32)
    )
    if (found[-1].energy > _FAINTEST).any():
        traces = _measure(found, _FAINTEST, 1.0)
        if traces.most <= _NO_TRACE:
            return traces._replace(edges=0.0)
    if cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).std() <= _CONTRAST:
        return nothing
    return nothing._replace(most=_SOFTEST, least=_SOFTEST)


def _measure(found: list[Tensor], enough: float, half: float) -> Sharpness:
    """By the tiles with more than enough energy; half: the energy that counts half as much as far
    more."""
    judged = found[-1].energy > enough
    usable = np.flatnonzero(judged)
    tiles = np.full(judged.shape, np.nan, np.float32)
    alone = [
        _ratios(fine.spread(_RIDGE_ALONE), next_.spread(_RIDGE_ALONE))
        for fine, next_ in pairwise(found)
    ]
    tiles[judged] = np.sqrt(_radius(alone[0][0], 0) * _radius(alone[1][0], 1))[judged]
    # In focus is what is sharp in any direction: so shake does not choose the tiles by which it is
    # judged.
    best = usable[np.argsort(-alone[0][1].ravel()[usable], kind="stable")]
    most, least, _, _ = _together(found, best[: max(_FEWEST, int(len(best) * _DECIDING))], half)
    *_, shaken, direction = _together(found, best[: max(_FEWEST, int(len(best) * _COMPARED))], half)
    edges = len(usable) / judged.size
    # The few edges that strong blur leaves are faint, and what JPEG adds to them is sharp.
    faint = float(np.sqrt(max(1.0, _USUAL_EDGES / edges)))
    return Sharpness(
        min(most * faint, _SOFTEST), min(least * faint, _SOFTEST), shaken, direction, edges, tiles
    )


def _together(
    levels: list[Tensor], chosen: npt.NDArray[np.int64], half: float
) -> tuple[float, float, float, float]:
    """(most, least, shaken, direction) of these tiles, each counted alike but for faint ones."""
    most = least = shaken = 1.0
    angle = 0.0
    for number, (fine, coarse) in enumerate(pairwise(levels)):
        weights = 1 / (coarse.energy.ravel()[chosen] + half)
        low, high, angles = _ratios(
            fine.together(chosen, weights).spread(_RIDGE_TOGETHER),
            coarse.together(chosen, weights).spread(_RIDGE_TOGETHER),
        )
        most *= float(_radius(low, number)[0]) ** 0.5
        least *= float(_radius(high, number)[0]) ** 0.5
        shaken *= float(_radius(low, number)[0] / _radius(high, number)[0]) ** 0.5
        angle = float(angles[0])
    # Rows count downwards, angles upwards.
    return most, least, shaken, float(np.degrees(-angle) % 180)


def _tile_side(grey: Grey) -> int:
    """Pixels of a tile's side: some 14 to 40 tiles lie along the longer side."""
    longest = max(grey.shape)
    return 16 if longest < 400 else 32 if longest < 1000 else 64


def _tensors(grey: Grey, side: int) -> list[Tensor]:
    """The tensors of each level, finest first."""
    found, level = list[Tensor](), grey
    rows, columns = (length // side for length in grey.shape)
    for number in range(LEVELS):
        if number:
            level = cv2.pyrDown(level if number > 1 else level.astype(np.float32))  # type: ignore[assignment]
        found.append(_tensor(level, side >> number, rows, columns, 0.25**number))
    return found


def _tensor(level: Grey | Map, size: int, rows: int, columns: int, scale: float) -> Tensor:
    """The tensor of each tile of that size. Gradients are taken over 2×2 pixels, so that both
    directions see the same place."""
    height, width = rows * size + 1, columns * size + 1
    missing = [
        max(0, wanted - had) for wanted, had in zip((height, width), level.shape, strict=True)
    ]
    if any(missing):
        level = cv2.copyMakeBorder(level, 0, missing[0], 0, missing[1], cv2.BORDER_REPLICATE)  # type: ignore[assignment]
    # Some rows of tiles at a time stay in the processor's cache; of large tiles every other line is
    # enough.
    together, step = max(1, _CACHED // (size * width)), 2 if size >= 32 else 1
    parts = [np.empty((rows, columns), np.float32) for _ in range(3)]
    for row in range(0, rows, together):
        number = min(together, rows - row)
        band = level[row * size : (row + number) * size + 1, :width].astype(np.float32, copy=False)
        upper, lower = band[:-1:step], band[1::step]
        total, slope = upper + lower, lower - upper
        dx, dy = total[:, 1:] - total[:, :-1], slope[:, 1:] + slope[:, :-1]
        shape = (number, size // step, columns * size)
        for part, (one, two) in zip(parts, ((dx, dx), (dy, dy), (dx, dy)), strict=True):
            sums = (
                np.einsum("ijk,ijk->ik", one.reshape(shape), two.reshape(shape))
                .reshape(number, columns, size)
                .sum(axis=2)
            )
            part[row : row + number] = sums * (scale * 0.25 / (size // step * size))
    return Tensor(*parts)


def _ratios(fine: Tensor, coarse: Tensor) -> tuple[Map, Map, Map]:
    """Energy before the pyramid's blur in that after it: in the direction where that is least, in
    the one where it is most, and the angle of the former (radians). They are the generalized
    eigenvalues of the two tensors."""
    (a, b, c), (p, q, r) = fine, coarse
    det = np.maximum(p * q - r * r, 1e-12)
    half = (a * q + b * p - 2 * c * r) / det / 2
    root = np.sqrt(np.maximum(half * half - (a * b - c * c) / det, 0))
    low = np.maximum(half - root, 0)
    angle = 0.5 * np.arctan2(-2 * (c - low * r), -((a - low * p) - (b - low * q)))
    return low, half + root, angle


def _radius(ratio: Map, level: int) -> Map:
    """Radius in pixels of the finest level of an edge with that ratio: the pyramid blurs by one
    pixel of its level, so for a radius s the ratio is sqrt(s² + 1) / s."""
    return np.asarray(
        np.minimum(2.0**level / np.sqrt(np.maximum(ratio * ratio - 1, 1e-3)), _SOFTEST), np.float32
    )
