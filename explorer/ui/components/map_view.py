"""The map of the library: a canvas on which each photo is a point. Users can hover and click
points, zoom, and mark areas.

A components-v2 component like the gallery. It draws in the page and fetches its points from the
server (`map_data.py`). It tells Python which photo was opened (`open`) and which area was marked
(`area`).
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import streamlit as st

from explorer.library.queries.filters import Filters
from explorer.ui.components.component_events import follow
from explorer.ui.components.javascript import component_loader
from explorer.ui.components.map_data import Coloring, MapArea
from explorer.ui.static_files import STATIC
from explorer.ui.web_server.origin_guard import PHOTOS

_KEY = "map"
_component = st.components.v2.component(
    "photo_map",
    html=(STATIC / "scatter.html").read_text(encoding="utf-8"),
    css=(STATIC / "scatter.css").read_text(encoding="utf-8"),
    js=component_loader("scatter"),
)


def map_url(coloring: Coloring, filters: Filters | None, version: str) -> str:
    """The URL of the points. version: a text that changes whenever they do."""
    query = {"colour": coloring, "v": version}
    if filters:
        query |= {
            "since": filters.since or "",
            "until": filters.until or "",
            "folder": filters.folder or "",
        }
    given = {key: value for key, value in query.items() if value}
    return f"{PHOTOS}map?{urlencode(given, errors='surrogateescape')}"


def map_view(
    source: str,
    area: MapArea | None,
    *,
    open_photo: Callable[[int], None],
    mark: Callable[[MapArea], None],
) -> None:
    """Show the map. source: the URL of its points. area: the rectangle that is marked on it.
    open_photo, mark: called before the page runs with the id of a photo that was clicked, and with
    a rectangle that was marked."""
    _component(
        key=_KEY,
        data={"source": source, "area": list(area) if area else None},
        on_open_change=follow(_KEY, "open", lambda photo: open_photo(int(photo))),
        on_area_change=follow(_KEY, "area", lambda sides: mark(MapArea(*map(int, sides)))),
    )
