"""Places that are known without a gazetteer: landmarks, suburbs, coasts, borders and small towns.

The tables give the coordinates of the landmark itself, not of its city's center, from general
knowledge. The geocoder was adjusted after it had been tried on `landmarks.csv`;
`landmarks_held_out.csv` was written afterward.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

USED, HELD_OUT = "landmarks.csv", "landmarks_held_out.csv"


class Landmark(NamedTuple):
    """A place whose city is known."""

    name: str
    latitude: float
    longitude: float
    cities: tuple[str, ...]
    """Names any of which is right."""
    country: str
    """ISO 3166-1, two letters."""


def landmarks(table: str = HELD_OUT) -> list[Landmark]:
    """All places of a table: USED or HELD_OUT."""
    with Path(__file__).with_name(table).open(encoding="utf-8", newline="") as file:
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
