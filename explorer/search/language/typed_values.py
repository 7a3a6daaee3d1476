"""Parsed values of fields, as needed by filters: bounds of numbers, places, choices; dates are in
`typed_dates.py`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from explorer.library.edits.typed_names import did_you_mean
from explorer.places.coordinates import parse_degrees
from explorer.search.language.place_names import PlaceMeaning, nearest_name, place_meaning
from explorer.search.language.query_tree import Comparison
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.search.language.typed_dates import DateRange, RecurringTime, range_ends
from explorer.text_format import excerpt

DEFAULT_KILOMETERS = 10.0
"""The radius of `near:` if none is given."""
_HALF_EQUATOR = 20_040.0
"""Kilometers: no two places are farther apart."""
_BYTES: Mapping[str, float] = {
    unit: factor
    for units, factor in (
        (("", "b", "byte"), 1), (("kb", "kilobyte"), 1e3), (("mb", "megabyte"), 1e6),
        (("gb", "gigabyte"), 1e9), (("tb", "terabyte"), 1e12),
    )
    for name in units
    for unit in ((name, f"{name}s") if name.endswith("byte") else (name,))
}  # fmt: skip


@dataclass(frozen=True)
class TextValue:
    """Text that must occur in the field, ignoring case and accents."""

    text: str
    whole: bool = False
    """Whether it must be the whole value of the field; for a folder, whether its subfolders are
    left out."""


@dataclass(frozen=True)
class NumberRange:
    """Numbers between two bounds; None: no bound."""

    low: float | None = None
    high: float | None = None
    low_included: bool = True
    high_included: bool = True


@dataclass(frozen=True)
class Place:
    """A circle on the earth: degrees north and east, and kilometers."""

    latitude: float
    longitude: float
    kilometers: float


@dataclass(frozen=True)
class Choice:
    """One of the field's choices, as `QueryField.choices` spells it."""

    name: str


@dataclass(frozen=True)
class Area:
    """A part of the earth between two latitudes and two longitudes, in degrees. If `east` is below
    `west`, it crosses the date line."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True)
class NamedPlace:
    """Cities, regions and countries with the same name."""

    meaning: PlaceMeaning


TypedValue = (
    TextValue | NumberRange | DateRange | RecurringTime | Place | Area | NamedPlace | Choice
)


@dataclass(frozen=True)
class NumberFormat:
    """How the numbers of a field are written, and when two are equal."""

    units: Mapping[str, float]
    """Factor of each suffix in lower case; `""` if no suffix is needed."""
    equality: Literal["exact", "rounded"] | float = "exact"
    """`rounded`: numbers that round to what was typed, as 4.6 MB does to `5MB`. A number: relative
    difference that is ignored, as f/1.78 is called f/1.8."""
    highest: float = math.inf
    fractions: bool = False
    """Whether `1/250` is a number."""


WHOLE = NumberFormat({"": 1})
PIXELS = NumberFormat({"": 1, "px": 1})
STARS = NumberFormat({"": 1}, highest=5)
F_NUMBER = NumberFormat({"": 1}, equality=0.015)
MILLIMETERS = NumberFormat({"": 1, "mm": 1}, equality="rounded")
SECONDS = NumberFormat({"": 1, "s": 1}, equality=0.05, fractions=True)
MEGAPIXELS = NumberFormat({"": 1, "mp": 1, "megapixel": 1, "megapixels": 1}, equality="rounded")
BYTES = NumberFormat(_BYTES, equality="rounded")

_NUMBER = re.compile(r"(\d{1,15}(?:\.(\d{1,9}))?)(?:/(\d{1,9}))?\s*([a-z]*)", re.ASCII)


def number_range(text: str, comparison: Comparison, form: NumberFormat) -> NumberRange:
    """Parse a number or range as typed: `800`, `100..200`, `5MB`, `1/250`. Raises ValueError, whose
    message says what is wrong."""
    if ".." in text:
        low, high = (
            _number(part, form)[0] if part.strip() else None
            for part in range_ends(text, comparison)
        )
        if low is not None and high is not None and low > high:
            raise ValueError("the range ends before it begins")
        return NumberRange(low, high)
    number, step = _number(text, form)
    if comparison[0] == ">":
        return NumberRange(low=number, low_included=comparison == ">=")
    if comparison[0] == "<":
        return NumberRange(high=number, high_included=comparison == "<=")
    return _equal_to(number, step, form)


def _equal_to(number: float, step: float, form: NumberFormat) -> NumberRange:
    if form.equality == "exact" or (form is BYTES and step <= 1):
        return NumberRange(number, number)
    if form.equality == "rounded":
        return NumberRange(number - step / 2, number + step / 2, high_included=False)
    return NumberRange(number * (1 - form.equality), number * (1 + form.equality))


def _number(text: str, form: NumberFormat) -> tuple[float, float]:
    """A number, and the step of its last digit."""
    match = _NUMBER.fullmatch(text.strip().lower())
    if not match or (match[3] and not form.fractions):
        raise ValueError("that is not a number")
    if match[4] not in form.units:
        raise ValueError(f"there is no unit “{match[4]}”")
    factor = form.units[match[4]]
    if match[3]:
        if not int(match[3]):
            raise ValueError("nothing can be divided by 0")
        factor /= int(match[3])
    number = float(match[1]) * factor
    if number > form.highest:
        raise ValueError(f"the highest is {form.highest:g}")
    return number, factor * 10.0 ** -len(match[2] or "")


_RADIUS = re.compile(r"(\d{1,8}(?:\.\d{1,6})?)\s*(km|m|)", re.ASCII | re.IGNORECASE)


def place(text: str) -> Place:
    """Parse a place as typed: `48.85,2.35`, `48.85,2.35,10km`, `48.85,2.35,500m`. Raises
    ValueError, whose message says what is wrong."""
    parts = [part.strip() for part in text.split(",")]
    latitude, longitude = parse_degrees(parts[:2])
    if len(parts) > 3:
        raise ValueError("after a latitude and a longitude there is only a radius")
    kilometers = DEFAULT_KILOMETERS
    if len(parts) == 3:
        match = _RADIUS.fullmatch(parts[2])
        if not match:
            raise ValueError("the radius must be a number of km or m")
        kilometers = float(match[1]) / (1000 if match[2].lower() == "m" else 1)
    if not 0 < kilometers <= _HALF_EQUATOR:
        raise ValueError(f"the radius is above 0 and at most {_HALF_EQUATOR:,.0f} km")
    return Place(latitude, longitude, kilometers)


def area(text: str) -> Area:
    """Parse an area as typed: south, west, north and east, such as `38.6,-9.3,38.9,-9`. Raises
    ValueError, whose message says what is wrong."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 4:
        raise ValueError("that is not the latitude and longitude of two corners")
    south, west = parse_degrees(parts[:2])
    north, east = parse_degrees(parts[2:])
    if south > north:
        raise ValueError("the southern corner comes first")
    return Area(south, west, north, east)


def named_place(text: str) -> NamedPlace:
    """The places with this name. Raises QuerySyntaxError for an unknown one."""
    meaning = place_meaning(text)
    if not meaning:
        nearest = nearest_name(text)
        hint = did_you_mean(
            [nearest] if nearest else [], "Write the whole name of a city, region or country."
        )
        raise QuerySyntaxError(f"No place is called “{excerpt(text)}”. {hint}")
    return NamedPlace(meaning)
