"""Anomalies: photos and files that are unusual, poor or broken, by kind and with the reason, and
the map of the library."""

from __future__ import annotations

import streamlit as st

from explorer.removal.results import RemovalOutcome
from explorer.ui import empty_library, resources
from explorer.ui.anomalies_page import (
    anomalies_state,
    anomalies_toolbar,
    anomaly_map,
    kind_findings,
)
from explorer.ui.auto_refresh import refresh_on_change, snapshot
from explorer.ui.components.gallery import clear_selection
from explorer.ui.removal_dialogs import removal_request


def on_removed(_: RemovalOutcome) -> None:
    for gallery in ("odd", "area"):
        clear_selection(gallery)


def main() -> None:
    request, drawn = anomalies_state.request_from_url(), snapshot()
    reason = drawn.reason_empty
    if reason is not None and not resources.library().catalog.counts().failed:
        empty_library.explain(reason)
        refresh_on_change(drawn, has_room=True)
        return
    anomalies_toolbar.filter_bar(request)
    with st.spinner("Checking your photos…"):
        found = anomalies_state.page_findings(request)
    anomalies_toolbar.progress()
    anomalies_toolbar.kind_buttons(request, found.numbers)
    if request.kind is not None:
        kind_findings.kind_findings(request, request.kind, found.shown)
    else:
        anomaly_map.overview(request, found.shown)
    removal_request.review_if_requested(on_removed)
    refresh_on_change(drawn, has_room=False)


main()
