"""The map of the library to be looked at: a canvas on which photos are points; hover, click, zoom,
and mark an area.

A components-v2 component like the gallery: it draws itself in the page and fetches its points from
this server (`map_data.py`). It tells Python which photo was opened (`open`) and which area was
marked (`area`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import streamlit as st

from explorer.library.filters import Filters
from explorer.ui.components.map_data import Area, Colouring
from explorer.ui.origin_guard import PHOTOS

_STATIC = Path(__file__).parents[1] / "static"

_map = st.components.v2.component(
    "photo_map",
    html=(_STATIC / "scatter.html").read_text(encoding="utf-8"),
    css=(_STATIC / "scatter.css").read_text(encoding="utf-8"),
    js=(_STATIC / "scatter.js").read_text(encoding="utf-8"),
)


class Pointed(NamedTuple):
    """What a person did on the map, once. opened: a photo's id. area: the rectangle that was
    marked."""

    opened: int | None
    area: Area | None


def address(colour: Colouring, filters: Filters | None, version: str) -> str:
    """Where the points come from. version: changes when they do."""
    asked = {"colour": colour, "v": version}
    if filters:
        asked |= {
            "since": filters.since or "",
            "until": filters.until or "",
            "folder": filters.folder or "",
        }
    return f"{PHOTOS}map?{urlencode({key: value for key, value in asked.items() if value}, errors='surrogateescape')}"


def scatter(source: str, area: Area | None, key: str = "map") -> Pointed:
    """Show the map. source: its address. area: the rectangle that is marked on it."""
    found: Any = _map(
        key=key,
        data={"source": source, "area": list(area) if area else None},
        on_open_change=_ignore,
        on_area_change=_ignore,
    )
    marked = found.area
    return Pointed(
        int(found.open) if found.open else None,
        Area(*(int(part) for part in marked)) if marked else None,
    )


def _ignore() -> None:
    """Streamlit asks for a callback wherever a component sends something."""
