"""Refresh a page when the library changes while it is open."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from explorer.ui import empty_library, resources
from explorer.ui.localized import count

# A key of the session state that is set while a dialog is open that the URL does not describe.
# Redrawing the page would close it.
DIALOG_OPEN = "_dialog-open"
# Session state: the URL parameters that the page was drawn with, and those of the last check.
_DRAWN_URL, _CHECKED_URL = "_drawn-url", "_checked-url"


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
    note_url()
    _check(has_room)


def note_url() -> None:
    """Note the URL that a page is drawn with, for `url_is_current`."""
    st.session_state[_DRAWN_URL] = st.query_params.to_dict()
    st.session_state[_CHECKED_URL] = None


def url_is_current() -> bool:
    """Whether a check that runs every few seconds may redraw the page with the URL that the browser
    has sent with it.

    Right after a click that has changed the URL, the browser may still send the one before. To
    redraw the page would then take the click back. If it sends the same again, it is current: the
    browser itself has changed it.
    """
    now = st.query_params.to_dict()
    known = now in (st.session_state.get(_DRAWN_URL), st.session_state.get(_CHECKED_URL))
    st.session_state[_CHECKED_URL] = now
    return known


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
        if url_is_current():
            st.rerun()
        return
    with st.container(horizontal=True, vertical_alignment="center", key="news"):
        st.caption(
            f"{count(now - photos, 'new photo')}"
            if now > photos
            else "Some photos are no longer available",
            width="content",
        )
        if st.button("Show", icon=":material/refresh:", key="show-news"):
            st.rerun()
