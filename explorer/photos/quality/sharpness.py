"""Measure how sharp a picture is, where, and in which direction it is blurred.

The gradient energy of a step edge blurred by a radius of s pixels is proportional to 1/s. Blurring
it again by a known radius and comparing gives s, whatever the contrast (Zhuo and Sim, Defocus
map estimation from a single image, Pattern Recognition 44, 2011, section 3). Here the second blur
is the step to the next level of a Gaussian pyramid, and the energies are structure tensors, so that
each direction has a ratio of its own: their generalized eigenvalues belong to the directions that
are blurred least and most. Defocus blurs all directions alike, camera shake only one. Each tile is
compared with itself, and the sharpest ones decide, so that a sharp subject before a soft background
makes a sharp photo.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Map = npt.NDArray[np.float32]

# Levels of the pyramid, finest first; each but the last is compared with the next.
_LEVELS = 3
# Variance of the gradient that white noise of variance 1 causes at each level, in pixels of the
# finest.
_NOISE_VARIANCE = (1.0, 0.063 / 4, 0.0046 / 16)
# Tiles are processed in bands of about so many pixels, which fit into the processor's cache.
_BAND_PIXELS = 1 << 17


@dataclass(frozen=True)
class SharpnessThresholds:
    """Set on photos blurred and shaken by known amounts (`benchmarks/anomalies.py`).

    Energies are in levels² a pixel, at a quarter of the size.
    """

    min_energy: float = 3.0
    """Gradient energy from which a tile has edges to measure."""
    noise_factor: float = 3.0
    """That energy, as a multiple of what noise causes."""
    min_relative_energy: float = 0.05
    """That energy, as a share of the 95th percentile of the photo's tiles. In fainter tiles, what
    JPEG and the sensor added is sharper than the picture."""
    half_weight_energy: float = 30.0
    """Energy at which a tile has half its full weight."""
    faint_energy: float = 0.4
    """The minimum where no tile has enough: fog and dusk have fine, though faint, edges."""
    max_faint_radius: float = 1.0
    """Radius up to which faint edges are believed; heavy blur leaves larger ones only."""
    tile_ridge: float = 0.1
    """Share of a tile's energy that is spread over all directions before they are compared. A
    direction in which the tile has no edge then counts as sharp as the rest of the tile."""
    pooled_ridge: float = 0.02
    """The same for several tiles together, which have edges in nearly all directions."""
    deciding_share: float = 0.25
    """Share of the tiles that decide: the sharpest."""
    direction_share: float = 0.8
    """Share of the tiles in which directions are compared: a few may all show the same edge."""
    min_tiles: int = 4
    """The fewest tiles for either."""
    max_radius: float = 30.0
    """The radius reported where there is no trace of sharpness."""
    blank_deviation: float = 12.0
    """Standard deviation of a picture, in levels, up to which no edges means an empty picture and
    not blur."""
    usual_edge_share: float = 0.02
    """Strong blur leaves fewer tiles with edges than this."""


_T = SharpnessThresholds()


class Sharpness(NamedTuple):
    """How sharp a picture is. Radii are standard deviations of the blur, in pixels."""

    max_radius: float
    """Of the sharpest tiles, in the direction that is blurred most."""
    min_radius: float
    """Of the sharpest tiles, in the direction that is blurred least."""
    anisotropy: float
    """Blur in the most blurred direction divided by that in the least blurred one."""
    direction: float
    """The most blurred direction: degrees counter-clockwise from horizontal, 0 to 180."""
    edge_share: float
    """Share of tiles with enough edges; without any, everything else is 0."""
    tile_radii: Map
    """Radius of each tile, (rows, columns); nan without enough edges."""


class _StructureTensor(NamedTuple):
    """Mean structure tensor of each tile, in levels² a pixel of the finest level."""

    xx: Map
    yy: Map
    xy: Map

    @property
    def energy(self) -> Map:
        """Gradient energy: the trace."""
        return self.xx + self.yy

    def regularized(self, share: float) -> _StructureTensor:
        """With that share of the energy spread over all directions."""
        more = self.energy * (share / 2) + 1e-9
        return _StructureTensor(self.xx + more, self.yy + more, self.xy)

    def denoised(self, variance: float) -> _StructureTensor:
        """Without what noise adds: the same in every direction."""
        return _StructureTensor(
            np.maximum(self.xx - variance, 0), np.maximum(self.yy - variance, 0), self.xy
        )

    def pooled(
        self, tiles: npt.NDArray[np.int64], weights: npt.NDArray[np.floating[Any]]
    ) -> _StructureTensor:
        """The weighted sum over some tiles."""
        return _StructureTensor(
            *(np.array([(part.ravel()[tiles] * weights).sum()], np.float32) for part in self)
        )


def measure_sharpness(grey: Grey, noise_sigma: float = 0.0) -> Sharpness:
    """Measure a picture. grey: (height, width). noise_sigma: of its noise, in levels."""
    side = _tile_side(grey)
    if min(grey.shape) <= side:
        return _unmeasured((1, 1))
    levels = [
        tensor.denoised(noise_sigma * noise_sigma * variance)
        for tensor, variance in zip(_tensors(grey, side), _NOISE_VARIANCE, strict=True)
    ]
    energy = levels[-1].energy
    min_energy = max(
        _T.min_energy,
        _T.noise_factor * noise_sigma * noise_sigma * _NOISE_VARIANCE[-1],
        _T.min_relative_energy * float(np.percentile(energy, 95)),
    )
    if not (energy > min_energy).any():
        return _measure_faint(levels, grey)
    return _measure(levels, min_energy, _T.half_weight_energy)


def _unmeasured(shape: tuple[int, ...]) -> Sharpness:
    return Sharpness(0.0, 0.0, 1.0, 0.0, 0.0, np.full(shape, np.nan, np.float32))


def _measure_faint(levels: list[_StructureTensor], grey: Grey) -> Sharpness:
    """Measure a picture without any clear edge: fog, nothing at all, or blur beyond measure."""
    energy = levels[-1].energy
    if (energy > _T.faint_energy).any():
        faint = _measure(levels, _T.faint_energy, 1.0)
        if faint.max_radius <= _T.max_faint_radius:
            return faint._replace(edge_share=0.0)
    unmeasured = _unmeasured(energy.shape)
    tiny = cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA)
    if tiny.std() <= _T.blank_deviation:
        return unmeasured
    return unmeasured._replace(max_radius=_T.max_radius, min_radius=_T.max_radius)


def _measure(
    levels: list[_StructureTensor], min_energy: float, half_weight_energy: float
) -> Sharpness:
    """Measure the tiles above that energy."""
    measured = levels[-1].energy > min_energy
    usable = np.flatnonzero(measured)
    ratios = [
        _ratios(fine.regularized(_T.tile_ridge), coarse.regularized(_T.tile_ridge))
        for fine, coarse in pairwise(levels)
    ]
    radii = np.full(measured.shape, np.nan, np.float32)
    radii[measured] = np.sqrt(_radius(ratios[0][0], 0) * _radius(ratios[1][0], 1))[measured]
    # A tile that is sharp in any direction is in focus. Otherwise shake would choose the tiles by
    # which it is measured.
    sharpest = usable[np.argsort(-ratios[0][1].ravel()[usable], kind="stable")]

    def pooled(share: float) -> tuple[float, float, float, float]:
        number = max(_T.min_tiles, int(len(sharpest) * share))
        return _pooled(levels, sharpest[:number], half_weight_energy)

    max_radius, min_radius, _, _ = pooled(_T.deciding_share)
    *_, anisotropy, direction = pooled(_T.direction_share)
    edge_share = len(usable) / measured.size
    # The few edges that strong blur leaves are faint, and what JPEG adds to them is sharp.
    correction = float(np.sqrt(max(1.0, _T.usual_edge_share / edge_share)))
    return Sharpness(
        min(max_radius * correction, _T.max_radius),
        min(min_radius * correction, _T.max_radius),
        anisotropy,
        direction,
        edge_share,
        radii,
    )


def _pooled(
    levels: list[_StructureTensor], tiles: npt.NDArray[np.int64], half_weight_energy: float
) -> tuple[float, float, float, float]:
    """(max_radius, min_radius, anisotropy, direction) of these tiles, weighted alike but for faint
    ones."""
    max_radius = min_radius = anisotropy = 1.0
    angle = 0.0
    for number, (fine, coarse) in enumerate(pairwise(levels)):
        weights = 1 / (coarse.energy.ravel()[tiles] + half_weight_energy)
        low, high, angles = _ratios(
            fine.pooled(tiles, weights).regularized(_T.pooled_ridge),
            coarse.pooled(tiles, weights).regularized(_T.pooled_ridge),
        )
        max_radius *= float(_radius(low, number)[0]) ** 0.5
        min_radius *= float(_radius(high, number)[0]) ** 0.5
        anisotropy *= float(_radius(low, number)[0] / _radius(high, number)[0]) ** 0.5
        angle = float(angles[0])
    # Rows count downwards, angles upwards.
    return max_radius, min_radius, anisotropy, float(np.degrees(-angle) % 180)


def _tile_side(grey: Grey) -> int:
    """Pixels of a tile's side, for about 14 to 40 tiles along the longer side."""
    longest = max(grey.shape)
    return 16 if longest < 400 else 32 if longest < 1000 else 64


