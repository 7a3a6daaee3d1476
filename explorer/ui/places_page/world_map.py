"""The world map of the photos, and the list of places beside it: two components-v2 components.

The map draws outlines of countries and clusters of photos, which it fetches from the server
(`places_route.py`). Each component returns what was chosen, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import streamlit as st

from explorer.search.language.typed_values import Area
from explorer.search.place_tree import PlaceNode
from explorer.ui.components.javascript import component_loader
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


class WorldMapResult(NamedTuple):
    """What was chosen on the map, as values for `area:` in a query; None for nothing."""

    area: str | None
    """The area whose photos are to be listed."""
    search: str | None
    """The area to search in."""


def world_map(whole: Area, area: str | None, chosen: Area | None, version: str) -> WorldMapResult:
    """Show the map.

    whole: the area that contains all photos. area, chosen: the area whose photos are listed, as the
    text in the URL and in degrees. version: a text that changes whenever the photos do.
    """
    result: Any = _map(
        key="world",
        data={"all": _degrees(whole), "area": area, "chosen": _degrees(chosen), "version": version},
        on_area_change=_ignore,
        on_search_change=_ignore,
    )
    return WorldMapResult(result.area or None, result.search or None)


def _degrees(area: Area | None) -> dict[str, float] | None:
    if area is None:
        return None
    return {"south": area.south, "west": area.west, "north": area.north, "east": area.east}


def places_list(places: Sequence[PlaceNode], covers: dict[int, str]) -> str | None:
    """Show the places; returns the query of the place that was clicked, once.

    covers: the URLs of previews, by photo id.
    """
    result: Any = _list(
        key="places-list",
        data={"places": [_as_data(place, covers) for place in places]},
        on_search_change=_ignore,
    )
    return result.search or None


def _as_data(place: PlaceNode, covers: dict[int, str]) -> dict[str, Any]:
    return {
        "name": place.name,
        "query": place.query,
        "photos": place.photos,
        "cover": covers.get(place.newest, ""),
        "inside": [_as_data(each, covers) for each in place.inside],
    }


def _ignore() -> None:
    """Do nothing: Streamlit requires a callback for every value that a component sends."""
