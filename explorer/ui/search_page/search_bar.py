"""The search box, the upload of an example photo, and the filters."""

from __future__ import annotations

import html

import streamlit as st

from explorer.ui import resources
from explorer.ui.components.day_input import day_input
from explorer.ui.components.photo_upload import photo_upload
from explorer.ui.components.photo_urls import data_url, preview_url
from explorer.ui.concepts.concept_request import ConceptRequest, open_concepts
from explorer.ui.library_page import folder_choices
from explorer.ui.search_page import (
    example_photos,
    query_completion,
    query_help,
    region_search,
    saved_searches,
    search_state,
    search_widgets,
)
from explorer.ui.search_page.search_state import SearchRequest


def search_bar() -> None:
    """Draw the search box, the upload and the filters."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="search-bar"):
        st.text_input(
            "Search",
            value=None,
            key=search_state.PHRASE,
            type="search",
            placeholder="Describe a photo: two dogs on a beach",
            label_visibility="collapsed",
            icon=":material/search:",
            on_change=search_widgets.widget_changed,
        )
        photo_upload(
            "",
            search_state.search_by_upload,
            help="Search by a photo",
            label="Find photos like this one",
        )
        with st.popover("Filter", icon=":material/tune:", help="Filter by date and folder"):
            _filters()
        saved_searches.searches_popover()
        st.button(
            "Concepts",
            icon=":material/label:",
            help="What you have named: list, search and edit it",
            key="concepts",
            on_click=open_concepts,
            args=[ConceptRequest("list")],
        )
        query_help.help_popover()
    query_completion.complete_while_typing()


def _filters() -> None:
    for label, key in (("From", search_state.SINCE), ("To", search_state.UNTIL)):
        day_input(label, key, on_change=search_widgets.widget_changed)
    st.selectbox(
        "Folder",
        folder_choices.choices(search_state.url_parameters().get(search_state.FOLDER)),
        index=None,
        key=search_state.FOLDER,
        placeholder="All folders",
        format_func=folder_choices.folder_names(),
        on_change=search_widgets.widget_changed,
    )
    st.button(
        "Clear filters",
        icon=":material/filter_alt_off:",
        key="clear-filters",
        on_click=search_widgets.clear_filters,
    )


def example_photos_bar(request: SearchRequest) -> None:
    """Draw the example photos, with a button to search without them."""
    parts = region_search.encoded_parts()
    tokens = search_state.upload_tokens()
    if not (request.query.photo_ids or request.query.examples):
        return
    rows = resources.library().catalog.photos(request.query.photo_ids)
    sources = [preview_url(row) for row in rows.values()]
    for token in tokens:
        if picture := example_photos.picture(token):
            sources.append(data_url(picture))
    with st.container(horizontal=True, vertical_alignment="center", key="chosen-photos"):
        if sources:
            images = "".join(f'<img src="{source}" alt="" height="56">' for source in sources)
            st.html(f'<div class="chosen">Photos like {images}</div>', width="content")
            st.button(
                "Remove",
                icon=":material/close:",
                help="Search without this photo",
                on_click=search_state.drop_photos,
            )
        for token in tokens:
            st.button(
                "Search part of this photo",
                icon=":material/crop:",
                key=f"part-of-{token}",
                on_click=region_search.start_drawing,
                args=[token],
            )
        for number, (part, encoded) in enumerate(parts, 1):
            source = data_url(encoded.preview)
            name = html.escape(encoded.example.name or "an upload")
            st.html(
                f'<div class="chosen">Part of {name}'
                f' <img src="{source}" alt="The part that is searched for" height="56"></div>',
                width="content",
            )
            st.button(
                f"Remove part {number}",
                icon=":material/close:",
                key=f"remove-part-{number}",
                help="Search without this part",
                on_click=region_search.remove_part,
                args=[part],
            )
    for token in tokens:
        if region_search.is_drawing(token):
            region_search.upload_dialog(token)
