"""Distances on the earth, and the extent of cities."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

EARTH_RADIUS = 6371.0088
"""The mean radius of the earth in kilometers (IUGG)."""
_PEOPLE_PER_SQUARE_KILOMETER = 4000.0
"""The assumed population density of cities; dense ones have 20,000, suburban ones 1,000."""


def kilometers(
    latitude: Doubles | float,
    longitude: Doubles | float,
    other_latitude: Doubles,
    other_longitude: Doubles,
) -> Doubles:
    """Great-circle distances in kilometers between positions in degrees, by the haversine
    formula."""
    one, other = np.radians(latitude), np.radians(other_latitude)
    turn = np.radians(np.subtract(other_longitude, longitude))
    squared = np.sin((other - one) / 2) ** 2 + np.cos(one) * np.cos(other) * np.sin(turn / 2) ** 2
    found: Doubles = 2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(1.0, squared)))
    return found


def city_radius(population: Doubles | np.float64) -> Doubles:
    """The radius, in kilometers, of a circular city with the given population."""
    found: Doubles = np.sqrt(np.asarray(population) / (np.pi * _PEOPLE_PER_SQUARE_KILOMETER))
    return found


def unit_vectors(latitude: Doubles, longitude: Doubles) -> npt.NDArray[np.float32]:
    """Points on the unit sphere for positions in degrees, (n, 3)."""
    lat, lon = np.radians(latitude), np.radians(longitude)
    return np.stack(
        [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1
    ).astype(np.float32)
