"""Join photos near each other on the map to clusters, for a zoom level and a part of the world.

The map uses the Web Mercator projection: x and y run from 0 to 1 over the square world, and at zoom
z the world is 256 × 2^z pixels wide, as in other web maps.
"""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Ids
from explorer.library.stores.location_store import LocatedPhotos
from explorer.search.language.typed_values import Area

TILE, CELL = 256, 64
"""The width in pixels of the world at zoom 0, and of a cell whose photos form one cluster."""
MAX_ZOOM = 18
MAX_LATITUDE = 85.05
"""The latitude in degrees at which the map ends; photos nearer to a pole are at its edge."""
_MAX_CLUSTERS = 400
# Half of the cells around one, as offsets (columns, rows), so that each pair is compared once.
_BESIDE = ((1, 0), (-1, 1), (0, 1), (1, 1))
# Extra room between clusters, because the map may be drawn at 0.7 times the scale of their zoom.
_ROOM = 1.3
# Up to this zoom, the clusters of the whole world are kept; beyond it, few photos are in view.
_WHOLE_UNTIL = 8

Doubles = npt.NDArray[np.float64]


class WorldPoints(NamedTuple):
    """All photos with coordinates, projected onto the map. Every array has shape (n,)."""

    ids: Ids
    """Ascending."""
    x: Doubles
    y: Doubles
    latitude: Doubles
    longitude: Doubles


class MapBox(NamedTuple):
    """A part of the map, in units of the world (0 to 1)."""

    left: float
    top: float
    right: float
    bottom: float


class PhotoCluster(NamedTuple):
    """Photos near each other."""

    x: float
    """The mean position of the photos, 0 to 1, or that of the largest cluster that was joined."""
    y: float
    photos: int
    newest: int
    """The highest id, which is that of the photo indexed last."""
    area: Area
    """The smallest area that contains all of them."""


class _Clustered(NamedTuple):
    """c clusters as arrays, with the fields of PhotoCluster."""

    x: Doubles
    y: Doubles
    photos: npt.NDArray[np.int64]
    newest: Ids
    bounds: Doubles
    """(4, c): south, west, north, east."""


def world_points(photos: LocatedPhotos) -> WorldPoints:
    """Photos projected onto the map."""
    latitude = np.radians(np.clip(photos.latitude, -MAX_LATITUDE, MAX_LATITUDE))
    y = 0.5 - np.log(np.tan(np.pi / 4 + latitude / 2)) / (2 * np.pi)
    return WorldPoints(
        photos.ids, photos.longitude / 360 + 0.5, y, photos.latitude, photos.longitude
    )


class PhotoClusters:
    """The clusters of a library's photos at every zoom. Thread-safe."""

    def __init__(self, points: WorldPoints) -> None:
        self.points = points
        self._lock = threading.Lock()
        self._whole = dict[int, _Clustered]()

    def in_box(self, zoom: int, box: MapBox) -> list[PhotoCluster]:
        """The clusters in a part of the map, most photos first, at most 400. zoom: 0 to
        MAX_ZOOM."""
        cells = TILE * 2**zoom / CELL
        # Use whole cells, so that a cluster does not change when the map is moved.
        low = np.floor(np.array([box.left, box.top]) * cells) / cells
        high = np.ceil(np.array([box.right, box.bottom]) * cells) / cells
        if zoom <= _WHOLE_UNTIL:
            # Moving the map then costs nothing.
            with self._lock:
                if zoom not in self._whole:
                    everything = np.arange(len(self.points.ids))
                    self._whole[zoom] = _clustered(self.points, everything, cells)
                found = self._whole[zoom]
        else:
            # Include the cells around, so that clusters at the edge are joined as in the middle.
            wide = _inside(self.points.x, self.points.y, low - 2 / cells, high + 2 / cells)
            found = _clustered(self.points, wide, cells)
        near = _inside(found.x, found.y, low, high)
        largest = near[np.argsort(-found.photos[near], kind="stable")[:_MAX_CLUSTERS]]
        return [
            PhotoCluster(
                float(found.x[at]), float(found.y[at]), int(found.photos[at]),
                int(found.newest[at]), Area(*(float(side) for side in found.bounds[:, at])),
            )
            for at in largest.tolist()
        ]  # fmt: skip


def _inside(x: Doubles, y: Doubles, low: Doubles, high: Doubles) -> npt.NDArray[np.int64]:
    return np.flatnonzero((x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1]))


