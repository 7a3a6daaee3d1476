"""The map of the library that fills the window: a components-v2 component.

It draws in the page and fetches its points and regions from the server (`map_routes.py`). It opens
photos in the page's viewer, and tells Python once (`selection`) which shape was drawn or which
region was chosen from the list.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.ui.components.javascript import component_loader
from explorer.ui.components.partial_runs import is_for_another_part
from explorer.ui.map_page import map_selection
from explorer.ui.map_page.map_selection import MapSelection
from explorer.ui.static_files import STATIC

_component = st.components.v2.component(
    "library_map",
    html=(STATIC / "library_map.html").read_text(encoding="utf-8"),
    css=(STATIC / "library_map.css").read_text(encoding="utf-8"),
    js=component_loader("library_map"),
)
# The key of the component.
_MAP = "library-map"
# Session state: the selection that was last put into the URL.
_APPLIED = "_applied-map-selection"


def library_map(version: str, selection: MapSelection, sequence: str) -> None:
    """Show the map. version: a text that changes whenever the photos do. sequence: the token of the
    photos that the viewer steps through from the map (`viewer.register`)."""
    _component(
        key=_MAP,
        data={
            "version": version,
            "shape": list(selection.shape),
            "region": list(selection.region) if selection.region else None,
            "only": selection.only,
            "sequence": sequence,
        },
        on_selection_change=apply_selection,
    )


def apply_selection() -> None:
    """Put what was selected on the map since it was drawn into the URL, once.

    Everything that acts on the selection calls this first: Streamlit calls the callbacks of buttons
    before those of components.
    """
    state: Any = st.session_state.get(_MAP) or {}
    made = state.get("selection")
    if made and not is_for_another_part() and made != st.session_state.get(_APPLIED):
        st.session_state[_APPLIED] = made
        shape, region = (str(made.get(key) or "") for key in ("shape", "region"))
        map_selection.select(shape=shape, region=region, only=bool(region))
