"""The route for the map on the Anomalies page."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from explorer.errors import UsageError
from explorer.library.queries.filters import Filters
from explorer.ui.anomalies_page import anomalies_state
from explorer.ui.components import map_data
from explorer.ui.photo_routes import PHOTO_HEADERS


async def map_points(request: Request) -> Response:
    """The points of the map and their colors (`map_data.py`). The URL changes with the catalog, so
    the answer can be cached."""

    def find() -> bytes | None:
        query = request.query_params
        coloring = map_data.coloring_of(query.get("colour"))
        try:
            filters = Filters(
                query.get("since") or None, query.get("until") or None, query.get("folder") or None
            )
            return anomalies_state.map_points(coloring, filters or None)
        except UsageError:
            return None

    found = await run_in_threadpool(find)
    if found is None:
        return PlainTextResponse("This map does not exist.", 404, PHOTO_HEADERS)
    return Response(
        found,
        media_type="application/octet-stream",
        headers=PHOTO_HEADERS | {"Cache-Control": "private, max-age=600"},
    )
