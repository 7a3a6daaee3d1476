"""The map of the library that fills the window: a components-v2 component.

It draws in the page and fetches its points and regions from the server (`map_routes.py`). It opens
photos in the page's viewer, and tells Python which shape was drawn (`shape`) and which region was
chosen from the list (`region`). Both are selected before the page runs.
"""

from __future__ import annotations

import streamlit as st

from explorer.ui.components.component_events import follow
from explorer.ui.components.javascript import component_loader
from explorer.ui.map_page import map_selection
from explorer.ui.map_page.map_selection import MapSelection
from explorer.ui.static_files import STATIC

_component = st.components.v2.component(
    "library_map",
    html=(STATIC / "library_map.html").read_text(encoding="utf-8"),
    css=(STATIC / "library_map.css").read_text(encoding="utf-8"),
    js=component_loader("library_map"),
)


def library_map(version: str, selection: MapSelection, sequence: str) -> None:
    """Show the map. version: a text that changes whenever the photos do. sequence: the token of the
    photos that the viewer steps through from the map (`viewer.register`)."""
    _component(
        key="library-map",
        data={
            "version": version,
            "shape": list(selection.shape),
            "region": list(selection.region) if selection.region else None,
            "only": selection.only,
            "sequence": sequence,
        },
        on_shape_change=follow(
            "library-map", "shape", lambda shape: map_selection.select(shape=shape)
        ),
        on_region_change=follow(
            "library-map", "region", lambda region: map_selection.select(region=region, only=True)
        ),
    )
