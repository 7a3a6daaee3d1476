"""Conditions on one photo, as SQL on `photo` (as p). A photo without the value meets none."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Collection, Mapping
from typing import NamedTuple

from explorer.library.queries.filters import Filters, sql_condition
from explorer.library.stores.location_store import LOCATION_NAMED, location_values
from explorer.library.stores.photo_text_store import CURRENT_LOCATION
from explorer.library.text.text_folding import fold
from explorer.library.text.text_index import FOLDER_NAMED, TextColumn, folded_folder
from explorer.photos.readers.raw_format import RAW_FORMATS
from explorer.places.distances import EARTH_RADIUS

NUMBERS: Mapping[str, str] = {
    "iso": "p.iso",
    "f": "p.f_number",
    "focal": "p.focal_length",
    "exposure": "p.exposure_time",
    "width": "p.width",
    "height": "p.height",
    "megapixels": "p.width * p.height / 1e6",
    "size": "p.bytes",
    "rating": "p.rating",
}
"""Field → the SQL of its number."""
FIXED_CONDITIONS: Mapping[str, str] = {
    "gps": "p.latitude is not null and p.longitude is not null",
    "date": "p.taken_at is not null and p.taken_source is not 'file'",
    "camera": "p.camera is not null",
    # As `FileContents.packed` writes a part.
    "film": """instr(p.contents, '["film",') > 0""",
    "keywords": "p.keywords is not null",
    "title": "p.title is not null",
    "description": "p.description is not null",
    "rating": "p.rating is not null",
    "sidecar": "p.sidecars > 0",
    "landscape": "p.width > p.height",
    "portrait": "p.width < p.height",
    "square": "p.width = p.height",
    # The frames of a TIFF file are pages.
    "animated": "p.frames > 1 and p.format <> 'TIFF'",
    "raw": f"p.format in ({', '.join(repr(each) for each in sorted(RAW_FORMATS))})",
    "several files": "p.present > 1",
    "favourite": "p.favourite",
}
"""Named conditions without values."""


class PhotoCondition(NamedTuple):
    """A condition that a photo must meet. Hashable."""

    sql: str
    """On `photo` as p; null counts as false."""
    values: tuple[object, ...] = ()


def fixed_condition(name: str) -> PhotoCondition:
    """The condition in FIXED_CONDITIONS with that name."""
    return PhotoCondition(FIXED_CONDITIONS[name])


def in_filters(filters: Filters, roots: Mapping[int, str]) -> PhotoCondition:
    """Photos that pass filters by date and folder. roots: paths of the watched folders, by id."""
    sql, values = sql_condition(filters, roots)
    return PhotoCondition(sql, tuple(values))


def number_between(
    field: str, low: float | None, high: float | None, *, low_included: bool, high_included: bool
) -> PhotoCondition:
    """Photos whose number lies between two bounds; None: no bound. field: a key of NUMBERS."""
    number, tests, values = NUMBERS[field], ["1"], list[object]()
    if low is not None:
        tests.append(f"{number} {'>=' if low_included else '>'} ?")
        values.append(low)
    if high is not None:
        tests.append(f"{number} {'<=' if high_included else '<'} ?")
        values.append(high)
    return PhotoCondition(f"{number} is not null and {' and '.join(tests)}", tuple(values))


def ratio_between(low: float, high: float) -> PhotoCondition:
    """Photos whose width divided by height lies between two bounds, ends included; the upper one
    may be infinite."""
    ratio = "p.width * 1.0 / p.height"
    if math.isinf(high):
        return PhotoCondition(f"{ratio} >= ?", (low,))
    return PhotoCondition(f"{ratio} >= ? and {ratio} <= ?", (low, high))


def of_format(names: Collection[str]) -> PhotoCondition:
    """Photos in one of these formats, as `photo.format` names them."""
    chosen = tuple(sorted(names))
    return PhotoCondition(f"p.format in ({', '.join('?' * len(chosen))})", chosen)


def containing(text: str, columns: Collection[TextColumn]) -> PhotoCondition:
    """Photos that have a text in one of these columns of `photo_text`, as
    `TextIndex.ids_containing` compares it."""
    folded = " ".join(fold(text).split())
    tests = " or ".join(f"instr(t.{column}, ?)" for column in columns)
    return PhotoCondition(
        f"? <> '' and exists (select 1 from photo_text t where t.photo_id = p.id and ({tests}))",
        (folded,) * (1 + len(columns)),
    )


def with_value(text: str, column: TextColumn) -> PhotoCondition:
    """Photos that have exactly this text as a value of a column of `photo_text`, ignoring case and
    accents."""
    folded = " ".join(fold(text).split())
    return PhotoCondition(
        "? <> '' and exists (select 1 from photo_text t where t.photo_id = p.id and"
        f" instr(char(10) || t.{column} || char(10), char(10) || ? || char(10)))",
        (folded, folded),
    )


def in_folder_named(name: str) -> PhotoCondition:
    """Photos directly in a folder of this name, as `TextIndex.ids_in_folder_named` compares it."""
    folded = folded_folder(name)
    return PhotoCondition(
        "? <> '' and exists (select 1 from photo_text t where t.photo_id = p.id and"
        f" {FOLDER_NAMED.format(name='?')})",
        (folded,) * 3,
    )


def near(latitude: float, longitude: float, kilometers: float) -> PhotoCondition:
    """Photos taken within a distance of a place, in degrees. For connections with
    `add_functions`."""
    box, values = _box(latitude, longitude, kilometers)
    return PhotoCondition(
        f"{box} and kilometers_between(p.latitude, p.longitude, ?, ?) <= ?",
        (*values, latitude, longitude, kilometers),
    )


def in_area(south: float, west: float, north: float, east: float) -> PhotoCondition:
    """Photos taken between two latitudes and two longitudes, in degrees, ends included; across the
    date line if `east` is below `west`."""
    between = "and" if west <= east else "or"
    return PhotoCondition(
        f"p.latitude between ? and ? and (p.longitude >= ? {between} p.longitude <= ?)",
        (south, north, west, east),
    )


def in_locations(
    places: Collection[int], regions: Collection[str], countries: Collection[str]
) -> PhotoCondition:
    """Photos taken in one of these cities or parts of cities (GeoNames' ids), regions or countries
    (codes), as `location` has them."""
    return PhotoCondition(
        f"exists (select 1 from photo_location l where {CURRENT_LOCATION} and l.location_id in"
        f" (select o.id from location o where {LOCATION_NAMED}))",
        location_values(places, regions, countries),
    )


def _box(latitude: float, longitude: float, kilometers: float) -> tuple[str, list[object]]:
    """A box around a circle, so that the distance has to be computed for few photos."""
    # A little more than the circle, because both are rounded.
    angle = kilometers / EARTH_RADIUS + 1e-6
    degrees = math.degrees(angle)
    sql, values = "p.latitude between ? and ?", [latitude - degrees, latitude + degrees]
    if abs(latitude) + degrees >= 90:
        # It contains a pole, and so every longitude.
        return f"{sql} and p.longitude is not null", [*values]
    width = math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(latitude))))
    # A photo on the other side of the date line differs by 360 degrees.
    turns = " or ".join(["p.longitude between ? and ?"] * 3)
    for turn in (-360, 0, 360):
        values += [longitude - width + turn, longitude + width + turn]
    return f"{sql} and ({turns})", [*values]


def kilometers_between(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> float:
    """The great-circle distance in kilometers of two places given in degrees, by the haversine
    formula."""
    one, other = math.radians(latitude), math.radians(other_latitude)
    turn = math.radians(other_longitude - longitude)
    squared = (
        math.sin((other - one) / 2) ** 2 + math.cos(one) * math.cos(other) * math.sin(turn / 2) ** 2
    )
    return 2 * EARTH_RADIUS * math.asin(math.sqrt(min(1.0, squared)))


def add_functions(db: sqlite3.Connection) -> None:
    """Register the SQL functions that conditions call."""
    db.create_function("kilometers_between", 4, _distance, deterministic=True)


def _distance(*degrees: float | None) -> float | None:
    """The distance in kilometers; None for photos without a place, for which SQLite calls it,
    too."""
    known = [each for each in degrees if each is not None]
    return kilometers_between(*known) if len(known) == 4 else None


def any_of(conditions: Collection[PhotoCondition]) -> PhotoCondition:
    """Photos that meet at least one of these conditions."""
    return PhotoCondition(
        " or ".join(f"({each.sql})" for each in conditions),
        tuple(value for each in conditions for value in each.values),
    )


def all_of(conditions: Collection[PhotoCondition]) -> PhotoCondition:
    """Photos that meet all of these conditions."""
    return PhotoCondition(
        " and ".join(f"({each.sql})" for each in conditions),
        tuple(value for each in conditions for value in each.values),
    )
