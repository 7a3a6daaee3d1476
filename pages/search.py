"""Search: by phrase, by photo, or both; without either, all photos, newest first."""

from __future__ import annotations

import base64
import json
import math

import streamlit as st

from explorer.errors import ExplorerError, PhotoError
from explorer.text_format import count
from explorer.ui import empty_library, resources
from explorer.ui.actions import Action
from explorer.ui.auto_refresh import follow, snapshot
from explorer.ui.components import lightbox
from explorer.ui.components.gallery import gallery, preview_address
from explorer.ui.library_page import folder_choices
from explorer.ui.photo_labels import plain
from explorer.ui.search_page import example_photos, search_state
from explorer.ui.search_page.search_state import Asked, Found

PAGE_SIZE = 90
UPLOAD_MB = 50
# Photos of a selection that are searched by together.
MOST_LIKE = 20

library = resources.library()


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
    rows = library.catalog.photos(what.query.photo_ids)
    pictures = [preview_address(row) for row in rows.values()]
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


def headline(what: Asked, found: Found) -> None:
    """How many there are, in words, and what they were filtered by."""
    filtered = search_state.filtered(what.filters)
    if not found.ids:
        number = "No photo" if filtered else ""
    elif not what.query:
        number = f"{count(found.total, 'photo')}, newest first"
    elif len(found.ids) < found.total:
        number = f"The {len(found.ids):,} best matches of {count(found.total, 'photo')}"
    else:
        number = f"{count(found.total, 'photo')}, best match first"
    if number:
        st.caption(number + "".join(f" · {plain(part)}" for part in filtered))


def empty(what: Asked) -> None:
    """Why there is nothing to be seen, and what to do."""
    why = empty_library.situation()
    if why is not None:
        empty_library.say(why)
    elif what.query or what.filters:
        st.info(
            search_state.check(what.filters) or "No photo fits. Try other words, or fewer filters.",
            icon=":material/search_off:",
        )
        st.button("Show all photos", on_click=search_state.clear)
    else:
        st.info(
            "No photo is in its place at the moment: the Library page says more.",
            icon=":material/usb_off:",
        )


def results(what: Asked, found: Found) -> None:
    pages = max(1, math.ceil(len(found.ids) / PAGE_SIZE))
    at = min(search_state.page(), pages)
    rows = library.catalog.photos(found.ids[(at - 1) * PAGE_SIZE : at * PAGE_SIZE])
    picked = gallery(
        list(rows.values()),
        "search",
        label="Search results" if what.query else "All photos",
        place=json.dumps({**search_state.address(), search_state.PAGE: at}),
        actions=[
            Action(
                "Find similar",
                ":material/image_search:",
                lambda ids: search_state.more_like(*ids[:MOST_LIKE]),
                "leave",
            )
        ],
    )
    if pages > 1:
        # The address is the truth: a widget of this page's own, so that it starts there.
        key = f"page-{at}"
        st.pagination(
            pages, default=at, key=key, on_change=search_state.turn, args=[key], width="stretch"
        )
    if picked.similar is not None:
        search_state.more_like(picked.similar)
        st.rerun()

    def why(photo_id: int) -> str:
        return resources.engine().explain(what.query, photo_id) if what.query else ""

    lightbox.lightbox(found.ids, opened=picked.opened, why=why, more_like=search_state.more_like)


def main() -> None:
    search_state.settle()
    drawn = snapshot()
    search_bar()
    what = search_state.asked()
    for problem in search_state.wrong_dates():
        st.warning(plain(problem), icon=":material/info:")
    if what.lost:
        st.warning(
            "A photo of this search is not there any more; the search goes on without it.",
            icon=":material/link_off:",
        )
    chosen_photos(what)
    try:
        found = search_state.find(what)
    except ExplorerError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    headline(what, found)
    if found.ids:
        results(what, found)
    else:
        empty(what)
    follow(drawn, waiting=len(found.ids) < PAGE_SIZE)


main()
