"""Show the search models: the available ones, the one in use, and how many photos each has
encoded."""

from __future__ import annotations

import streamlit as st

from explorer.config import PROGRAM
from explorer.encoders import registry
from explorer.encoders.downloads import fetch_state
from explorer.indexing.models.model_list import PHOTOS_ONLY, ModelRow, list_models
from explorer.library import model_settings
from explorer.library.catalog import Catalog
from explorer.library.stores.command_store import send_command
from explorer.ui.change_errors import attempt
from explorer.ui.localized import count, size
from explorer.ui.model_fetch_line import fetch_line
from explorer.ui.photo_labels import escape_markdown


@st.fragment(run_every="2s")
def models(catalog: Catalog) -> None:
    """Draw the models, refreshed while the page is open."""
    st.subheader("Search models")
    fetch_line(catalog, "library", quiet=False)
    rows = list_models(catalog)
    upcoming = next((row for row in rows if row.upcoming), None)
    if upcoming is not None and upcoming.available:
        _switching(catalog, upcoming)
    # Fixed columns would be too narrow on a phone, where names and buttons wrap.
    with st.expander("All models", icon=":material/neurology:", key="all-models"):
        st.caption(
            "Searches, similar photos, the map and outliers depend on the model in use. Another"
            " model takes over once it has encoded all photos. The work of the previous model is"
            " kept, so you can switch back at once. Decisions about duplicates and anomalies do not"
            " change."
        )
        for row in rows:
            _model(catalog, row)


def _switching(catalog: Catalog, row: ModelRow) -> None:
    photos = catalog.counts().photos
    with st.container(horizontal=True, vertical_alignment="center", key="switching"):
        st.markdown(
            f"Encoding photos with “{escape_markdown(row.name)}”: {count(row.photos)} of"
            f" {count(photos, 'photo')}. Searches use the current model until it is complete.",
            width="stretch",
        )
        if st.button("Keep the current model", key="stay") and attempt(
            model_settings.keep_encoder_in_use, catalog
        ):
            st.rerun(scope="fragment")
    if photos:
        st.progress(min(1.0, row.photos / photos))


def _model(catalog: Catalog, row: ModelRow) -> None:
    key = row.name
    with (
        st.container(border=True, key=f"model-{key}"),
        st.container(horizontal=True, vertical_alignment="center"),
    ):
        with st.container(gap=None):
            badge = " :green-badge[in use]" if row.in_use else ""
            badge += " :blue-badge[next]" if row.upcoming else ""
            st.markdown(f"**{escape_markdown(row.name)}**{badge}")
            st.caption(escape_markdown(_about(row)))
        with st.container(horizontal=True, width="content"):
            _buttons(catalog, row)


def _about(row: ModelRow) -> str:
    language = row.languages if row.languages != "more than 100" else "more than 100 languages"
    parts = [
        row.what,
        (f"phrases in {language}" if language else "phrases") if row.has_text else "photos only",
        f"{size(row.download_bytes)}, {'downloaded' if row.available else 'not downloaded'}"
        if row.download_bytes
        else "included in the program"
        if row.name == "starter"
        else "",
        row.licence,
        f"{count(row.photos, 'photo')} encoded" if row.photos else "",
    ]
    return " · ".join(part for part in parts if part)


def _buttons(catalog: Catalog, row: ModelRow) -> None:
    if not row.in_use and not row.upcoming:
        label = "Use" if row.available else "Download and use"
        warning = None if row.has_text else PHOTOS_ONLY
        if st.button(
            label, key=f"use-{row.name}", icon=":material/check:", help=warning
        ) and attempt(_use, catalog, row.name):
            st.rerun(scope="fragment")
    vectors, _ = model_settings.stored_vectors(catalog, row.name)
    if vectors and not row.in_use:
        with st.popover("Drop…", icon=":material/delete:", key=f"drop-{row.name}"):
            st.markdown(
                f"Delete the vectors of {count(row.photos or vectors, 'photo')} that"
                f" “{escape_markdown(row.name)}” has encoded? To use it again, all photos must be"
                f" encoded again. Its files are kept; `{PROGRAM} models drop NAME --weights`"
                " deletes them, too."
            )
            if st.button("Drop", type="primary", key=f"confirm-drop-{row.name}") and attempt(
                send_command, catalog, "drop", row.name
            ):
                st.toast(f"The vectors of “{row.name}” are being deleted.")


def _use(catalog: Catalog, name: str) -> None:
    at_once = model_settings.use_encoder(catalog, name, version=registry.ready_version(name))
    if not at_once:
        if fetch_state.choice() == "paused":
            fetch_state.choose("automatic")
        fetch_state.try_again()
    st.toast(
        f"“{name}” is in use."
        if at_once
        else f"“{name}” takes over once it has encoded all photos.",
        icon=":material/check:",
    )
