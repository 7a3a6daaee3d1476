"""Find the dense regions of the library's map, at several levels of detail.

Photos are counted on a grid, and the counts are smoothed. Each cell belongs to the peak that is
reached by always moving on to the densest neighboring cell: mode seeking (Koontz, Narendra and
Fukunaga, A graph-theoretic approach to nonparametric cluster analysis, 1976) on a grid. The finer
the level of detail, the less smoothing, which gives more and smaller regions. The same map always
has the same regions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float32]
"""(n, 2), each from 0 to SIDE."""
Doubles = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

SIDE = 65535
"""The map is a square of this side."""
LEVELS = 4
"""From the whole map (0) to the finest regions."""
CELLS = 256
"""Cells in a row of the grid."""
MIN_PHOTOS = 5
"""Minimum number of photos in a region."""

# Standard deviation of the smoothing at level 0, in cells, halved at each further level; and the
# maximum number of regions at level 0, doubled at each further level.
_SMOOTHING, _MAX_REGIONS = 10.0, 16
# A region of level 0 has at least this share of all photos, and at each further level a third of
# it.
_MIN_SHARE = 0.015


class MapRegions(NamedTuple):
    """The r regions of one level, those with the most photos first."""

    of: Indices
    """The region of each photo, (n,); -1 for photos between the regions."""
    photos: Indices
    """Number of photos in each, (r,)."""
    peaks: Doubles
    """The densest point of each, (r, 2)."""
    bounds: Doubles
    """Left, top, right and bottom of the middle nine tenths of each region's photos, (r, 4)."""
    central: Indices
    """The row of the photo nearest to the mean of each region, (r,)."""


def regions(points: Points, level: int) -> MapRegions:
    """The regions of a map. level: 0 to LEVELS - 1."""
    if not len(points):
        return _empty()
    cell = _cells(points)
    counts = np.bincount(cell, minlength=CELLS * CELLS).reshape(CELLS, CELLS)
    peak = _peaks(_smoothed(counts.astype(np.float64), _SMOOTHING / 2**level)).ravel()[cell]
    found, of, photos = np.unique(peak, return_inverse=True, return_counts=True)
    fewest = max(MIN_PHOTOS, _MIN_SHARE / 3**level * len(points))
    # A stable sort, so that regions of equal size always come in the same order.
    order = np.argsort(-photos, kind="stable")
    kept = order[photos[order] >= fewest][: _MAX_REGIONS * 2**level]
    number = np.full(len(found), -1, np.int64)
    number[kept] = np.arange(len(kept))
    return _described(points, number[of], photos[kept], found[kept])


def photos_of_region(found: MapRegions, place: tuple[float, float]) -> Mask:
    """Which photos are in the region whose peak is nearest to a point, (n,); none if there are no
    regions. place: the point, as in Points."""
    if not len(found.photos):
        return np.zeros(len(found.of), np.bool_)
    distance = ((found.peaks - np.array(place)) ** 2).sum(axis=1)
    return np.asarray(found.of == int(distance.argmin()))


def _empty() -> MapRegions:
    none = np.zeros(0, np.int64)
    return MapRegions(none, none, np.zeros((0, 2)), np.zeros((0, 4)), none)


def _cells(points: Points) -> Indices:
    """The cell of each photo, (n,): row × CELLS + column."""
    at = np.clip(points * (CELLS / (SIDE + 1)), 0, CELLS - 1).astype(np.int64)
    cells: Indices = at[:, 1] * CELLS + at[:, 0]
    return cells


def _smoothed(counts: Doubles, deviation: float) -> Doubles:
    """Counts, convolved with a Gaussian."""
    offset = np.arange(CELLS)[:, None] - np.arange(CELLS)[None]
    kernel = np.exp(-0.5 * (offset / deviation) ** 2)
    smoothed: Doubles = kernel @ counts @ kernel
    return smoothed


def _peaks(density: Doubles) -> Indices:
    """The cell of the peak that each cell belongs to, (CELLS * CELLS,)."""
    # Ranks, unlike densities, are never equal: every plateau has one peak.
    rank = np.empty(density.size, np.int64)
    rank[np.argsort(density, axis=None, kind="stable")] = np.arange(density.size)
    padded = np.pad(rank.reshape(density.shape), 1, constant_values=-1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))
    highest = windows.max(axis=(2, 3)).ravel()
    target: Indices = np.argsort(rank)[highest]
    while True:
        further = target[target]
        if (further == target).all():
            return target
        target = further


def _described(points: Points, of: Indices, photos: Indices, peaks: Indices) -> MapRegions:
    """Describe the regions. of: the region of each photo. photos, peaks: of each region, its number
    of photos and the cell of its peak."""
    cells = np.stack([peaks % CELLS, peaks // CELLS], axis=1).astype(np.float64)
    places: Doubles = (cells + 0.5) * ((SIDE + 1) / CELLS)
    bounds, central = np.zeros((len(photos), 4)), np.zeros(len(photos), np.int64)
    order = np.argsort(of, kind="stable")
    starts = np.searchsorted(of[order], np.arange(len(photos) + 1))
    for region in range(len(photos)):
        rows = order[starts[region] : starts[region + 1]]
        own = points[rows].astype(np.float64)
        bounds[region] = np.percentile(own, (5, 95), axis=0).ravel()
        central[region] = rows[((own - own.mean(axis=0)) ** 2).sum(axis=1).argmin()]
    return MapRegions(of, photos, places, bounds, central)
