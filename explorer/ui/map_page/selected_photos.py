"""The actions for the photos that are selected on the map, and their list below it."""

from __future__ import annotations

import streamlit as st

from explorer.library.catalog import Ids
from explorer.ui.actions import PhotoAction
from explorer.ui.change_errors import attempt
from explorer.ui.components import id_lists
from explorer.ui.components.action_buttons import action_buttons
from explorer.ui.components.gallery import gallery
from explorer.ui.concepts.concept_request import make_concept_action
from explorer.ui.localized import count
from explorer.ui.map_page import library_map, map_selection
from explorer.ui.map_page.map_selection import MapSelection
from explorer.ui.photo_actions import selection_actions


def selection_bar(ids: Ids, selection: MapSelection) -> None:
    """Draw the number of selected photos, and the buttons for all of them."""
    with st.container(horizontal=True, vertical_alignment="center", key="selection-map-shape"):
        st.markdown(f"**{count(len(ids), 'photo')}** selected", width="content")
        if len(ids):
            st.button(
                "Show the whole map" if selection.only else "Show only these",
                icon=":material/map:" if selection.only else ":material/grid_view:",
                key="map-only",
                type="secondary" if selection.only else "primary",
                on_click=_list_selected,
                kwargs={"only": not selection.only},
            )
            action_buttons([*selection_actions(), make_concept_action()], _act, "map-act")
        st.button(
            "Clear", icon=":material/close:", key="map-clear", on_click=_clear,
            help="Select nothing",
        )  # fmt: skip


def _act(action: PhotoAction) -> None:
    """Act on the photos that are selected now. The selection may have changed since the button was
    drawn."""
    library_map.apply_selection()
    ids = map_selection.selected_photos(map_selection.selection_from_url()).tolist()
    if ids:
        attempt(action.run, ids)


def _list_selected(*, only: bool) -> None:
    library_map.apply_selection()
    map_selection.list_selected(only=only)


def _clear() -> None:
    library_map.apply_selection()
    map_selection.clear()


def selected_list(ids: Ids, selection: MapSelection) -> None:
    """Draw the selected photos as a gallery below the map."""
    gallery(
        id_lists.photos_by_day(ids),
        "map",
        label="Selected photos",
        place=str((selection.shape, selection.region)),
        actions=selection_actions(),
    )
