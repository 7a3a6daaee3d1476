"""The world map of the photos, and the list of places beside it: two components-v2 components.

The map draws outlines of countries and clusters of photos, which it fetches from the server
(`places_routes.py`). What is chosen is followed before the page runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from explorer.search.facets.place_tree import PlaceNode
from explorer.search.language.typed_values import Area
from explorer.ui.components.component_events import follow
from explorer.ui.components.javascript import component_loader
from explorer.ui.places_page import places_state
from explorer.ui.static_files import STATIC

_map = st.components.v2.component(
    "places_map",
    html=(STATIC / "places_map.html").read_text(encoding="utf-8"),
    css=(STATIC / "places_map.css").read_text(encoding="utf-8"),
    js=component_loader("places_map"),
)
_list = st.components.v2.component(
    "places_list",
    html=(STATIC / "places_list.html").read_text(encoding="utf-8"),
    css=(STATIC / "places_list.css").read_text(encoding="utf-8"),
    js=component_loader("places_list"),
)


def world_map(whole: Area, area: str | None, chosen: Area | None, version: str) -> None:
    """Show the map.

    whole: the area that contains all photos. area, chosen: the area whose photos are listed, as the
    text in the URL and in degrees. version: a text that changes whenever the photos do.
    """
    _map(
        key="world",
        data={"all": _degrees(whole), "area": area, "chosen": _degrees(chosen), "version": version},
        on_area_change=follow("world", "area", places_state.choose_area),
        on_search_change=follow(
            "world", "search", lambda chosen: places_state.search_for(f"area:{chosen}")
        ),
    )


def _degrees(area: Area | None) -> dict[str, float] | None:
    if area is None:
        return None
    return {"south": area.south, "west": area.west, "north": area.north, "east": area.east}


def places_list(places: Sequence[PlaceNode], covers: dict[int, str]) -> None:
    """Show the places. covers: the URLs of previews, by photo id."""
    _list(
        key="places-list",
        data={"places": [_as_data(place, covers) for place in places]},
        on_search_change=follow("places-list", "search", places_state.search_for),
    )


def _as_data(place: PlaceNode, covers: dict[int, str]) -> dict[str, Any]:
    return {
        "name": place.name,
        "query": place.query,
        "photos": place.photos,
        "cover": covers.get(place.newest, ""),
        "inside": [_as_data(each, covers) for each in place.inside],
    }
