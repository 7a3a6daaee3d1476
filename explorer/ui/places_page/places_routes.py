"""The routes for the map of places: outlines of countries, and clusters of photos."""

from __future__ import annotations

import math

import numpy as np
from starlette.requests import Request

from explorer.library.stores.location_store import located_photos, locations_of
from explorer.places.country_outlines import DETAILED, SIMPLE, outlines
from explorer.text_format import whole_number
from explorer.ui import resources
from explorer.ui.library_cache import LibraryCache
from explorer.ui.places_page.photo_clusters import (
    MAX_ZOOM,
    MapBox,
    PhotoClusters,
    area_text,
    world_points,
)
from explorer.ui.web_server.route_answers import BRIEFLY, answers

_CLUSTERS = LibraryCache(
    lambda library: PhotoClusters(world_points(located_photos(library.catalog)))
)


def current_clusters() -> PhotoClusters:
    """The clusters of all photos with coordinates."""
    return _CLUSTERS.get()


@answers("", headers={"Cache-Control": "private, max-age=86400"})
def country_outlines(request: Request) -> bytes:
    """Outlines of countries: the number of rings, the end of each, and all points (longitude and
    latitude in thousandths of a degree); int32, little-endian. `?detailed` has ten times as many
    points."""

    found = outlines(DETAILED if "detailed" in request.query_params else SIMPLE)
    header = np.array([len(found.ends)], "<i4")
    parts = (header, found.ends.astype("<i4"), found.points.astype("<i4"))
    return b"".join(part.tobytes() for part in parts)


@answers("This map does not exist.", headers=BRIEFLY)
def photo_clusters(request: Request) -> list[dict[str, object]] | None:
    """The clusters in a part of the map, as JSON. `z`: the zoom level. `box`: left, top, right and
    bottom, from 0 to 1."""
    query = request.query_params
    zoom = whole_number(query.get("z", ""))
    try:
        sides = [float(side) for side in query.get("box", "").split(",")]
    except ValueError:
        sides = []
    if len(sides) != 4 or not all(map(math.isfinite, sides)) or zoom is None or zoom > MAX_ZOOM:
        return None
    found = current_clusters().in_box(zoom, MapBox(*sides))
    catalog = resources.library().catalog
    newest = catalog.photos(each.newest for each in found)
    named = locations_of(catalog, newest)
    return [
        {
            "x": each.x, "y": each.y, "photos": each.photos, "newest": each.newest,
            "hash": newest[each.newest]["hash"] if each.newest in newest else "",
            "label": named[each.newest].label if each.newest in named else "",
            "area": area_text(each.area),
        }
        for each in found
    ]  # fmt: skip
