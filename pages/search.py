"""Search: by phrase, by photo, or both; without either, all photos, newest first."""

from __future__ import annotations

import base64
import json
import math

import streamlit as st

from explorer.errors import ExplorerError, PhotoError
from explorer.ui import asking, empty_library, examples, folders, lightbox, resources
from explorer.ui.actions import Action
from explorer.ui.asking import Asked, Found
from explorer.ui.gallery import gallery, preview_address
from explorer.ui.live import follow, snapshot
from explorer.ui.words import plain
from explorer.words import count

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
            key=asking.PHRASE,
            type="search",
            placeholder="Describe a photo: two dogs on a beach",
            label_visibility="collapsed",
            icon=":material/search:",
            on_change=asking.changed,
        )
        turn = st.session_state.setdefault("_uploads", 0)
        with st.popover("Photo", icon=":material/add_photo_alternate:", help="Search with a photo", key=f"photo-{turn}"):
            upload(turn)
        with st.popover("Filter", icon=":material/tune:", help="Dates and folders"):
            filters()


def upload(turn: int) -> None:
    """A box for a photo from outside. turn: how many were taken in before."""
    given = st.file_uploader("Find photos like this one", key=f"upload-{turn}", max_upload_size=UPLOAD_MB)
    st.caption("The photo is not added to your library, and does not leave this computer.")
    if given is None:
        return
    try:
        with st.spinner("Looking at the photo…"):
            asking.by_upload(given.getvalue(), given.name)
    except PhotoError as error:
        st.error(f"{plain(given.name)} cannot be used: {plain(str(error))}.", icon=":material/broken_image:")
        return
    # A new box, closed, so that this photo is not taken for a new one at every run.
    st.session_state["_uploads"] = turn + 1
    st.rerun()


def filters() -> None:
    for label, key in (("From", asking.SINCE), ("To", asking.UNTIL)):
        st.date_input(
            label, value=None, min_value=asking.OLDEST, max_value=asking.NEWEST, key=key, format="YYYY-MM-DD", on_change=asking.changed
        )
    st.selectbox(
        "Folder",
        folders.choices(asking.address().get(asking.FOLDER)),
        index=None,
        key=asking.FOLDER,
        placeholder="All folders",
        format_func=folders.names(),
        on_change=asking.changed,
    )
    st.button("Clear filters", icon=":material/filter_alt_off:", on_click=asking.clear_filters)


def chosen_photos(what: Asked) -> None:
    """The photos that are searched by, and a way to go on without them."""
    if not (what.query.photo_ids or what.query.examples):
        return
    rows = library.catalog.photos(what.query.photo_ids)
    pictures = [preview_address(row) for row in rows.values()]
    for token in asking.tokens():
        if picture := examples.picture(token):
            pictures.append("data:image/jpeg;base64," + base64.b64encode(picture).decode())
    with st.container(horizontal=True, vertical_alignment="center"):
        images = "".join(f'<img src="{source}" alt="" height="56">' for source in pictures)
        st.html(f'<div class="chosen">Photos like {images}</div>', width="content")
        st.button("Remove", icon=":material/close:", help="Search without this photo", on_click=asking.drop_photos)


def headline(what: Asked, found: Found) -> None:
    """How many there are, in words, and what they were filtered by."""
    filtered = asking.filtered(what.filters)
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
        st.info(asking.check(what.filters) or "No photo fits. Try other words, or fewer filters.", icon=":material/search_off:")
        st.button("Show all photos", on_click=asking.clear)
    else:
        st.info("No photo is in its place at the moment: the Library page says more.", icon=":material/usb_off:")


def results(what: Asked, found: Found) -> None:
    pages = max(1, math.ceil(len(found.ids) / PAGE_SIZE))
    at = min(asking.page(), pages)
    rows = library.catalog.photos(found.ids[(at - 1) * PAGE_SIZE : at * PAGE_SIZE])
    picked = gallery(
        list(rows.values()),
        "search",
        label="Search results" if what.query else "All photos",
        place=json.dumps({**asking.address(), asking.PAGE: at}),
        actions=[Action("Find similar", ":material/image_search:", lambda ids: asking.more_like(*ids[:MOST_LIKE]), "leave")],
    )
    if pages > 1:
        # The address is the truth: a widget of this page's own, so that it starts there.
        key = f"page-{at}"
        st.pagination(pages, default=at, key=key, on_change=asking.turn, args=[key], width="stretch")
    if picked.similar is not None:
        asking.more_like(picked.similar)
        st.rerun()

    def why(photo_id: int) -> str:
        return resources.engine().explain(what.query, photo_id) if what.query else ""

    lightbox.lightbox(found.ids, opened=picked.opened, why=why, more_like=asking.more_like)


def main() -> None:
    asking.settle()
    drawn = snapshot()
    search_bar()
    what = asking.asked()
    for problem in asking.wrong_dates():
        st.warning(plain(problem), icon=":material/info:")
    if what.lost:
        st.warning("A photo of this search is not there any more; the search goes on without it.", icon=":material/link_off:")
    chosen_photos(what)
    try:
        found = asking.find(what)
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
