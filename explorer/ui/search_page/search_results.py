"""The results of a search, or why there are none."""

from __future__ import annotations

import json
import math

import streamlit as st

from explorer.text_format import count
from explorer.ui import empty_library, resources
from explorer.ui.actions import PhotoAction
from explorer.ui.components import lightbox
from explorer.ui.components.gallery import gallery
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.search_page import search_state
from explorer.ui.search_page.search_state import SearchRequest, SearchResults

PAGE_SIZE = 90
# At most this many selected photos are searched by together.
_MAX_EXAMPLES = 20


def headline(request: SearchRequest, results: SearchResults) -> None:
    """Draw how many photos there are, and the filters in words."""
    filters = search_state.filtered(request.filters)
    if not results.ids:
        number = "No photos" if filters else ""
    elif not request.query:
        number = f"{count(results.total, 'photo')}, newest first"
    elif len(results.ids) < results.total:
        number = f"The {len(results.ids):,} best matches of {count(results.total, 'photo')}"
    else:
        number = f"{count(results.total, 'photo')}, best match first"
    if number:
        st.caption(number + "".join(f" · {escape_markdown(part)}" for part in filters))


def explain_no_results(request: SearchRequest) -> None:
    """Say why nothing is shown, and what to do."""
    reason = empty_library.reason()
    if reason is not None:
        empty_library.explain(reason)
    elif request.query or request.filters:
        st.info(
            search_state.check(request.filters)
            or "No photos match. Try other words or fewer filters.",
            icon=":material/search_off:",
        )
        st.button("Show all photos", on_click=search_state.clear)
    else:
        st.info(
            "None of your photos can be found at the moment. The Library page shows why.",
            icon=":material/usb_off:",
        )


def results_page(request: SearchRequest, results: SearchResults) -> None:
    """Draw one page of results, and the lightbox if a photo is open."""
    pages = max(1, math.ceil(len(results.ids) / PAGE_SIZE))
    at = min(search_state.page(), pages)
    rows = resources.library().catalog.photos(results.ids[(at - 1) * PAGE_SIZE : at * PAGE_SIZE])
    picked = gallery(
        list(rows.values()),
        "search",
        label="Search results" if request.query else "All photos",
        place=json.dumps({**search_state.url_parameters(), search_state.PAGE: at}),
        actions=[
            PhotoAction(
                "Find similar",
                ":material/image_search:",
                lambda ids: search_state.more_like(*ids[:_MAX_EXAMPLES]),
                "leave",
            )
        ],
    )
    if pages > 1:
        # A new widget for each page, which starts at the page that the URL names.
        key = f"page-{at}"
        st.pagination(
            pages,
            default=at,
            key=key,
            on_change=search_state.turn_page,
            args=[key],
            width="stretch",
        )
    if picked.similar is not None:
        search_state.more_like(picked.similar)
        st.rerun()

    def why(photo_id: int) -> str:
        return resources.engine().explain(request.query, photo_id) if request.query else ""

    lightbox.lightbox(results.ids, opened=picked.opened, why=why, more_like=search_state.more_like)
