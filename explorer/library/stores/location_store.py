"""The named places where photos were taken: tables `location` and `photo_location`.

Both are derived from the coordinates of photos by `analysis/place_stage.py`. Rows whose coordinates
differ from the photo's are outdated, and are not used.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Catalog, Ids
from explorer.library.stores.photo_text_store import CURRENT_LOCATION, update_texts
from explorer.library.writer import Writer

NO_PLACE = 0
"""The id for no place or city."""
LOCATION_NAMED = " or ".join(
    f"o.{name} in (select value from json_each(?))"
    for name in ("place", "city", "region_code", "country_code")
)
"""An SQL condition on `location` as o; its parameters are `location_values`."""
_COLUMNS = (
    "place", "city", "region_code", "country_code", "place_name", "city_name", "region_name",
    "country_name", "latitude", "longitude",
)  # fmt: skip


class Location(NamedTuple):
    """A place where photos were taken. Missing names are `""`, and missing ids NO_PLACE."""

    place: int
    """GeoNames' id of the nearest populated place."""
    city: int
    """GeoNames' id of the city of which it is a part, or of the place itself."""
    region_code: str
    """GeoNames' code, such as `PT.14`."""
    country_code: str
    """Two letters (ISO 3166-1)."""
    place_name: str
    city_name: str
    region_name: str
    country_name: str
    latitude: float | None
    """Coordinates of the city, in degrees."""
    longitude: float | None

    @property
    def label(self) -> str:
        """The names from the smallest to the largest place, such as `Belém, Lisbon, Portugal`. The
        region is only included if there is no city."""
        region = self.region_name if not self.city_name else ""
        parts = (self.place_name, self.city_name, region, self.country_name)
        return ", ".join(dict.fromkeys(part for part in parts if part))


class PhotoCoordinates(NamedTuple):
    """A photo and the coordinates in its metadata, degrees."""

    photo_id: int
    latitude: float
    longitude: float


class LocatedPhotos(NamedTuple):
    """All visible photos with coordinates; n photos."""

    ids: Ids
    """(n,), ascending."""
    latitude: npt.NDArray[np.float64]
    """(n,), degrees."""
    longitude: npt.NDArray[np.float64]
    """(n,), degrees."""


class LocationCount(NamedTuple):
    """The number of visible photos taken in a place."""

    location: Location
    photos: int
    newest: int
    """The id of the photo among them that was indexed last."""


def photos_to_locate(db: sqlite3.Connection, version: str, since: int) -> list[PhotoCoordinates]:
    """The visible photos with coordinates whose place was not yet determined with this version of
    the data, among those that changed after change number `since`."""
    rows = db.execute(
        "select p.id, p.latitude, p.longitude from photo p left join photo_location l on"
        f" {CURRENT_LOCATION} and l.version = ? where p.change > ? and p.present > 0 and"
        " p.latitude is not null and p.longitude is not null and l.photo_id is null order by p.id",
        (version, since),
    )
    return [PhotoCoordinates(*row) for row in rows]


def put_locations(
    writer: Writer,
    photos: Sequence[PhotoCoordinates],
    locations: Sequence[Location | None],
    version: str,
) -> None:
    """Store the places of photos, and make their names searchable. Each photo gets a new change
    number, so that filters are updated."""
    db = writer.connection
    with writer.transaction() as change:
        numbers = {location: _put(db, location) for location in dict.fromkeys(locations)}
        for photo, location in zip(photos, locations, strict=True):
            db.execute(
                "insert or replace into photo_location values (?, ?, ?, ?, ?)",
                (photo.photo_id, numbers[location], photo.latitude, photo.longitude, version),
            )
            db.execute("update photo set change = ? where id = ?", (change, photo.photo_id))
        update_texts(writer, [photo.photo_id for photo in photos])


def _put(db: sqlite3.Connection, location: Location | None) -> int | None:
    """Insert or update the row of a place; return its id."""
    if location is None:
        return None
    keys = ("place", "region_code", "country_code")
    others = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name not in keys)
    (number,) = db.execute(
        f"insert into location ({', '.join(_COLUMNS)}) values ({', '.join('?' * len(_COLUMNS))})"
        f" on conflict ({', '.join(keys)}) do update set {others} returning id",
        location,
    ).fetchone()
    return int(number)


def locations_of(catalog: Catalog, photo_ids: Iterable[int]) -> dict[int, Location]:
    """The places of photos by their ids; photos without a known place are omitted."""
    found = dict[int, Location]()
    with catalog.reading() as db:
        for photo_id in photo_ids:
            row = db.execute(
                f"select {', '.join(f'o.{name}' for name in _COLUMNS)} from photo p join"
                f" photo_location l on {CURRENT_LOCATION} join location o on o.id = l.location_id"
                " where p.id = ?",
                (photo_id,),
            ).fetchone()
            if row:
                found[photo_id] = Location(*row)
    return found


def location_counts(catalog: Catalog) -> list[LocationCount]:
    """The places of all visible photos, most photos first."""
    with catalog.reading() as db:
        rows = db.execute(
            f"select {', '.join(f'o.{name}' for name in _COLUMNS)}, count(*) photos, max(p.id)"
            f" from photo p join photo_location l on {CURRENT_LOCATION} join location o on"
            " o.id = l.location_id where p.present > 0 group by o.id order by photos desc, o.id"
        ).fetchall()
    return [LocationCount(Location(*row[:-2]), row[-2], row[-1]) for row in rows]


def all_locations(catalog: Catalog) -> dict[int, Location]:
    """The rows of the table `location` by their ids."""
    with catalog.reading() as db:
        rows = db.execute(f"select id, {', '.join(_COLUMNS)} from location").fetchall()
    return {row[0]: Location(*row[1:]) for row in rows}


def location_values(
    places: Collection[int], regions: Collection[str], countries: Collection[str]
) -> tuple[str, ...]:
    """The parameters of LOCATION_NAMED. places: ids of cities and of parts of cities. regions,
    countries: their codes."""
    known = sorted(set(places) - {NO_PLACE})
    return tuple(json.dumps(each) for each in (known, known, sorted(regions), sorted(countries)))


def photos_in(
    catalog: Catalog, places: Collection[int], regions: Collection[str], countries: Collection[str]
) -> Ids:
    """The ids of the visible photos taken in one of these places, ascending; the same as with
    `photo_conditions.in_locations`, which tests photos one by one."""
    with catalog.reading() as db:
        rows = db.execute(
            "select p.id from location o join photo_location l on l.location_id = o.id join"
            f" photo p on {CURRENT_LOCATION} where p.present > 0 and ({LOCATION_NAMED})"
            " order by p.id",
            location_values(places, regions, countries),
        ).fetchall()
    return np.fromiter((row[0] for row in rows), np.int64, len(rows))


def located_photos(catalog: Catalog) -> LocatedPhotos:
    """All visible photos with coordinates."""
    with catalog.reading() as db:
        cursor = db.cursor()
        cursor.row_factory = None
        rows = cursor.execute(
            "select id, latitude, longitude from photo where present > 0 and latitude is not null"
            " and longitude is not null order by id"
        ).fetchall()
    table = np.array(rows, np.float64).reshape(-1, 3)
    return LocatedPhotos(table[:, 0].astype(np.int64), table[:, 1], table[:, 2])
