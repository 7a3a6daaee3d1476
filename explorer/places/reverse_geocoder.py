"""From coordinates to places: the city, region and country that photos were taken in, offline.

Of the nearest places, the one is chosen whose distance is smallest in relation to its extent, which
is estimated from its population: near the edge of a large city, a village next to it is not meant.
Parts of a city stand for the city, so that it extends as far as they do. Inside a country, only its
own places are candidates; near a border or coast, where the outlines are not exact, all are.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from explorer.places.country_outlines import AT_SEA, countries_at
from explorer.places.distances import EARTH_RADIUS, Floats, city_radius, unit_vectors
from explorer.places.gazetteer import gazetteer

NONE = -1
"""Index of a place, city or region where there is none."""
MARGIN = 1.5
"""Kilometres that are added to the extent of every place; villages are spread out, too."""
REACH = 20.0
"""Kilometres from the edge of a place up to which photos are still said to be there."""
REGION_REACH = 250.0
"""Kilometres up to which a place's region is assumed for photos outside of any place."""
BORDER_PENALTY = 0.5
"""Kilometres that a place across a border seems farther away, for photos near that border."""
_CANDIDATES = 24
# Large cities, whose extent can reach beyond all of these, and how many of them are looked at.
_LARGE, _LARGE_CANDIDATES = 100_000, 4
# Parts of a city cover its extent; what is left for its centre is at least this share.
_CENTER_SHARE = 0.05
# Coordinates in one step: bounds the memory used.
_STEP = 50_000
# KD-tree with exact results (FLANN's KDTREE_SINGLE).
_EXACT_TREE: dict[str, bool | int | float | str] = {"algorithm": 4, "leaf_max_size": 10}
# A place in another country than the outlines say.
_ELSEWHERE = np.inf


class Located(NamedTuple):
    """Places of n coordinates, as indexes into the gazetteer; NONE where there is none."""

    place: npt.NDArray[np.int32]
    """(n,): the nearest place, which may be a part of a city."""
    city: npt.NDArray[np.int32]
    """(n,): the city that the place is, or is part of."""
    region: npt.NDArray[np.int32]
    """(n,)."""
    country: npt.NDArray[np.int32]
    """(n,)."""


def locate(latitude: Floats, longitude: Floats) -> Located:
    """The places of coordinates in degrees, (n,). Open sea has none; land far from any town has a
    country, and a region if a town of it is within REGION_REACH. Takes about 5 s for a million."""
    latitude, longitude = np.asarray(latitude, np.float64), np.asarray(longitude, np.float64)
    parts = [
        _locate(latitude[start : start + _STEP], longitude[start : start + _STEP])
        for start in range(0, max(1, len(latitude)), _STEP)
    ]
    return Located(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _locate(latitude: Floats, longitude: Floats) -> Located:
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
    # Of places in that country, the nearest one says which region it is.
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
    """Finds the nearest of some places."""

    places: npt.NDArray[np.int32]
    tree: cv2.flann.Index

    @classmethod
    def of(cls, places: npt.NDArray[np.int32]) -> _Tree:
        known = gazetteer()
        points = unit_vectors(known.latitude[places], known.longitude[places])
        return cls(places, cv2.flann.Index(points, _EXACT_TREE))

    def nearest(
        self, points: npt.NDArray[np.float32], count: int
    ) -> tuple[npt.NDArray[np.int32], Floats]:
        """Places and their distances in kilometres, both (n, count)."""
        found, squared = self.tree.knnSearch(points, count, params={"checks": -1})
        chord = np.sqrt(squared.astype(np.float64))
        return self.places[found], 2 * EARTH_RADIUS * np.arcsin(np.minimum(1.0, chord / 2))


@functools.cache
def _trees() -> tuple[_Tree, _Tree]:
    """Of all places, and of large cities."""
    population = gazetteer().population
    everything = np.arange(len(population), dtype=np.int32)
    return _Tree.of(everything), _Tree.of(everything[population >= _LARGE])


@functools.cache
def _extents() -> Floats:
    """The radius of each place in kilometres; that of a city without what its parts cover."""
    known = gazetteer()
    parts = np.flatnonzero(known.city != np.arange(len(known.city)))
    covered = np.bincount(
        known.city[parts], known.population[parts], minlength=len(known.population)
    )
    left = np.maximum(known.population - covered, _CENTER_SHARE * known.population)
    return city_radius(left)


def _nearest(latitude: Floats, longitude: Floats) -> tuple[npt.NDArray[np.int32], Floats]:
    """The places that may be meant, and their distances in kilometres; (n, candidates)."""
    points = unit_vectors(latitude, longitude)
    if not len(points):
        return np.empty((0, 1), np.int32), np.empty((0, 1))
    everything, large = _trees()
    near, near_far = everything.nearest(points, _CANDIDATES)
    big, big_far = large.nearest(points, _LARGE_CANDIDATES)
    return np.hstack([near, big]), np.hstack([near_far, big_far])
