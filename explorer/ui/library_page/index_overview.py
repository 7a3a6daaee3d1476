"""Totals of the library and the progress of indexing, refreshed while the page is open."""

from __future__ import annotations

import streamlit as st

from explorer.library.catalog import Catalog
from explorer.library.model_settings import encoder_in_use
from explorer.library.rows import WorkerRow
from explorer.library.stores.worker_store import worker_status
from explorer.ui.library_page import indexer_controls, unreadable_files
from explorer.ui.localized import count, size
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.status_line import cannot_run, describe

# The fields that the list of folders shows; when one changes, the page is redrawn.
_SHOWN_OF_FOLDER = (
    "path",
    "state",
    "photos",
    "failed",
    "away",
    "asking",
    "left_out",
    "exclude",
    "watching",
    "problem",
)
# Phases whose message is part of the status line.
_QUIET_PHASES = ("starting", "waiting", "comparing")


@st.fragment(run_every="2s")
def overview(catalog: Catalog) -> None:
    """Draw the totals, the status of the indexer and its controls."""
    _totals(catalog)
    worker = worker_status(catalog)
    with st.container(horizontal=True, vertical_alignment="center"):
        if cannot_run(worker):
            st.warning(describe(worker), icon=":material/warning:")
        else:
            st.markdown(describe(worker), width="stretch")
        indexer_controls.controls(catalog, worker)
    if worker is not None and worker["alive"]:
        _progress(worker)
    used = encoder_in_use(catalog)
    if used is not None:
        st.caption(f"Search model: {used[0]} ({count(used[3], 'photo')})")
    _redraw_on_change(catalog)


def _totals(catalog: Catalog) -> None:
    counts = catalog.counts()
    figures = [
        (count(counts.photos), "unique photos"),
        (count(counts.files), "files"),
        (size(counts.bytes), "on disk"),
        (count(counts.failed), "could not be read"),
    ]
    items = "".join(f"<div><b>{value}</b><span>{what}</span></div>" for value, what in figures)
    st.html(f'<div class="figures">{items}</div>')


def _progress(worker: WorkerRow) -> None:
    if worker["total"]:
        st.progress(min(1.0, worker["done"] / worker["total"]))
    if worker["message"] and worker["phase"] not in _QUIET_PHASES:
        st.warning(escape_markdown(worker["message"]), icon=":material/info:")


def _redraw_on_change(catalog: Catalog) -> None:
    """Redraw the page if the folders or the unreadable files have changed, unless a question is
    open."""
    drawn = st.session_state.get("_roots")
    now: list[object] = [
        {key: value for key, value in root.items() if key in _SHOWN_OF_FOLDER}
        for root in catalog.roots()
    ]
    now += unreadable_files.retrying(catalog)
    st.session_state["_roots"] = now
    if drawn is not None and drawn != now and st.session_state.get("_removing") is None:
        st.rerun()