def _tensors(grey: Grey, side: int) -> list[_StructureTensor]:
    """The tensors of each level of the pyramid, finest first."""
    found, level = list[_StructureTensor](), grey
    rows, columns = (length // side for length in grey.shape)
    for number in range(_LEVELS):
        if number:
            level = cv2.pyrDown(level if number > 1 else level.astype(np.float32))  # type: ignore[assignment]
        found.append(_tensor(level, side >> number, rows, columns, 0.25**number))
    return found


def _tensor(
    level: Grey | Map, size: int, rows: int, columns: int, scale: float
) -> _StructureTensor:
    """The tensor of each tile. size: pixels of its side at this level. scale: of the energies.

    Gradients are taken over 2×2 pixels, so that both directions have the same centre.
    """
    height, width = rows * size + 1, columns * size + 1
    missing = [
        max(0, wanted - had) for wanted, had in zip((height, width), level.shape, strict=True)
    ]
    if any(missing):
        level = cv2.copyMakeBorder(level, 0, missing[0], 0, missing[1], cv2.BORDER_REPLICATE)  # type: ignore[assignment]
    # Of large tiles, every other line is enough.
    together, step = max(1, _BAND_PIXELS // (size * width)), 2 if size >= 32 else 1
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
    return _StructureTensor(*parts)


def _ratios(fine: _StructureTensor, coarse: _StructureTensor) -> tuple[Map, Map, Map]:
    """Energy before the pyramid's blur divided by that after it: in the direction where the ratio
    is lowest, where it is highest, and the angle of the former (radians).

    These are the generalized eigenvalues of the two tensors.
    """
    (a, b, c), (p, q, r) = fine, coarse
    det = np.maximum(p * q - r * r, 1e-12)
    half = (a * q + b * p - 2 * c * r) / det / 2
    root = np.sqrt(np.maximum(half * half - (a * b - c * c) / det, 0))
    low = np.maximum(half - root, 0)
    angle = 0.5 * np.arctan2(-2 * (c - low * r), -((a - low * p) - (b - low * q)))
    return low, half + root, angle


def _radius(ratio: Map, level: int) -> Map:
    """Blur radius, in pixels of the finest level, of an edge with that ratio.

    The pyramid blurs by one pixel of its level, so for a radius s the ratio is sqrt(s² + 1) / s.
    """
    radius = 2.0**level / np.sqrt(np.maximum(ratio * ratio - 1, 1e-3))
    return np.asarray(np.minimum(radius, _T.max_radius), np.float32)
