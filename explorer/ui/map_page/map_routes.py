"""The routes for the map of the library: its points, and its regions with their names."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from explorer.errors import ExplorerError
from explorer.ui.map_page.map_overview import overview, regions_data
from explorer.ui.photo_routes import PHOTO_HEADERS

# The URL changes with the catalog, so a response can be cached.
_HEADERS = PHOTO_HEADERS | {"Cache-Control": "private, max-age=600"}


async def library_points(request: Request) -> Response:
    """All photos of the map, in the binary format of `map_data.py`."""
    try:
        found = await run_in_threadpool(overview)
    except ExplorerError as error:
        return PlainTextResponse(str(error), 503)
    return Response(found.packed, media_type="application/octet-stream", headers=_HEADERS)


async def named_regions(request: Request) -> Response:
    """The regions of each level of detail, as JSON."""
    try:
        return JSONResponse(await run_in_threadpool(regions_data), headers=_HEADERS)
    except ExplorerError as error:
        return PlainTextResponse(str(error), 503)
