"""The search box, the upload of an example photo, and the filters."""

from __future__ import annotations

import base64

import streamlit as st

from explorer.errors import PhotoError
from explorer.ui import resources
from explorer.ui.components.photo_urls import preview_url
from explorer.ui.library_page import folder_choices
from explorer.ui.photo_labels import plain
from explorer.ui.search_page import example_photos, search_state
from explorer.ui.search_page.search_state import Asked

UPLOAD_MB = 50


def search_bar() -> None:
    """The phrase, a photo, the filters."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="search-bar"):
        st.text_input(
            "Search",
            value=None,
            key=search_state.PHRASE,
            type="search",
            placeholder="Describe a photo: two dogs on a beach",
            label_visibility="collapsed",
            icon=":material/search:",
            on_change=search_state.changed,
        )
        turn = st.session_state.setdefault("_uploads", 0)
        with st.popover(
            "Photo",
            icon=":material/add_photo_alternate:",
            help="Search with a photo",
            key=f"photo-{turn}",
        ):
            upload(turn)
        with st.popover("Filter", icon=":material/tune:", help="Dates and folders"):
            filters()


def upload(turn: int) -> None:
    """A box for a photo from outside. turn: how many were taken in before."""
    given = st.file_uploader(
        "Find photos like this one", key=f"upload-{turn}", max_upload_size=UPLOAD_MB
    )
    st.caption("The photo is not added to your library, and does not leave this computer.")
    if given is None:
        return
    try:
        with st.spinner("Looking at the photo…"):
            search_state.by_upload(given.getvalue(), given.name)
    except PhotoError as error:
        st.error(
            f"{plain(given.name)} cannot be used: {plain(str(error))}.",
            icon=":material/broken_image:",
        )
        return
    # A new box, closed, so that this photo is not taken for a new one at every run.
    st.session_state["_uploads"] = turn + 1
    st.rerun()


def filters() -> None:
    for label, key in (("From", search_state.SINCE), ("To", search_state.UNTIL)):
        st.date_input(
            label,
            value=None,
            min_value=search_state.OLDEST,
            max_value=search_state.NEWEST,
            key=key,
            format="YYYY-MM-DD",
            on_change=search_state.changed,
        )
    st.selectbox(
        "Folder",
        folder_choices.choices(search_state.address().get(search_state.FOLDER)),
        index=None,
        key=search_state.FOLDER,
        placeholder="All folders",
        format_func=folder_choices.names(),
        on_change=search_state.changed,
    )
    st.button(
        "Clear filters", icon=":material/filter_alt_off:", on_click=search_state.clear_filters
    )


def chosen_photos(what: Asked) -> None:
    """The photos that are searched by, and a way to go on without them."""
    if not (what.query.photo_ids or what.query.examples):
        return
    rows = resources.library().catalog.photos(what.query.photo_ids)
    pictures = [preview_url(row) for row in rows.values()]
    for token in search_state.tokens():
        if picture := example_photos.picture(token):
            pictures.append("data:image/jpeg;base64," + base64.b64encode(picture).decode())
    with st.container(horizontal=True, vertical_alignment="center"):
        images = "".join(f'<img src="{source}" alt="" height="56">' for source in pictures)
        st.html(f'<div class="chosen">Photos like {images}</div>', width="content")
        st.button(
            "Remove",
            icon=":material/close:",
            help="Search without this photo",
            on_click=search_state.drop_photos,
        )
