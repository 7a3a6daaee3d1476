"""Refresh a page when the library changes while it is open."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from explorer.ui import empty_library, resources
from explorer.ui.localized import count

# A key of the session state that is set while a dialog is open that the URL does not describe.
# Redrawing the page would close it.
DIALOG_OPEN = "_dialog-open"


class LibrarySnapshot(NamedTuple):
    """The state of the library that a page shows."""

    change: int
    """The catalog's change counter."""
    photos: int
    """Photos in the search index."""
    reason_empty: empty_library.EmptyReason | None
    """Why the library is empty; None if it is not."""


def snapshot() -> LibrarySnapshot:
    """The state of the library now. A page takes it before it reads anything, so that changes made
    while it is being drawn are noticed."""
    return LibrarySnapshot(
        resources.library().catalog.change(), resources.engine().photo_count, empty_library.reason()
    )


def refresh_on_change(drawn: LibrarySnapshot, *, has_room: bool) -> None:
    """Redraw the page, or offer to, when the library changes.

    drawn: the state that the page shows. has_room: whether new photos fit on the page. If so, they
    are shown at once; otherwise a message offers them, and the photos in view stay in place.
    """
    st.session_state["_drawn"] = drawn
    _check(has_room)


@st.fragment(run_every="2s")
def _check(has_room: bool) -> None:
    library = resources.library()
    drawn: LibrarySnapshot = st.session_state["_drawn"]
    change, photos, reason_empty = drawn
    if reason_empty is not None and empty_library.reason() != reason_empty:
        # The page's message about the empty library is outdated.
        st.rerun()
    if library.catalog.change() == change:
        return
    now = resources.engine().photo_count
    if now == photos:
        return
    # Redrawing would reset an open dialog.
    if (has_room or now < photos) and not st.session_state.get(DIALOG_OPEN):
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key="news"):
        st.caption(
            f"{count(now - photos, 'new photo')}"
            if now > photos
            else "Some photos are no longer available",
            width="content",
        )
        if st.button("Show", icon=":material/refresh:", key="show-news"):
            st.rerun()
