"""Anomalies: what is odd, poor or broken, kind by kind, each with its reason; and the map of the
library."""

from __future__ import annotations

import streamlit as st

from explorer.ui import empty_library, resources
from explorer.ui.anomalies_page import (
    anomalies_state,
    anomalies_toolbar,
    anomaly_map,
    kind_findings,
)
from explorer.ui.auto_refresh import follow, snapshot
from explorer.ui.components.gallery import unselect
from explorer.ui.removal_dialogs import removal_dialog, removal_history


def _removed() -> None:
    for key in ("odd", "area"):
        unselect(key)


def main() -> None:
    removal_history.told()
    what, drawn = anomalies_state.asked(), snapshot()
    why = drawn.why_empty
    if why is not None and not resources.library().catalog.counts().failed:
        empty_library.say(why)
        follow(drawn, waiting=True)
        return
    anomalies_toolbar.filter_bar(what)
    with st.spinner("Looking through your photos…"):
        numbers = anomalies_state.counts(what.filters, gone=what.gone)
    anomalies_toolbar.progress()
    anomalies_toolbar.kinds(what, numbers)
    if what.kind is not None:
        kind_findings.of_kind(what, what.kind)
    else:
        anomaly_map.overview(what, anomalies_state.findings(what))
    wanted = anomalies_state.wanted_removals()
    if wanted:
        removal_dialog.removal_dialog(wanted, _removed)
    follow(drawn, waiting=False)


main()
