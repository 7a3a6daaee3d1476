"""The populated places of the world with at least 500 people, and their regions and countries.

Compiled from GeoNames (CC BY 4.0) by `scripts/compile_places.py`; docs/places.md has the sources.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

DATA = Path(__file__).with_name("data")
VERSION = "1"
"""The version of the data and of the method; increase it if places of photos may change."""
SCALE = 10_000
"""Coordinates are stored in units of 1/SCALE degrees, about 11 meters."""
LEVELS_PER_DOUBLING = 8
"""Populations are stored as logarithms, with this many levels per doubling."""


class Gazetteer(NamedTuple):
    """n places, r regions and c countries, which are referred to by their indices."""

    ids: npt.NDArray[np.int32]
    """(n,): the ids of GeoNames, which do not change between releases of the data."""
    latitude: npt.NDArray[np.float64]
    """(n,), degrees."""
    longitude: npt.NDArray[np.float64]
    """(n,), degrees."""
    population: npt.NDArray[np.float64]
    """(n,), rounded to within 5%; 0 if it is unknown."""
    region: npt.NDArray[np.int32]
    """(n,): the region of each place."""
    city: npt.NDArray[np.int32]
    """(n,): the city of which a place is a part; the place itself if it is not a part."""
    names: list[str]
    region_country: npt.NDArray[np.int32]
    """(r,): the country of each region."""
    region_codes: list[str]
    """GeoNames' codes, such as `PT.14`."""
    region_names: list[str]
    """In English if GeoNames has an English name; `""` for none."""
    country_codes: list[str]
    """Two letters (ISO 3166-1)."""
    country_names: list[str]
    """In English."""

    @property
    def country(self) -> npt.NDArray[np.int32]:
        """(n,): the countries of the places."""
        return self.region_country[self.region]


@functools.cache
def gazetteer() -> Gazetteer:
    """The data, read once per process, which takes about 0.2 s and 40 MB."""
    with np.load(DATA / "gazetteer.npz", allow_pickle=False) as data:
        count = len(data["ids"])
        city = np.arange(count, dtype=np.int32)
        city[data["parts"]] = data["parents"]
        return Gazetteer(
            data["ids"],
            data["latitude"] / SCALE,
            data["longitude"] / SCALE,
            np.exp2(data["size"] / LEVELS_PER_DOUBLING) - 1,
            data["region"].astype(np.int32),
            city,
            lines(data["names"]),
            data["region_country"].astype(np.int32),
            lines(data["region_codes"]),
            lines(data["region_names"]),
            lines(data["country_codes"]),
            lines(data["country_names"]),
        )


def lines(blob: npt.NDArray[np.uint8]) -> list[str]:
    """Decode texts that are stored as UTF-8, separated by line breaks."""
    return blob.tobytes().decode().split("\n")
