"""The controls above the findings: filters, dialogs, and the choice of kind."""

from __future__ import annotations

import functools

import streamlit as st

from explorer.anomalies.finding_kinds import KIND_TITLES, KINDS, FindingKind
from explorer.ui.anomalies_page import anomalies_state
from explorer.ui.anomalies_page.anomalies_state import AnomalyRequest
from explorer.ui.components.day_input import day_input, day_of
from explorer.ui.library_page import folder_choices
from explorer.ui.localized import count
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.removal_dialogs import removal_history
from explorer.ui.search_page import filter_texts, url_dates


def filter_bar(request: AnomalyRequest) -> None:
    """Draw the filters, the toggle for dismissed findings, and the history of removals."""
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Filter", icon=":material/tune:", help="Filter by date and folder"):
            _filter_widgets(request)
        key = f"odd-gone-{request.dismissed}"
        st.toggle(
            "Show dismissed",
            value=request.dismissed,
            key=key,
            on_change=anomalies_state.from_widget,
            args=[anomalies_state.DISMISSED, key, lambda on: "1" if on else None],
        )
        removal_history.removed_photos_button()
    for problem in url_dates.wrong_dates():
        st.warning(escape_markdown(problem), icon=":material/info:")
    if filters := request.filters:
        st.caption(" · ".join(escape_markdown(part) for part in filter_texts.filtered(filters)))
        if problem := filter_texts.check(filters):
            st.warning(problem, icon=":material/info:")


def _filter_widgets(request: AnomalyRequest) -> None:
    filters = request.filters
    since, until, folder = (
        (filters.since, filters.until, filters.folder) if filters else (None, None, None)
    )
    # The keys contain the values, so that a new URL creates new widgets, which start at its values.
    for label, parameter, value in (
        ("From", anomalies_state.SINCE, since),
        ("To", anomalies_state.UNTIL, until),
    ):
        key = f"odd-{parameter}-{value}"
        to_day = functools.partial(day_of, last=parameter == anomalies_state.UNTIL)
        day_input(
            label,
            key,
            value=value,
            on_change=anomalies_state.from_widget,
            args=[parameter, key, to_day],
        )
    folders = folder_choices.choices(folder)
    key = f"odd-folder-{folder}"
    st.selectbox(
        "Folder",
        folders,
        index=folders.index(folder) if folder else None,
        key=key,
        placeholder="All folders",
        format_func=folder_choices.folder_names(),
        on_change=anomalies_state.from_widget,
        args=[anomalies_state.FOLDER, key],
    )


def kind_buttons(request: AnomalyRequest, numbers: dict[FindingKind, int]) -> None:
    """Draw a button for each kind, with its number of findings. Kinds without findings are in a
    popover. numbers: the findings of each kind."""
    with st.container(horizontal=True, key="kinds"):
        st.button(
            "Overview",
            icon=":material/map:",
            key="kind-all",
            type="primary" if request.kind is None else "secondary",
            on_click=anomalies_state.show_kind,
            args=[None],
        )
        empty = [kind for kind in KINDS if not numbers[kind] and kind != request.kind]
        for kind in KINDS:
            if kind not in empty:
                _kind_button(kind, f" · {count(numbers[kind])}", chosen=kind == request.kind)
        if empty:
            with st.popover(f"{count(len(empty), 'kind')} without findings", type="tertiary"):
                for kind in empty:
                    _kind_button(kind, "", chosen=False)


def _kind_button(kind: FindingKind, number: str, *, chosen: bool) -> None:
    title, meaning = KIND_TITLES[kind]
    st.button(
        title + number,
        key=f"kind-{kind}",
        help=meaning,
        type="primary" if chosen else "secondary",
        on_click=anomalies_state.show_kind,
        args=[kind],
    )


def progress() -> None:
    """Show how many photos have been checked, until all are."""
    judged, photos = anomalies_state.anomalies().judged
    if judged < photos:
        st.progress(
            judged / photos,
            f"{count(judged)} of {count(photos, 'photo')} checked so far. The others are being"
            " checked in the background.",
        )
