"""The outlines of countries (world-atlas, from Natural Earth), and the country at a position."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.places.gazetteer import DATA

AT_SEA, MIXED = 255, 254
"""Values that stand for no country: a position outside all of them, and a grid cell that an outline
crosses."""
CELLS_PER_DEGREE = 10
POINTS_PER_DEGREE = 1000
"""Outlines are stored in units of a thousandth of a degree."""
DETAILED, SIMPLE = "detailed_", "simple_"
"""Prefixes of the arrays' names, for the scales of 1:50 million and 1:110 million."""

Countries = npt.NDArray[np.uint8]
Degrees = npt.NDArray[np.float64]


class Outlines(NamedTuple):
    """r closed rings with n points in total. A point inside an odd number of a country's rings is
    in that country."""

    points: npt.NDArray[np.int32]
    """(n, 2): longitude and latitude in units of 1/POINTS_PER_DEGREE degrees."""
    ends: npt.NDArray[np.int32]
    """(r,): the index in `points` at which each ring ends, exclusive."""
    country: Countries
    """(r,): the country of each ring, an index into the gazetteer's."""

    def rings(self) -> Iterator[Degrees]:
        """Each ring as (points, 2): longitude and latitude in degrees."""
        for ring in np.split(self.points, self.ends[:-1]):
            yield ring / POINTS_PER_DEGREE


class CountryGrid(NamedTuple):
    """A grid of countries for fast lookups, and the outlines for the cells that they cross."""

    cells: Countries
    """(rows, columns), starting at 90° S and 180° W: a country, AT_SEA or MIXED."""
    outlines: Outlines


def packed_outlines(outlines: Outlines) -> dict[str, npt.NDArray[np.generic]]:
    """The outlines as arrays that compress well; `_unpacked` is the inverse."""
    return {
        "steps": np.diff(outlines.points, axis=0, prepend=0).astype(np.int32),
        "ends": outlines.ends,
        "country": outlines.country,
    }


def _unpacked(arrays: Mapping[str, npt.NDArray[np.int32]], prefix: str) -> Outlines:
    points = np.cumsum(arrays[f"{prefix}steps"], axis=0, dtype=np.int32)
    country = arrays[f"{prefix}country"].astype(np.uint8)
    return Outlines(points, arrays[f"{prefix}ends"], country)


@functools.cache
def outlines(prefix: str = DETAILED) -> Outlines:
    """The outlines at a scale, DETAILED or SIMPLE; read once per process."""
    with np.load(DATA / "outlines.npz", allow_pickle=False) as data:
        return _unpacked(data, prefix)


@functools.cache
def country_grid() -> CountryGrid:
    """The grid, 6.5 MB; read once per process."""
    with np.load(DATA / "outlines.npz", allow_pickle=False) as data:
        return CountryGrid(data["grid"], _unpacked(data, DETAILED))


def countries_at(latitude: Degrees, longitude: Degrees) -> tuple[Countries, npt.NDArray[np.bool_]]:
    """The country at each position, or AT_SEA, (n,); and whether a border or coast is so near that
    the position may be on its other side, (n,). latitude, longitude: in degrees, (n,)."""
    grid = country_grid()
    rows, columns = grid.cells.shape
    y = ((latitude + 90) * CELLS_PER_DEGREE).astype(np.int64).clip(0, rows - 1)
    x = ((longitude + 180) * CELLS_PER_DEGREE).astype(np.int64) % columns
    found = grid.cells[y, x]
    mixed = found == MIXED
    found[mixed] = country_in_polygons(grid.outlines, latitude[mixed], longitude[mixed])
    return found, mixed


def country_in_polygons(shapes: Outlines, latitude: Degrees, longitude: Degrees) -> Countries:
    """The country at each position according to the outlines, or AT_SEA; (n,)."""
    found = np.full(len(latitude), AT_SEA, np.uint8)
    if not len(latitude):
        return found
    order = np.argsort(latitude, kind="stable")
    lat, lon = latitude[order], longitude[order]
    inside = dict[int, npt.NDArray[np.bool_]]()
    for ring, country in zip(shapes.rings(), shapes.country.tolist(), strict=True):
        low, high = np.searchsorted(lat, (ring[:, 1].min(), ring[:, 1].max()))
        near = low + np.flatnonzero(
            (lon[low:high] >= ring[:, 0].min()) & (lon[low:high] <= ring[:, 0].max())
        )
        if len(near):
            mask = inside.setdefault(country, np.zeros(len(lat), np.bool_))
            mask[near] ^= _in_ring(ring, lat[near], lon[near])
    for country, mask in inside.items():
        found[order[mask]] = country
    return found


def _in_ring(ring: Degrees, lat: Degrees, lon: Degrees) -> npt.NDArray[np.bool_]:
    """Whether each position is inside a ring, by the even-odd rule: whether an odd number of edges
    lie east of it. lat: ascending."""
    odd = np.zeros(len(lat), np.bool_)
    x, y = ring.T
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    first = np.searchsorted(lat, np.minimum(y, next_y), side="left")
    last = np.searchsorted(lat, np.maximum(y, next_y), side="left")
    for at in np.flatnonzero(last > first).tolist():
        some = slice(first[at], last[at])
        share = (lat[some] - y[at]) / (next_y[at] - y[at])
        odd[some] ^= lon[some] < x[at] + share * (next_x[at] - x[at])
    return odd
