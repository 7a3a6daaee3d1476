"""Places that are known without a gazetteer: landmarks, suburbs, coasts, borders and small towns.

`landmarks.csv` gives the coordinates of the landmark itself, not of its city's centre. They were
written down from general knowledge before the geocoder was tried on them.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).with_name("landmarks.csv")


class Landmark(NamedTuple):
    """A place whose city is known."""

    name: str
    latitude: float
    longitude: float
    cities: tuple[str, ...]
    """Names any of which is right."""
    country: str
    """ISO 3166-1, two letters."""


def landmarks() -> list[Landmark]:
    """All places of the table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Landmark(
                row["landmark"],
                float(row["latitude"]),
                float(row["longitude"]),
                tuple(row["cities"].split("/")),
                row["country"],
            )
            for row in csv.DictReader(file)
        ]
