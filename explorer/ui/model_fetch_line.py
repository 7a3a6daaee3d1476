"""The line that shows the background download of a model, with buttons to pause or decline it."""

from __future__ import annotations

import streamlit as st

from explorer.encoders import registry
from explorer.encoders.downloads import fetch_state
from explorer.encoders.downloads.fetch_state import FetchStatus
from explorer.encoders.downloads.weights import is_offline
from explorer.errors import EncoderError
from explorer.indexing.models.model_fetcher import WantedModel, wanted_model
from explorer.library import model_settings
from explorer.library.catalog import Catalog
from explorer.ui.change_errors import attempt
from explorer.ui.localized import size
from explorer.ui.photo_labels import escape_markdown


def fetch_line(catalog: Catalog, key: str, *, quiet: bool) -> None:
    """Draw the line while a model is being downloaded or waits to be. To be called in a fragment
    that runs every few seconds.

    key: makes the keys of the buttons unique. quiet: draw it only while a download is running.
    """
    wanted = wanted_model(catalog)
    if wanted is None or _is_ready(wanted.name):
        return
    status = fetch_state.status()
    if status.name != wanted.name:
        status = FetchStatus(wanted.name)
    choice = fetch_state.choice()
    if not wanted.by_user and (choice == "declined" or not fetch_state.allowed()):
        return
    if quiet and (choice == "paused" or not status.running):
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"fetch-{key}"):
        st.markdown(_text(wanted, status, choice), width="stretch")
        _buttons(catalog, wanted, status, choice, key)
    if status.running and status.total and choice != "paused":
        st.progress(min(1.0, status.done / status.total))


def _text(wanted: WantedModel, status: FetchStatus, choice: fetch_state.Choice) -> str:
    name = escape_markdown(wanted.name)
    known = registry.download_bytes(wanted.name)
    amount = (
        f"{size(status.done)} of {size(status.total)}"
        if status.total
        else size(known)
        if known
        else ""
    )
    meanwhile = "Until it is ready, searches use the current model."
    if choice == "paused":
        so_far = f": {amount}" if status.done else ""
        return f"The download of the search model “{name}” is paused{so_far}. {meanwhile}"
    if status.running and status.state == "preparing":
        return f"Preparing the search model “{name}”… {meanwhile}"
    if status.running:
        what = (
            f"the search model “{name}”" if wanted.by_user else f"a better search model, “{name}”,"
        )
        so_far = f": {amount}" if amount else ""
        return f"Downloading {what} in the background{so_far}. {meanwhile}"
    if status.state == "failed":
        return (
            f"The search model “{name}” is not on this computer yet."
            f" {escape_markdown(status.problem)} {meanwhile}"
        )
    if is_offline():
        return (
            f"The search model “{name}” is not on this computer, and nothing is downloaded offline."
            f" {meanwhile}"
        )
    total = f" ({amount})" if amount else ""
    return f"The search model “{name}”{total} will be downloaded in the background. {meanwhile}"


def _buttons(
    catalog: Catalog, wanted: WantedModel, status: FetchStatus, choice: fetch_state.Choice, key: str
) -> None:
    if choice == "paused":
        if st.button("Resume", icon=":material/play_arrow:", key=f"fetch-resume-{key}"):
            attempt(_resume)
            st.rerun(scope="fragment")
    elif status.running:
        if st.button("Pause", icon=":material/pause:", key=f"fetch-pause-{key}"):
            attempt(fetch_state.choose, "paused")
            st.rerun(scope="fragment")
    elif status.state == "failed" and st.button(
        "Try again", icon=":material/refresh:", key=f"fetch-again-{key}"
    ):
        attempt(fetch_state.try_again)
        st.rerun(scope="fragment")
    if st.button(
        "Not now",
        key=f"fetch-leave-{key}",
        help="Download no models automatically on this computer. The Library page lists all"
        " models.",
    ):
        attempt(decline, catalog, wanted)
        st.rerun(scope="fragment")


def _resume() -> None:
    fetch_state.choose("automatic")
    fetch_state.try_again()


def decline(catalog: Catalog, wanted: WantedModel) -> None:
    """Stop wanting a model, and remember that it was declined."""
    if wanted.by_user:
        model_settings.end_switch(catalog)
    if not wanted.by_user or fetch_state.choice() == "paused":
        fetch_state.choose("declined")


def _is_ready(name: str) -> bool:
    try:
        return registry.ready(name)
    except EncoderError:
        return True
