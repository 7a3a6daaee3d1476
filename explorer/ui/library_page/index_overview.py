"""Totals of the library and the progress of indexing, refreshed while the page is open."""

from __future__ import annotations

import streamlit as st

from explorer.library.catalog import Catalog
from explorer.library.worker_store import worker_status
from explorer.text_format import count, size
from explorer.ui.library_page import unreadable_files, watch_settings
from explorer.ui.photo_labels import plain
from explorer.ui.status_line import describe


@st.fragment(run_every="2s")
def overview(catalog: Catalog) -> None:
    """Figures that move while the page is open."""
    counts, worker = catalog.counts(), worker_status(catalog)
    figures = [
        (count(counts.photos), "different photos"),
        (count(counts.files), "files"),
        (size(counts.bytes), "on disk"),
        (count(counts.failed), "could not be read"),
    ]
    st.html(
        '<div class="figures">'
        + "".join(f"<div><b>{value}</b><span>{what}</span></div>" for value, what in figures)
        + "</div>"
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(describe(worker), width="stretch")
        watch_settings.controls(catalog, worker)
    if worker is not None and worker["alive"] and worker["total"]:
        st.progress(min(1.0, worker["done"] / worker["total"]))
    if (
        worker is not None
        and worker["alive"]
        and worker["message"]
        and worker["phase"] not in ("starting", "waiting", "comparing")
    ):
        st.warning(plain(worker["message"]), icon=":material/info:")
    used = [
        f"“{name}” ({count(photos, 'photo')})"
        for name, _, _, photos in catalog.encoders()
        if photos
    ]
    if used:
        st.caption(f"Search understands photos through {', '.join(used)}.")
    drawn = st.session_state.get("_roots")
    shown = (
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
    now: list[object] = [
        {key: value for key, value in root.items() if key in shown} for root in catalog.roots()
    ]
    now += unreadable_files.waiting(catalog)
    st.session_state["_roots"] = now
    if drawn is not None and drawn != now and st.session_state.get("_removing") is None:
        st.rerun()
