"""The routes for the map of places: outlines of countries, and clusters of photos."""

from __future__ import annotations

import math

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from explorer.errors import ExplorerError
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

_CLUSTERS = LibraryCache(
    lambda library: PhotoClusters(world_points(located_photos(library.catalog)))
)


def current_clusters() -> PhotoClusters:
    """The clusters of all photos with coordinates."""
    return _CLUSTERS.get()


async def country_outlines(request: Request) -> Response:
    """Outlines of countries: the number of rings, the end of each, and all points (longitude and
    latitude in thousandths of a degree); int32, little-endian. `?detailed` has ten times as many
    points."""

    def pack() -> bytes:
        found = outlines(DETAILED if "detailed" in request.query_params else SIMPLE)
        header = np.array([len(found.ends)], "<i4")
        parts = (header, found.ends.astype("<i4"), found.points.astype("<i4"))
        return b"".join(part.tobytes() for part in parts)

    return Response(
        await run_in_threadpool(pack),
        media_type="application/octet-stream",
        headers={"Cache-Control": "private, max-age=86400"},
    )


async def photo_clusters(request: Request) -> Response:
    """The clusters in a part of the map, as JSON. `z`: the zoom level. `box`: left, top, right and
    bottom, from 0 to 1."""
    query = request.query_params
    zoom = whole_number(query.get("z", ""))
    try:
        sides = [float(side) for side in query.get("box", "").split(",")]
    except ValueError:
        sides = []
    if len(sides) != 4 or not all(map(math.isfinite, sides)) or zoom is None or zoom > MAX_ZOOM:
        return PlainTextResponse("This map does not exist.", 404)

    def find() -> list[dict[str, object]]:
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

    try:
        found = await run_in_threadpool(find)
    except ExplorerError as error:
        return PlainTextResponse(str(error), 503)
    return JSONResponse(found, headers={"Cache-Control": "private, max-age=600"})
