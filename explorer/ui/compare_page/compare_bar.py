"""The search box, the upload, and the choice of models of the Compare models page."""

from __future__ import annotations

import html

import streamlit as st

from explorer.library.paths import printable
from explorer.search.comparison.model_comparison import embedded_models
from explorer.ui import resources
from explorer.ui.compare_page import compare_state
from explorer.ui.compare_page.compare_state import CompareRequest
from explorer.ui.components.photo_upload import photo_upload
from explorer.ui.components.photo_urls import data_url, preview_url
from explorer.ui.localized import count
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.search_page import example_photos


def compare_bar(request: CompareRequest) -> None:
    """Draw the controls for the query and the models."""
    compare_state.renew_widgets(request)
    keys = compare_state.widget_keys()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="compare-bar"):
        st.text_input(
            "Compare by a phrase",
            value=request.text or None,
            key=keys.phrase,
            type="search",
            placeholder="Describe a photo: two dogs on a beach",
            label_visibility="collapsed",
            icon=":material/search:",
            on_change=compare_state.widget_changed,
        )
        photo_upload(
            "compare-", _search_by, help="Compare by a photo", label="Compare by this photo"
        )
    _photos(request)
    photos = embedded_models(resources.library().catalog)
    with st.container(horizontal=True, vertical_alignment="bottom", key="compare-options"):
        st.pills(
            "Models",
            list(photos),
            selection_mode="multi",
            default=list(request.models),
            key=keys.models,
            format_func=lambda name: escape_markdown(str(name)),
            on_change=compare_state.widget_changed,
            width="content",
        )
        st.selectbox(
            "Photos of each",
            compare_state.TOPS,
            index=compare_state.TOPS.index(request.top),
            key=keys.top,
            on_change=compare_state.widget_changed,
            width=110,
        )


def _search_by(data: bytes, name: str) -> None:
    photo_id, token = example_photos.add(data, name)
    compare_state.search_by(like="" if photo_id is None else str(photo_id), upload=token)


def _photos(request: CompareRequest) -> None:
    """Draw the example photos, with a button to search without them."""
    if request.missing:
        st.warning("A photo of this query no longer exists.", icon=":material/link_off:")
    if not (request.like or request.uploads):
        return
    rows = resources.library().catalog.photos(request.like)
    pictures = [(preview_url(row), printable(row["name"])) for row in rows.values()]
    for token in request.uploads:
        if picture := example_photos.picture(token):
            pictures.append((data_url(picture), "an upload"))
    images = "".join(
        f'<img src="{source}" alt="{html.escape(name)}" height="56">' for source, name in pictures
    )
    with st.container(horizontal=True, vertical_alignment="center", key="compared-photos"):
        noun = "Photos like" if len(pictures) == 1 else f"Photos like these {count(len(pictures))}"
        st.html(f'<div class="chosen">{noun} {images}</div>', width="content")
        st.button(
            "Remove",
            icon=":material/close:",
            help="Compare without this photo",
            on_click=compare_state.drop_photos,
        )
