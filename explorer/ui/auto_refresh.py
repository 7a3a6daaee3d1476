"""A page that follows the library while it is open."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from explorer.text_format import count
from explorer.ui import empty_library, resources
from explorer.ui.components import lightbox

# Set while a dialog that only a press opened is shown: a page that draws itself anew would close
# it.
DIALOG = "_dialog-open"


class Snapshot(NamedTuple):
    """The library as a page shows it. change: of the catalog. photos: in the index. why_empty: None
    where it holds photos."""

    change: int
    photos: int
    why_empty: empty_library.Situation | None


def snapshot() -> Snapshot:
    """The library as it is now. To be taken before a page reads anything: what changes while it is
    being drawn then counts as news."""
    return Snapshot(
        resources.library().catalog.change(),
        resources.engine().photo_count,
        empty_library.situation(),
    )


def follow(drawn: Snapshot, *, waiting: bool) -> None:
    """Have the page follow what the indexer does. drawn: taken before the page was drawn. waiting:
    there is room for more photos, so they are shown as they come.

    Otherwise the person is told of new photos, and what they look at stays where it is until they
    ask.
    """
    st.session_state["_drawn"] = drawn
    _follow(waiting)


@st.fragment(run_every="2s")
def _follow(waiting: bool) -> None:
    library = resources.library()
    drawn: Snapshot = st.session_state["_drawn"]
    change, photos, why_empty = drawn
    if why_empty is not None and empty_library.situation() != why_empty:
        # What the page says of an empty library is not true any more.
        st.rerun()
    if library.catalog.change() == change:
        return
    now = resources.engine().photo_count
    if now == photos:
        return
    # A dialog would be drawn anew under the person's hand.
    if (waiting or now < photos) and lightbox.asked() is None and not st.session_state.get(DIALOG):
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key="news"):
        st.caption(
            f"{count(now - photos, 'new photo')}" if now > photos else "Some photos are gone",
            width="content",
        )
        if st.button("Show", icon=":material/refresh:", key="show-news"):
            st.rerun()
