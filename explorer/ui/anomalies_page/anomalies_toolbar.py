"""The controls above the findings: filters, dialogs, and the choice of kind."""

from __future__ import annotations

import streamlit as st

from explorer.anomalies.finding_kinds import KIND_TITLES, KINDS, FindingKind
from explorer.text_format import count
from explorer.ui.anomalies_page import anomalies_state
from explorer.ui.anomalies_page.anomalies_state import Asked
from explorer.ui.library_page import folder_choices
from explorer.ui.photo_labels import plain
from explorer.ui.removal_dialogs import removal_history
from explorer.ui.search_page import search_state


def filter_bar(what: Asked) -> None:
    """Dates and folders, what was dismissed, and every removal."""
    filters = what.filters
    since, until, folder = (
        (filters.since, filters.until, filters.folder) if filters else (None, None, None)
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Filter", icon=":material/tune:", help="Folders and dates"):
            for label, part, value in (
                ("From", anomalies_state.SINCE, since),
                ("To", anomalies_state.UNTIL, until),
            ):
                # A box for each state of the address, so that it starts there.
                key = f"odd-{part}-{value}"
                st.date_input(
                    label, value=search_state.date(value), min_value=search_state.OLDEST,
                    max_value=search_state.NEWEST, key=key, format="YYYY-MM-DD",
                    on_change=anomalies_state.from_widget, args=[part, key],
                )  # fmt: skip
            known = folder_choices.choices(folder)
            key = f"odd-folder-{folder}"
            st.selectbox(
                "Folder", known, index=known.index(folder) if folder else None, key=key,
                placeholder="All folders",
                format_func=folder_choices.names(), on_change=anomalies_state.from_widget,
                args=[anomalies_state.FOLDER, key],
            )  # fmt: skip
        key = f"odd-gone-{what.gone}"
        st.toggle(
            "Show dismissed", value=what.gone, key=key, on_change=anomalies_state.from_widget,
            args=[anomalies_state.GONE, key, lambda on: "1" if on else None],
        )  # fmt: skip
        if st.button(
            "Removed photos", icon=":material/history:", help="Every removal, and its undo"
        ):
            removal_history.history_dialog()
    for problem in search_state.wrong_dates():
        st.warning(plain(problem), icon=":material/info:")
    if filters:
        st.caption(" · ".join(plain(part) for part in search_state.filtered(filters)))
        if problem := search_state.check(filters):
            st.warning(problem, icon=":material/info:")


def kinds(what: Asked, numbers: dict[FindingKind, int]) -> None:
    """The overview's counts: kinds with findings stand out, the others are put away."""
    with st.container(horizontal=True, key="kinds"):
        st.button(
            "Overview", icon=":material/map:", key="kind-all",
            type="primary" if what.kind is None else "secondary",
            on_click=anomalies_state.look_at, args=[None],
        )  # fmt: skip
        for kind in KINDS:
            if numbers[kind] or kind == what.kind:
                st.button(
                    f"{KIND_TITLES[kind][0]} · {numbers[kind]:,}", key=f"kind-{kind}",
                    help=KIND_TITLES[kind][1],
                    type="primary" if kind == what.kind else "secondary",
                    on_click=anomalies_state.look_at, args=[kind],
                )  # fmt: skip
        rest = [kind for kind in KINDS if not numbers[kind] and kind != what.kind]
        if rest:
            with st.popover(f"{count(len(rest), 'kind')} without findings", type="tertiary"):
                for kind in rest:
                    st.button(
                        KIND_TITLES[kind][0],
                        key=f"kind-{kind}",
                        help=KIND_TITLES[kind][1],
                        on_click=anomalies_state.look_at,
                        args=[kind],
                    )


def progress() -> None:
    """What is not known yet."""
    judged, photos = anomalies_state.review().judged
    if judged < photos:
        st.progress(
            judged / photos,
            f"{judged:,} of {count(photos, 'photo')} have been looked at so far; the rest are read in the background.",
        )
