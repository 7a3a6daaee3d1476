"""The messages of the Map page while there is no map."""

from __future__ import annotations

import streamlit as st

from explorer.analysis import map_layout
from explorer.library.stores.worker_store import worker_status
from explorer.ui import resources
from explorer.ui.components import map_data
from explorer.ui.localized import count

MIN_PHOTOS = 3
"""With fewer photos there is nothing to map."""


@st.fragment(run_every="2s")
def explain_no_map(photos: int) -> None:
    """Draw why there is no map yet; the page runs again once there is one. photos: the number of
    photos in the library."""
    if len(map_data.current_map().ids) >= MIN_PHOTOS:
        st.rerun()
    if 0 < photos < MIN_PHOTOS:
        st.info(
            f"There are too few photos for a map: {count(photos)}. Similar photos will be"
            " near each other here once there are more.",
            icon=":material/bubble_chart:",
        )
        return
    step = map_data.layout_steps(resources.library())
    if step is not None:
        st.progress(step / map_layout.STEPS, "The map of your photos is being drawn…")
        return
    worker = worker_status(resources.library().catalog)
    if worker is not None and worker["alive"] and worker["phase"] == "paused":
        st.info(
            "There is no map yet, and indexing is paused. Resume it on the Library page.",
            icon=":material/pause:",
        )
        return
    st.info(
        "The map of your photos will appear here once they have been compared with each other.",
        icon=":material/hourglass_top:",
    )
