"""The routes for the map of the library: its points, and its regions with their names."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from explorer.ui.map_page.map_overview import overview, regions_data
from explorer.ui.web_server.route_answers import BRIEFLY, answers

_NO_MAP = "This map does not exist."


@answers(_NO_MAP, headers=BRIEFLY)
def library_points(request: Request) -> bytes:
    """All photos of the map, in the binary format of `map_data.py`."""
    return overview().packed


@answers(_NO_MAP, headers=BRIEFLY)
def named_regions(request: Request) -> Any:
    """The regions of each level of detail, as JSON."""
    return regions_data()
