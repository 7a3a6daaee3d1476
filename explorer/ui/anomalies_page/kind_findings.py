"""Show all findings of one kind."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.anomalies.finding_kinds import KIND_TITLES, FindingKind
from explorer.anomalies.findings import Finding
from explorer.ui.anomalies_page import anomalies_state, anomaly_files, anomaly_photos
from explorer.ui.anomalies_page.anomalies_state import AnomalyRequest
from explorer.ui.localized import count, percent
from explorer.ui.stored_values import follow_stored

# The slider has this many steps from low to high.
_STEPS = 20
# The slider's width in pixels.
_SLIDER = 240


def kind_findings(request: AnomalyRequest, kind: FindingKind, found: Sequence[Finding]) -> None:
    """Draw the findings of a kind, with its sensitivity and the export."""
    title, meaning = KIND_TITLES[kind]
    with st.container(horizontal=True, vertical_alignment="center", key="headline-findings"):
        st.caption(
            f"{count(len(found), 'finding')}, worst first: {meaning}."
            if found
            else f"{title}: {meaning}.",
            width="stretch",
        )
        if kind not in anomalies_state.FILE_KINDS:
            _sensitivity(kind)
        if found:
            anomaly_photos.export(found)
    anomaly_photos.undo_dismissal()
    if (
        kind == "date"
        and not request.dismissed
        and (line := anomalies_state.photos_without_own_date(request.filters))
    ):
        st.caption(line)
    if not found:
        text = (
            "No findings of this kind have been dismissed."
            if request.dismissed
            else "There are no findings of this kind."
        )
        st.info(text + (" A filter is set." if request.filters else ""), icon=":material/check:")
    elif kind in anomalies_state.FILE_KINDS:
        anomaly_files.files(found, request)
    else:
        anomaly_photos.photos(found, request, "odd")


def _sensitivity(kind: FindingKind) -> None:
    """Draw the slider that sets how many findings of a kind are shown; its value is stored."""
    key = f"line-{kind}"
    follow_stored(key, round(anomalies_state.anomalies().thresholds()[kind] * _STEPS) / _STEPS)
    st.select_slider(
        "Sensitivity (low–high)",
        [step / _STEPS for step in range(_STEPS + 1)],
        key=key,
        format_func=lambda value: {0.0: "low", 1.0: "high"}.get(value, percent(value)),
        on_change=anomalies_state.set_sensitivity,
        args=[kind, key],
        help="Low shows only the worst cases. High also shows photos with smaller flaws.",
        width=_SLIDER,
    )
