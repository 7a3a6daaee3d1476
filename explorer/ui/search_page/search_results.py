"""The results of a search, or why there are none."""

from __future__ import annotations

import json
import math

import streamlit as st

from explorer.text_format import count
from explorer.ui import empty_library, resources
from explorer.ui.actions import Action
from explorer.ui.components import lightbox
from explorer.ui.components.gallery import gallery
from explorer.ui.photo_labels import plain
from explorer.ui.search_page import search_state
from explorer.ui.search_page.search_state import Asked, Found

PAGE_SIZE = 90


# Photos of a selection that are searched by together.
MOST_LIKE = 20


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
    rows = resources.library().catalog.photos(found.ids[(at - 1) * PAGE_SIZE : at * PAGE_SIZE])
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
