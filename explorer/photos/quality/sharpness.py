"""Measure how sharp a picture is, where, and in which direction it is blurred.

The gradient energy of a step edge blurred by a radius of s pixels is proportional to 1/s. The ratio
of the energies before and after a second blur of known radius gives s, whatever the contrast (Zhuo
and Sim, Defocus map estimation from a single image, Pattern Recognition 44, 2011, section 3). Here
the second blur is the step to the next level of a Gaussian pyramid, and the energies are structure
tensors, so each direction has its own ratio: the generalized eigenvalues of the two tensors belong
to the least and the most blurred directions. Defocus blurs all directions alike, camera shake only
one. Each tile is measured by itself, and the sharpest tiles decide, so that a sharp subject in
front of a soft background makes a sharp photo.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from explorer.photos.quality.metrics import Gray

Map = npt.NDArray[np.float32]

# Levels of the pyramid, finest first; each but the last is compared with the next.
_LEVELS = 3
# The variance of the gradient that white noise of variance 1 causes at each level, in pixels of the
# finest level.
_NOISE_VARIANCE = (1.0, 0.063 / 4, 0.0046 / 16)
# Tiles are processed in bands of about this many pixels, which fit into the processor's cache.
_BAND_PIXELS = 1 << 17


@dataclass(frozen=True)
class SharpnessThresholds:
    """Thresholds chosen on photos with known amounts of blur and shake (`benchmarks/anomalies.py`).

    Energies are in levels² per pixel, at a quarter of the size.
    """

    min_energy: float = 3.0
    """The lowest gradient energy of a tile whose edges are measured."""
    noise_factor: float = 3.0
    """The lowest such energy as a multiple of what noise causes."""
    min_relative_energy: float = 0.05
    """The lowest such energy as a share of the 95th percentile of the photo's tiles. In fainter
    tiles, artifacts of JPEG and the sensor are sharper than the picture."""
    half_weight_energy: float = 30.0
    """The energy at which a tile has half its full weight."""
    faint_energy: float = 0.4
    """The lowest energy if no tile exceeds `min_energy`: edges in fog and dusk are sharp but
    faint."""
    max_faint_radius: float = 1.0
    """The largest radius of faint edges that is trusted; heavy blur leaves only larger ones."""
    tile_ridge: float = 0.1
    """The share of a tile's energy that is distributed over all directions before they are
    compared. A direction without edges then counts as sharp as the rest of the tile."""
    pooled_ridge: float = 0.02
    """The same for several tiles together, which have edges in nearly all directions."""
    deciding_share: float = 0.25
    """The share of tiles, the sharpest ones, that determine the radii."""
    direction_share: float = 0.8
    """The share of tiles that determine the direction. With fewer, all might show the same edge."""
    min_tiles: int = 4
    """The smallest number of tiles for either."""
    max_radius: float = 30.0
    """The radius reported if nothing is sharp at all."""
    blank_deviation: float = 12.0
    """The highest standard deviation, in levels, of a picture without edges that counts as empty
    rather than blurred."""
    usual_edge_share: float = 0.02
    """A share of tiles with edges below this indicates strong blur."""


_T = SharpnessThresholds()


class Sharpness(NamedTuple):
    """How sharp a picture is. Radii are standard deviations of the blur, in pixels."""

    max_radius: float
    """The radius of the sharpest tiles in the most blurred direction."""
    min_radius: float
    """The radius of the sharpest tiles in the least blurred direction."""
    anisotropy: float
    """The radius in the most blurred direction divided by that in the least blurred one."""
    direction: float
    """The most blurred direction: degrees counter-clockwise from horizontal, 0 to 180."""
    edge_share: float
    """The share of tiles with enough edges; if it is 0, nothing could be measured."""
    tile_radii: Map
    """The radius of each tile, (rows, columns); nan if it has too few edges."""


class _StructureTensor(NamedTuple):
    """The mean structure tensor of each tile, in levels² per pixel of the finest level."""

    xx: Map
    yy: Map
    xy: Map

    @property
    def energy(self) -> Map:
        """The gradient energy: the trace of the tensor."""
        return self.xx + self.yy

    def regularized(self, share: float) -> _StructureTensor:
        """The tensor with that share of its energy distributed over all directions."""
        more = self.energy * (share / 2) + 1e-9
        return _StructureTensor(self.xx + more, self.yy + more, self.xy)

    def denoised(self, variance: float) -> _StructureTensor:
        """The tensor without the contribution of noise, which is the same in all directions."""
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


def measure_sharpness(gray: Gray, noise_sigma: float = 0.0) -> Sharpness:
    """Measure a picture. gray: its luminance, (height, width). noise_sigma: the standard deviation
    of its noise, in levels."""
    side = _tile_side(gray)
    if min(gray.shape) <= side:
        return _unmeasured((1, 1))
    levels = [
        tensor.denoised(noise_sigma * noise_sigma * variance)
        for tensor, variance in zip(_tensors(gray, side), _NOISE_VARIANCE, strict=True)
    ]
    energy = levels[-1].energy
    min_energy = max(
        _T.min_energy,
        _T.noise_factor * noise_sigma * noise_sigma * _NOISE_VARIANCE[-1],
        _T.min_relative_energy * float(np.percentile(energy, 95)),
    )
    if not (energy > min_energy).any():
        return _measure_faint(levels, gray)
    return _measure(levels, min_energy, _T.half_weight_energy)


def _unmeasured(shape: tuple[int, ...]) -> Sharpness:
    return Sharpness(0.0, 0.0, 1.0, 0.0, 0.0, np.full(shape, np.nan, np.float32))


def _measure_faint(levels: list[_StructureTensor], gray: Gray) -> Sharpness:
    """Measure a picture without any clear edge: fog, an empty picture, or extreme blur."""
    energy = levels[-1].energy
    if (energy > _T.faint_energy).any():
        faint = _measure(levels, _T.faint_energy, 1.0)
        if faint.max_radius <= _T.max_faint_radius:
            return faint._replace(edge_share=0.0)
    unmeasured = _unmeasured(energy.shape)
    tiny = cv2.resize(gray, (32, 32), interpolation=cv2.INTER_AREA)
    if tiny.std() <= _T.blank_deviation:
        return unmeasured
    return unmeasured._replace(max_radius=_T.max_radius, min_radius=_T.max_radius)


def _measure(
    levels: list[_StructureTensor], min_energy: float, half_weight_energy: float
) -> Sharpness:
    """Measure the tiles whose energy exceeds the minimum."""
    measured = levels[-1].energy > min_energy
    usable = np.flatnonzero(measured)
    ratios = [
        _ratios(fine.regularized(_T.tile_ridge), coarse.regularized(_T.tile_ridge))
        for fine, coarse in pairwise(levels)
    ]
    radii = np.full(measured.shape, np.nan, np.float32)
    radii[measured] = np.sqrt(_radius(ratios[0][0], 0) * _radius(ratios[1][0], 1))[measured]
    # Rank tiles by their sharpest direction. Otherwise the direction of shake would bias the choice
    # of the tiles by which shake is measured.
    sharpest = usable[np.argsort(-ratios[0][1].ravel()[usable], kind="stable")]

    def pooled(share: float) -> tuple[float, float, float, float]:
        number = max(_T.min_tiles, int(len(sharpest) * share))
        return _pooled(levels, sharpest[:number], half_weight_energy)

    max_radius, min_radius, _, _ = pooled(_T.deciding_share)
    *_, anisotropy, direction = pooled(_T.direction_share)
    edge_share = len(usable) / measured.size
    # The few edges that strong blur leaves are faint, and JPEG's artifacts make them look sharper.
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
    """(max_radius, min_radius, anisotropy, direction) of these tiles. All have about the same
    weight except faint ones, which have less."""
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
    # Rows are counted downwards, angles upwards.
    return max_radius, min_radius, anisotropy, float(np.degrees(-angle) % 180)


def _tile_side(gray: Gray) -> int:
    """The side of a tile in pixels, for about 14 to 40 tiles along the longer side."""
    longest = max(gray.shape)
    return 16 if longest < 400 else 32 if longest < 1000 else 64


def _tensors(gray: Gray, side: int) -> list[_StructureTensor]:
    """The tensors of each level of the pyramid, finest first."""
    found, level = list[_StructureTensor](), gray.astype(np.float32)
    rows, columns = (length // side for length in gray.shape)
    for number in range(_LEVELS):
        if number:
            level = np.asarray(cv2.pyrDown(level), np.float32)
        found.append(_tensor(level, side >> number, rows, columns, 0.25**number))
    return found


def _tensor(level: Map, size: int, rows: int, columns: int, scale: float) -> _StructureTensor:
    """The tensor of each tile. size: the tile's side in pixels at this level. scale: a factor for
    the energies.

    Gradients are computed over 2×2 pixels, so that both directions have the same center: they are
    the sum and the difference of the pixels' two diagonals, and so are their squares and product.
    """
    height, width = rows * size + 1, columns * size + 1
    missing = [
        max(0, wanted - had) for wanted, had in zip((height, width), level.shape, strict=True)
    ]
    if any(missing):
        level = cv2.copyMakeBorder(level, 0, missing[0], 0, missing[1], cv2.BORDER_REPLICATE)  # type: ignore[assignment]
    # Every other line of a large tile is enough.
    together, step = max(1, _BAND_PIXELS // (size * width)), 2 if size >= 32 else 1
    sums = np.empty((3, rows, columns), np.float32)
    for row in range(0, rows, together):
        number = min(together, rows - row)
        band = level[row * size : (row + number) * size + 1, :width]
        upper, lower = band[:-1:step], band[1::step]
        shape = (number, size // step, columns * size)
        falling = np.asarray(cv2.subtract(lower[:, 1:], upper[:, :-1])).reshape(shape)
        rising = np.asarray(cv2.subtract(upper[:, 1:], lower[:, :-1])).reshape(shape)
        pairs = (falling, falling), (rising, rising), (falling, rising)
        for part, (one, two) in zip(sums, pairs, strict=True):
            lines = np.einsum("ijk,ijk->ik", one, two)
            part[row : row + number] = lines.reshape(number, columns, size).sum(axis=2)
    square, other, product = sums * (scale * 0.25 / (size // step * size))
    both = square + other
    return _StructureTensor(both + 2 * product, both - 2 * product, square - other)


def _ratios(fine: _StructureTensor, coarse: _StructureTensor) -> tuple[Map, Map, Map]:
    """The ratio of the energies before and after the pyramid's blur: the lowest of all directions,
    the highest, and the angle of the lowest in radians.

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
    """The blur radius, in pixels of the finest level, that corresponds to a ratio of energies.

    The pyramid blurs by one pixel of its level, so for a radius s the ratio is sqrt(s² + 1) / s.
    """
    radius = 2.0**level / np.sqrt(np.maximum(ratio * ratio - 1, 1e-3))
    return np.asarray(np.minimum(radius, _T.max_radius), np.float32)
