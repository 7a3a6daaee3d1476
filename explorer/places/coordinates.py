"""Coordinates as users type them."""

from __future__ import annotations

import re
from collections.abc import Sequence

_DEGREES = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,15})?", re.ASCII)


def parse_degrees(parts: Sequence[str]) -> tuple[float, float]:
    """Parse a latitude and a longitude in degrees, such as `["48.85", "2.35"]`. Raises ValueError,
    whose message says what is wrong."""
    typed = [part.strip() for part in parts]
    if len(typed) != 2 or not all(map(_DEGREES.fullmatch, typed)):
        raise ValueError("that is not a latitude and a longitude")
    latitude, longitude = map(float, typed)
    check_degrees(latitude, longitude)
    return latitude, longitude


def check_degrees(latitude: float, longitude: float) -> None:
    """Raise ValueError, whose message says what is wrong, for coordinates that are out of range:
    -90 to 90 and -180 to 180 degrees."""
    if not abs(latitude) <= 90:
        raise ValueError("latitudes range from -90 to 90")
    if not abs(longitude) <= 180:
        raise ValueError("longitudes range from -180 to 180")
