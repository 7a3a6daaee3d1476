"""Which populated places are parts of a city: used by `compile_places.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.places.distances import city_radius, kilometers

# Smaller cities have no parts.
_MIN_POPULATION = 20_000
# How many levels of administrative codes name one municipality; countries that are not here have
# codes of larger areas, such as counties, in which cities are independent of each other.
_MUNICIPAL_LEVELS = {
    "AT": 3, "BE": 4, "BR": 2, "CH": 3, "DE": 4, "DK": 2, "ES": 3, "FR": 4, "IT": 3, "MX": 2,
    "NL": 2, "NO": 2, "PT": 2, "SE": 2,
}  # fmt: skip
# Regions that are one city; all that is near its center belongs to it.
_CITY_REGIONS = frozenset({
    "AE.03", "AR.07", "AT.09", "BE.BRU", "CN.22", "CN.23", "CN.28", "CN.33", "CO.34", "CZ.52",
    "DE.04", "DE.16", "EG.11", "GI.", "HK.", "HU.05", "ID.04", "IN.07", "IR.26", "JP.40", "KR.10",
    "KR.11", "KR.12", "KR.15", "KR.18", "KR.19", "KR.21", "MO.", "MX.09", "MY.14", "RO.10", "RU.48",
    "RU.66", "SG.", "TH.40", "TR.34", "TR.35", "TR.68", "UA.12", "VE.25", "VN.01", "VN.79",
})  # fmt: skip
# Cities in larger regions that districts with administrative codes of their own are part of.
_DISTRICTS = {
    "GB.ENG": {"GLA": "London"},
    "US.NY": dict.fromkeys(("005", "047", "061", "081", "085"), "New York City"),
}
# Where a city's population is that of the whole urban area, and suburbs are parts of it.
_METROPOLITAN = frozenset({"AU", "NZ"})
# Parts lie within so many radii of the city's center.
_SECTION_RADII, _MUNICIPAL_RADII, _REGION_RADII, _SUBURB_RADII = 3.0, 2.0, 1.6, 0.9
# A suburb has at most this share of the city's population.
_SUBURB_SHARE = 1 / 8
# Places of unknown kind are recent additions to GeoNames, most of them sections of cities: they are
# taken for one if they are so near, and have at most this share of the population.
_UNKNOWN_RADII, _UNKNOWN_SHARE = 1.2, 1 / 3


class City(NamedTuple):
    """A populated place."""

    id: int
    """GeoNames."""
    name: str
    latitude: float
    longitude: float
    population: int
    """0 where it is unknown."""
    country: str
    codes: tuple[str, ...]
    """Administrative codes, from the region down; four."""
    kind: str
    """GeoNames' feature code; `PPLX`: a section of a populated place; `""` if it is unknown."""


def parents(cities: Sequence[City]) -> npt.NDArray[np.int64]:
    """For each place the index of the city that it is part of, or -1."""
    by_country = dict[str, list[int]]()
    for at, city in enumerate(cities):
        by_country.setdefault(city.country, []).append(at)
    found = np.full(len(cities), -1, np.int64)
    nearest = np.full(len(cities), np.inf)
    latitude = np.array([city.latitude for city in cities])
    longitude = np.array([city.longitude for city in cities])
    for at, city in enumerate(cities):
        if city.population < _MIN_POPULATION or city.kind == "PPLX":
            continue
        others = np.array(by_country[city.country])
        radius = float(city_radius(np.float64(city.population)))
        far = kilometers(city.latitude, city.longitude, latitude[others], longitude[others])
        close = far <= _SECTION_RADII * radius
        for other, distance in zip(others[close].tolist(), far[close] / radius, strict=True):
            if distance < nearest[other] and _is_part(cities[other], city, float(distance)):
                found[other], nearest[other] = at, distance
    return _roots(found)


def _is_part(place: City, city: City, radii: float) -> bool:  # noqa: PLR0911
    """radii: distance of the place from the city's center, in radii of the city."""
    if place.id == city.id or place.population >= city.population:
        return False
    is_state = f"{city.country}." in _CITY_REGIONS
    if place.codes[0] != city.codes[0]:
        return is_state and radii <= _REGION_RADII
    if place.country in _METROPOLITAN:
        small = place.population < city.population * _SUBURB_SHARE
        return small and radii <= _SUBURB_RADII
    if place.kind == "PPLX":
        return True
    if not place.kind and radii <= _UNKNOWN_RADII:
        return place.population <= city.population * _UNKNOWN_SHARE
    region = f"{city.country}.{city.codes[0]}"
    if is_state or region in _CITY_REGIONS:
        return radii <= _REGION_RADII
    return _is_district(place, city, region, radii)


def _is_district(place: City, city: City, region: str, radii: float) -> bool:
    """Whether a place has the administrative codes of a city's district, or of its municipality."""
    if region in _DISTRICTS:
        return _DISTRICTS[region].get(place.codes[1]) == city.name
    levels = _MUNICIPAL_LEVELS.get(city.country)
    if levels is None or not all(city.codes[:levels]):
        return False
    return place.codes[:levels] == city.codes[:levels] and radii <= _MUNICIPAL_RADII


def _roots(parent: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Parts of parts become parts of the city."""
    while True:
        above = np.where(parent >= 0, parent[parent], -1)
        if not (above >= 0).any():
            return parent
        parent = np.where(above >= 0, above, parent)
