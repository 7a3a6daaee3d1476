"""All findings of one kind."""

from __future__ import annotations

import streamlit as st

from explorer.anomalies.finding_kinds import KIND_TITLES, FindingKind
from explorer.text_format import count
from explorer.ui.anomalies_page import anomalies_state, anomaly_files, anomaly_photos
from explorer.ui.anomalies_page.anomalies_state import Asked


def slider(kind: FindingKind) -> None:
    """How much of a kind is shown, remembered."""
    key = f"line-{kind}"
    if key not in st.session_state:
        st.session_state[key] = anomalies_state.review().thresholds()[kind]
    st.slider(
        "How strict", 0.0, 1.0, step=0.05, key=key, on_change=anomalies_state.move_line,
        args=[kind, key],
        help="Photos with a score below this are shown. To the right: more, and smaller faults. To the left: only the worst.",
    )  # fmt: skip


def of_kind(what: Asked, kind: FindingKind) -> None:
    """All findings of a kind."""
    found = anomalies_state.findings(what)
    st.caption(
        f"{count(len(found), 'finding')}, worst first: {KIND_TITLES[kind][1]}."
        if found
        else f"{KIND_TITLES[kind][0]}: {KIND_TITLES[kind][1]}."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if kind not in anomalies_state.FILES:
            slider(kind)
        if found:
            anomaly_photos.export(found)
    anomaly_photos.undo()
    if (
        kind == "date"
        and not what.gone
        and (rest := anomalies_state.photos_without_own_date(what.filters))
    ):
        st.caption(rest)
    if not found:
        text = (
            "Nothing of this kind was dismissed."
            if what.gone
            else "Nothing of this kind stands out."
        )
        st.info(text + (" A filter is set." if what.filters else ""), icon=":material/check:")
    elif kind in anomalies_state.FILES:
        anomaly_files.files(found, what)
    else:
        anomaly_photos.photos(found, what, "odd")
