"""A popover in which the user gives a photo to search by."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui.photo_labels import escape_markdown

_MAX_UPLOAD_MB = 50


def photo_upload(
    key: str, search_by: Callable[[bytes, str], object], *, help: str, label: str
) -> None:
    """Draw the popover.

    key: begins the keys of its widgets. search_by: called with the bytes and the name of a photo
    that was given; the page then runs again. It may raise ExplorerError, which is shown.
    """
    uploads_key = f"_{key}uploads"
    uploads = st.session_state.setdefault(uploads_key, 0)
    with st.popover(
        "Photo", icon=":material/add_photo_alternate:", help=help, key=f"{key}photo-{uploads}"
    ):
        given = st.file_uploader(
            label, key=f"{key}upload-{uploads}", max_upload_size=_MAX_UPLOAD_MB
        )
        st.caption("The photo is not added to your library and does not leave this computer.")
        if given is None:
            return
        try:
            with st.spinner("Reading the photo…"):
                search_by(given.getvalue(), given.name)
        except ExplorerError as error:
            _show_error(given.name, error)
            return
        # Show a new, closed upload box: otherwise every run would use this photo again.
        st.session_state[uploads_key] = uploads + 1
        st.rerun()


def _show_error(name: str, error: ExplorerError) -> None:
    why = str(error).rstrip(".")
    st.error(
        f"{escape_markdown(name)} cannot be used: {escape_markdown(why)}.",
        icon=":material/broken_image:",
    )
