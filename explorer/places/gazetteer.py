"""The populated places of the world with at least about 1,000 people, and the regions and countries
that they lie in.

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
"""Of the data and of what is made of it: raise it whenever a photo's place may change."""
SCALE = 10_000
"""Coordinates are stored in units of 1/SCALE degrees: 11 metres."""
LEVELS_PER_DOUBLING = 8
"""Populations are stored as logarithms: so many levels for each doubling."""


class Gazetteer(NamedTuple):
    """n places, r regions, c countries. Regions and places are referred to by their index."""

    ids: npt.NDArray[np.int32]
    """(n,): GeoNames' ids, which are the same in every release of the data."""
    latitude: npt.NDArray[np.float64]
    """(n,), degrees."""
    longitude: npt.NDArray[np.float64]
    """(n,), degrees."""
    population: npt.NDArray[np.float64]
    """(n,), within 5 %; 0 where it is unknown."""
    region: npt.NDArray[np.int32]
    """(n,)."""
    city: npt.NDArray[np.int32]
    """(n,): the city that a place is part of; its own index for other places."""
    names: list[str]
    region_country: npt.NDArray[np.int32]
    """(r,)."""
    region_codes: list[str]
    """`PT.14`."""
    region_names: list[str]
    """In English where GeoNames has that; `""` where it has none."""
    country_codes: list[str]
    """ISO 3166-1, two letters."""
    country_names: list[str]
    """In English."""

    @property
    def country(self) -> npt.NDArray[np.int32]:
        """(n,): the countries of the places."""
        return self.region_country[self.region]


@functools.cache
def gazetteer() -> Gazetteer:
    """The data, read once in a process: about 0.2 s and 40 MB."""
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
    """The texts that are stored as lines of bytes."""
    return blob.tobytes().decode().split("\n")