def _clustered(points: WorldPoints, among: npt.NDArray[np.int64], cells: float) -> _Clustered:
    """The clusters of some photos. among: their indices. cells: the number of cells per row."""
    if not len(among):
        return _Clustered(*(np.empty(0),) * 2, *(np.empty(0, np.int64),) * 2, np.empty((4, 0)))
    column = np.floor(points.x[among] * cells).astype(np.int64)
    row = np.floor(points.y[among] * cells).astype(np.int64)
    key = row * _row_length(cells) + column
    order = np.argsort(key, kind="stable")
    among, key = among[order], key[order]
    starts = np.flatnonzero(np.diff(key, prepend=key[0] - 1))
    photos = np.diff(starts, append=len(key))
    latitude, longitude = points.latitude[among], points.longitude[among]
    bounds = (
        np.minimum.reduceat(latitude, starts), np.minimum.reduceat(longitude, starts),
        np.maximum.reduceat(latitude, starts), np.maximum.reduceat(longitude, starts),
    )  # fmt: skip
    return _joined(
        _Clustered(
            np.add.reduceat(points.x[among], starts) / photos,
            np.add.reduceat(points.y[among], starts) / photos,
            photos,
            np.maximum.reduceat(points.ids[among], starts),
            np.stack(bounds),
        ),
        key[starts],
        cells,
    )


def _row_length(cells: float) -> int:
    """The difference between the keys of a cell and of the one below it. Each row has an unused
    key, so that no cell at the right edge of the map is next to one at the left edge."""
    return int(cells) + 2


def _joined(found: _Clustered, key: npt.NDArray[np.int64], cells: float) -> _Clustered:
    """Merge each cluster that a larger one in an adjacent cell would cover into the larger one,
    which keeps its position. key: (c,), the keys of the clusters' cells, ascending."""
    order = np.argsort(-found.photos, kind="stable")
    rank = np.argsort(order)
    one, other = _covering(found, key, cells)
    larger = np.where(rank[one] < rank[other], one, other)
    smaller = one + other - larger
    by_rank = np.argsort(rank[larger], kind="stable")
    # A cluster that has been merged into another takes in no more clusters, so the order matters.
    leader = list(range(len(key)))
    for i, j in zip(larger[by_rank].tolist(), smaller[by_rank].tolist(), strict=True):
        if leader[i] == i and leader[j] == j:
            leader[j] = i
    return _merged(found, np.array(leader, np.int64))


def _covering(found: _Clustered, key: npt.NDArray[np.int64], cells: float) -> tuple[Ids, Ids]:
    """The pairs of clusters in adjacent cells that would overlap: the indices of the first and of
    the second clusters."""
    radius, x, y = _radius(found.photos) / CELL, found.x * cells, found.y * cells
    pairs = list[tuple[Ids, Ids]]()
    for across, down in _BESIDE:
        wanted = key + down * _row_length(cells) + across
        other = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        one = np.flatnonzero(key[other] == wanted)
        other = other[one]
        apart = np.hypot(x[one] - x[other], y[one] - y[other])
        near = apart < (radius[one] + radius[other]) * _ROOM
        pairs.append((one[near], other[near]))
    ones, others = zip(*pairs, strict=True)
    return np.concatenate(ones), np.concatenate(others)


def _merged(found: _Clustered, leader: Ids) -> _Clustered:
    """Merge clusters that have the same leader. leader: (c,), the index of each cluster's
    leader."""
    order = np.argsort(leader, kind="stable")
    starts = np.flatnonzero(np.diff(leader[order], prepend=-1))
    kept, bounds = leader[order][starts], found.bounds[:, order]
    return _Clustered(
        found.x[kept],
        found.y[kept],
        np.add.reduceat(found.photos[order], starts),
        np.maximum.reduceat(found.newest[order], starts),
        np.concatenate(
            [np.minimum.reduceat(bounds[:2], starts, 1), np.maximum.reduceat(bounds[2:], starts, 1)]
        ),
    )


def _radius(photos: npt.NDArray[np.int64]) -> Doubles:
    """The radius of clusters in pixels, as `static/places_map.js` draws them."""
    return np.where(photos == 1, 8.0, 11 + 3.5 * np.log10(np.maximum(1, photos)))


def area_text(area: Area) -> str:
    """An area in the form of a query, rounded outward to 0.00001 degrees (1 m)."""
    low = (np.floor(value * 1e5) / 1e5 for value in (area.south, area.west))
    high = (np.ceil(value * 1e5) / 1e5 for value in (area.north, area.east))
    south, west = (max(least, v) for least, v in zip((-90, -180), low, strict=True))
    north, east = (min(most, v) for most, v in zip((90, 180), high, strict=True))
    return ",".join(f"{value:.5f}".rstrip("0").rstrip(".") for value in (south, west, north, east))
