"""The stage that determines the city, region and country of photos with coordinates."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from explorer.library.library import Library
from explorer.library.stores.location_store import (
    NO_PLACE,
    Location,
    PhotoCoordinates,
    photos_to_locate,
    put_locations,
)
from explorer.library.stores.stage_store import set_stage_change, stage_change
from explorer.library.writer import Writer
from explorer.places.gazetteer import VERSION, gazetteer

# The number of photos per transaction.
BATCH_SIZE = 2000
_NAME = "places"


class PlaceStage:
    """Keeps the places of photos up to date with their coordinates and with the gazetteer."""

    what = "Finding places"

    def __init__(self, library: Library, writer: Writer) -> None:
        self._library, self._writer = library, writer

    def run(self, tick: Callable[[int, int], None]) -> None:
        """Locate the photos whose place is not known. tick: as in `analysis/stages.py`."""
        catalog = self._library.catalog
        change, since = catalog.change(), stage_change(catalog, _NAME, VERSION)
        if change <= since:
            return
        with catalog.reading() as db:
            waiting = photos_to_locate(db, VERSION, since)
        for start in range(0, len(waiting), BATCH_SIZE):
            photos = waiting[start : start + BATCH_SIZE]
            put_locations(self._writer, photos, located(photos), VERSION)
            tick(min(start + BATCH_SIZE, len(waiting)), len(waiting))
        if waiting or since == 0:
            with self._writer.transaction():
                set_stage_change(self._writer, _NAME, VERSION, change)


def located(photos: Sequence[PhotoCoordinates]) -> list[Location | None]:
    """The place of each photo; None if nothing is near, as at sea."""
    # Imported here because it loads OpenCV, which commands that only read do not need.
    from explorer.places.reverse_geocoder import NONE, locate

    known = gazetteer()
    found = locate(
        np.array([photo.latitude for photo in photos], np.float64),
        np.array([photo.longitude for photo in photos], np.float64),
    )

    def location(place: int, city: int, region: int, country: int) -> Location | None:
        if place == region == country == NONE:
            return None
        return Location(
            int(known.ids[place]) if place != NONE else NO_PLACE,
            int(known.ids[city]) if city != NONE else NO_PLACE,
            known.region_codes[region] if region != NONE else "",
            known.country_codes[country] if country != NONE else "",
            known.names[place] if place != NONE else "",
            known.names[city] if city != NONE else "",
            known.region_names[region] if region != NONE else "",
            known.country_names[country] if country != NONE else "",
            float(known.latitude[city]) if city != NONE else None,
            float(known.longitude[city]) if city != NONE else None,
        )

    return [location(*map(int, row)) for row in zip(*found, strict=True)]
