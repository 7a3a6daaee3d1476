"""Show the photos of the chosen area below the map, or why there are no photos on the map."""

from __future__ import annotations

import streamlit as st

from explorer.library.stores.worker_store import worker_status
from explorer.ui import photo_actions, resources
from explorer.ui.components import id_lists, viewer
from explorer.ui.components.gallery import gallery
from explorer.ui.localized import count
from explorer.ui.places_page import places_state
from explorer.ui.search_page import export_dialog


def photos_of_area(text: str) -> None:
    """Draw the photos of an area by day, and the buttons for the area. text: the area in the form
    of a query."""
    found = places_state.photos_in(text)
    with st.container(horizontal=True, vertical_alignment="center", key="headline-dated"):
        st.markdown(f"**{count(found.total, 'photo')}** in this area", width="content")
        st.button(
            "Search in this area", icon=":material/search:", key="search-area",
            on_click=places_state.search_for, args=[f"area:{text}"],
        )  # fmt: skip
        st.button(
            "Clear", icon=":material/close:", key="clear-area",
            on_click=places_state.choose_area, args=[None],
        )  # fmt: skip
    ids = found.top(found.total)
    photos = id_lists.photos_by_day(ids)
    gallery(
        photos,
        "places",
        label="Photos in this area",
        place=text,
        actions=photo_actions.selection_actions(),
        keep_position=True,
    )
    viewer.viewer(lambda: photos.ids, photos.key, actions=photo_actions.viewer_actions())
    export_dialog.export_if_requested(id_lists.by_day(ids))


def explain_no_places() -> None:
    """Draw why there is nothing on the map."""
    worker = worker_status(resources.library().catalog)
    if worker is not None and worker["alive"] and worker["phase"] not in ("watching", "paused"):
        st.info(
            "No photo with a location so far. Photos appear here while they are indexed.",
            icon=":material/hourglass_top:",
        )
        return
    st.info(
        "None of your photos says where it was taken. Phones write this into a photo if the camera"
        " app may use the location; some cameras have GPS, and programs can add it later (EXIF"
        " or XMP in the file). Messengers and social networks remove it. You can also set the place"
        " of selected photos on the Search page, with **Edit**.",
        icon=":material/location_off:",
    )
