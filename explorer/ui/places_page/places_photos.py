"""The photos of the chosen area, below the map; and what is said where there are none."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from explorer.library.worker_store import worker_status
from explorer.ui import resources
from explorer.ui.components import viewer
from explorer.ui.components.gallery import gallery
from explorer.ui.localized import count
from explorer.ui.places_page import places_state
from explorer.ui.search_page import search_state

PAGE_SIZE = 90


def photos_of_area(text: str) -> None:
    """The photos of an area, a page at a time, with what can be done with it."""
    found = places_state.photos_in(text)
    with st.container(horizontal=True, vertical_alignment="center", key="headline-area"):
        st.markdown(f"**{count(found.total, 'photo')}** in this area", width="content")
        if st.button("Search in this area", icon=":material/search:", key="search-area"):
            places_state.search_for(f"area:{text}")
        st.button(
            "Clear", icon=":material/close:", key="clear-area",
            on_click=places_state.choose_area, args=[None],
        )  # fmt: skip
    pages = max(1, math.ceil(found.total / PAGE_SIZE))
    at = min(places_state.page(), pages)
    ids = found.top(at * PAGE_SIZE)
    rows = resources.library().catalog.photos(ids[(at - 1) * PAGE_SIZE :].tolist())
    picked = gallery(
        list(rows.values()), "places", label="Photos in this area", place=f"{text} {at}"
    )
    if pages > 1:
        key = f"places-page-{at}-{pages}"
        st.pagination(
            pages, default=at, key=key, on_change=places_state.turn_page, args=[key],
            width="stretch",
        )  # fmt: skip
    if picked.similar is not None:
        search_state.search_like(picked.similar)

    def turn_to(photo_id: int) -> None:
        index = np.flatnonzero(found.top(found.total) == photo_id)
        if len(index):
            places_state.show_page(int(index[0]) // PAGE_SIZE + 1)

    viewer.viewer(found.top(found.total), text, turn_to=turn_to)


def explain_no_places() -> None:
    """Why there is nothing on the map."""
    worker = worker_status(resources.library().catalog)
    if worker is not None and worker["alive"] and worker["phase"] not in ("watching", "paused"):
        st.info(
            "No photo with a location so far. Photos appear here while they are indexed.",
            icon=":material/hourglass_top:",
        )
        return
    st.info(
        "None of your photos says where it was taken. Phones write this into a photo if the camera"
        " app may use the location; some cameras have GPS, and programs can add it afterwards (EXIF"
        " or XMP in the file). Messengers and social networks remove it.",
        icon=":material/location_off:",
    )
