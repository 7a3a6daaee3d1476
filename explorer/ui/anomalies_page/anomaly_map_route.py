"""The route for the map on the Anomalies page."""

from __future__ import annotations

from starlette.requests import Request

from explorer.errors import UsageError
from explorer.library.queries.filters import Filters
from explorer.ui.anomalies_page import anomalies_state
from explorer.ui.components import map_data
from explorer.ui.web_server.route_answers import BRIEFLY, answers


@answers("This map does not exist.", headers=BRIEFLY)
def map_points(request: Request) -> bytes | None:
    """The points of the map and their colors (`map_data.py`)."""
    query = request.query_params
    coloring = map_data.coloring_of(query.get("colour"))
    try:
        filters = Filters(
            query.get("since") or None, query.get("until") or None, query.get("folder") or None
        )
        return anomalies_state.map_points(coloring, filters or None)
    except UsageError:
        return None
