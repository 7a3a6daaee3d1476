"""Offline reverse geocoding: the city, region and country in which photos were taken.

Among the nearest places, the one with the smallest distance relative to its extent is chosen. The
extent is estimated from the population, so that a position near the edge of a large city is not
assigned to a village beside it. A part of a city stands for the city, which therefore extends as
far as its parts do. Inside a country, only its own places are candidates; near a border or coast,
where the outlines are not exact, all places are.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from explorer.places.country_outlines import AT_SEA, countries_at
from explorer.places.distances import EARTH_RADIUS, Doubles, city_radius, unit_vectors
from explorer.places.gazetteer import gazetteer

NONE = -1
"""The index for no place, city, region or country."""
MARGIN = 1.5
"""Kilometers added to the extent of every place, because even villages are spread out."""
REACH = 20.0
"""The distance from the edge of a place, in kilometers, up to which photos are assigned to it."""
REGION_REACH = 250.0
"""The distance from a place, in kilometers, up to which photos that are in no place are assigned to
its region."""
BORDER_PENALTY = 0.5
"""Kilometers added to the distance of a place across a border, for photos near that border."""
_CANDIDATES = 24
# The minimum population of large cities, which may extend beyond all the nearest places, and how
# many of them are additional candidates.
_LARGE, _LARGE_CANDIDATES = 100_000, 4
# The parts of a city are subtracted from its extent, which keeps at least this share.
_CENTER_SHARE = 0.05
# The number of coordinates per step, which limits the memory used.
_STEP = 50_000
# A KD-tree with exact results (FLANN's KDTREE_SINGLE).
_EXACT_TREE: dict[str, bool | int | float | str] = {"algorithm": 4, "leaf_max_size": 10}
# The penalty for places outside the country given by the outlines.
_ELSEWHERE = np.inf


class Located(NamedTuple):
    """The places of n coordinates, as indices into the gazetteer, or NONE."""

    place: npt.NDArray[np.int32]
    """(n,): the nearest place, which may be a part of a city."""
    city: npt.NDArray[np.int32]
    """(n,): the city of which the place is a part, or the place itself."""
    region: npt.NDArray[np.int32]
    """(n,)."""
    country: npt.NDArray[np.int32]
    """(n,)."""


def locate(latitude: Doubles, longitude: Doubles) -> Located:
    """The places at coordinates in degrees, (n,). Positions on the open sea have none; on land far
    from any town they have a country, and a region if a place of that country is within
    REGION_REACH. A million positions take about 5 s."""
    latitude, longitude = np.asarray(latitude, np.float64), np.asarray(longitude, np.float64)
    parts = [
        _locate(latitude[start : start + _STEP], longitude[start : start + _STEP])
        for start in range(0, max(1, len(latitude)), _STEP)
    ]
    return Located(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _locate(latitude: Doubles, longitude: Doubles) -> Located:
    known = gazetteer()
    numbers, near_border = countries_at(latitude, longitude)
    outlined = np.where(numbers == AT_SEA, NONE, numbers.astype(np.int32))
    nearest, far = _nearest(latitude, longitude)
    theirs = known.country[nearest]
    foreign = (outlined != NONE)[:, None] & (theirs != outlined[:, None])
    penalty = np.where(near_border, BORDER_PENALTY, _ELSEWHERE)[:, None]
    seen = far + np.where(foreign, penalty, 0.0)
    extent = _extents()[nearest]
    best = np.argmin(seen / (extent + MARGIN), axis=1)[:, None]
    place = np.take_along_axis(nearest, best, 1)[:, 0]
    reach = np.take_along_axis(extent, best, 1)[:, 0] + REACH
    distance = np.take_along_axis(seen, best, 1)[:, 0]
    there = distance <= reach
    country = np.where(there, known.country[place], outlined)
    # The region is that of the nearest place in the country.
    own = np.where(theirs == country[:, None], far, np.inf)
    closest = np.argmin(own, axis=1)[:, None]
    regional = np.take_along_axis(own, closest, 1)[:, 0] <= REGION_REACH
    neighbor = np.take_along_axis(nearest, closest, 1)[:, 0]
    region = np.where(there, known.region[place], np.where(regional, known.region[neighbor], NONE))
    return Located(
        np.where(there, place, NONE).astype(np.int32),
        np.where(there, known.city[place], NONE).astype(np.int32),
        region.astype(np.int32),
        country.astype(np.int32),
    )


class _Tree(NamedTuple):
    """A nearest-neighbor index of places."""

    places: npt.NDArray[np.int32]
    tree: cv2.flann.Index

    @classmethod
    def of(cls, places: npt.NDArray[np.int32]) -> _Tree:
        known = gazetteer()
        points = unit_vectors(known.latitude[places], known.longitude[places])
        return cls(places, cv2.flann.Index(points, _EXACT_TREE))

    def nearest(
        self, points: npt.NDArray[np.float32], count: int
    ) -> tuple[npt.NDArray[np.int32], Doubles]:
        """The nearest places and their distances in kilometers, both (n, count)."""
        found, squared = self.tree.knnSearch(points, count, params={"checks": -1})
        chord = np.sqrt(squared.astype(np.float64))
        return self.places[found], 2 * EARTH_RADIUS * np.arcsin(np.minimum(1.0, chord / 2))


@functools.cache
def _trees() -> tuple[_Tree, _Tree]:
    """The indexes of all places and of large cities."""
    population = gazetteer().population
    everything = np.arange(len(population), dtype=np.int32)
    return _Tree.of(everything), _Tree.of(everything[population >= _LARGE])


@functools.cache
def _extents() -> Doubles:
    """The radius of each place in kilometers; for a city, without the population of its parts."""
    known = gazetteer()
    parts = np.flatnonzero(known.city != np.arange(len(known.city)))
    covered = np.bincount(
        known.city[parts], known.population[parts], minlength=len(known.population)
    )
    left = np.maximum(known.population - covered, _CENTER_SHARE * known.population)
    return city_radius(left)


def _nearest(latitude: Doubles, longitude: Doubles) -> tuple[npt.NDArray[np.int32], Doubles]:
    """The candidate places of each position, and their distances in kilometers; both
    (n, candidates)."""
    points = unit_vectors(latitude, longitude)
    if not len(points):
        return np.empty((0, 1), np.int32), np.empty((0, 1))
    everything, large = _trees()
    near, near_far = everything.nearest(points, _CANDIDATES)
    big, big_far = large.nearest(points, _LARGE_CANDIDATES)
    return np.hstack([near, big]), np.hstack([near_far, big_far])
