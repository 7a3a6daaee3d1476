"""Findings about files that are not photos: a list with a checkbox for each, and the actions for
the checked ones."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Callable, Sequence

import streamlit as st

from explorer.anomalies.findings import Finding
from explorer.library.paths import printable
from explorer.ui import file_manager
from explorer.ui.anomalies_page import anomalies_state, anomaly_photos
from explorer.ui.anomalies_page.anomalies_state import AnomalyRequest
from explorer.ui.change_errors import attempt
from explorer.ui.components import viewer
from explorer.ui.default_program import file_actions
from explorer.ui.localized import count
from explorer.ui.photo_labels import escape_markdown

PAGE_SIZE = 60
_SELECT_ALL = "file-select-all"


def files(found: Sequence[Finding], request: AnomalyRequest) -> None:
    """Draw a page of the findings."""
    pages = max(1, math.ceil(len(found) / PAGE_SIZE))
    at = min(request.page, pages)
    shown = found[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
    _action_bar(found, shown, request)
    for number, finding in enumerate(shown):
        _row(finding, number, request)
    _pagination(pages, at)
    ids = [finding.id for finding in found]

    def turn_to(photo_id: int) -> None:
        if photo_id in ids:
            number = ids.index(photo_id) // PAGE_SIZE + 1
            anomalies_state.update_url(**{anomalies_state.PAGE: str(number)})

    known = [photo_id for photo_id in ids if photo_id is not None]
    anomaly_photos.open_photo(known, file_actions(), turn_to)


def _pagination(pages: int, at: int) -> None:
    if pages > 1:
        key = f"odd-page-{at}-{pages}"
        st.pagination(
            pages,
            default=at,
            key=key,
            on_change=anomalies_state.from_widget,
            args=[anomalies_state.PAGE, key, lambda n: str(n) if n != 1 else None],
            width="stretch",
        )


def _checkbox_key(finding: Finding) -> str:
    """The key of a finding's checkbox, which follows the finding through the list. It contains a
    hash, because paths can hold any character."""
    digest = hashlib.blake2b(os.fsencode(finding.path), digest_size=8).hexdigest()
    return f"file-select-{digest}"


def _selected(shown: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in shown if st.session_state.get(_checkbox_key(finding))]


def _act(
    action: Callable[[Sequence[Finding]], None],
    shown: Sequence[Finding],
    every: Sequence[Finding] = (),
) -> None:
    """Apply an action to the findings that are selected now, or else to `every`, if the button
    offered that. Checkboxes may have changed since the button was drawn."""
    found = _selected(shown) or every
    if found:
        attempt(action, found)


def _select_all(shown: Sequence[Finding]) -> None:
    for finding in shown:
        st.session_state[_checkbox_key(finding)] = st.session_state[_SELECT_ALL]


def _action_bar(
    found: Sequence[Finding], shown: Sequence[Finding], request: AnomalyRequest
) -> None:
    """The actions for the selected files, or for all of them."""
    selected = _selected(shown)
    every = [] if selected else found
    if not selected:
        # Otherwise “Select all” would stay checked after the selected files are gone.
        st.session_state[_SELECT_ALL] = False
    with st.container(horizontal=True, vertical_alignment="center", key="file-bar"):
        st.checkbox("Select all on this page", key=_SELECT_ALL, on_change=_select_all, args=[shown])
        if request.dismissed:
            st.button(
                f"Show {count(len(selected))} again" if selected else "Show all again",
                icon=":material/visibility:",
                on_click=_act,
                args=[anomalies_state.restore, shown, every],
            )
            return
        st.button(
            f"Dismiss {count(len(selected))}" if selected else "Dismiss all",
            icon=":material/visibility_off:",
            on_click=_act,
            args=[anomalies_state.dismiss, shown, every],
            help="These files are fine: don't show them here again",
        )
        st.button(
            f"Remove {count(len(selected), 'file')}…" if selected else "Remove…",
            icon=":material/delete:",
            on_click=_act,
            args=[anomalies_state.request_removal, shown],
            disabled=not selected,
            help="Review the list of files first",
        )


def _row(finding: Finding, number: int, request: AnomalyRequest) -> None:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key=f"file-{number}"
    ):
        name = os.path.basename(printable(finding.path))
        st.checkbox(
            f"Select {name}",
            key=_checkbox_key(finding),
            label_visibility="collapsed",
            width="content",
        )
        with st.container(gap=None):
            st.markdown(f"**{escape_markdown(name)}**: {escape_markdown(finding.detail)}")
            st.code(printable(finding.path), language=None, wrap_lines=True)
        with st.container(horizontal=True, width="content"):
            _row_actions(finding, number, dismissed=request.dismissed)


def _row_actions(finding: Finding, number: int, *, dismissed: bool) -> None:
    st.button(
        "Show again" if dismissed else "Dismiss",
        key=f"file-dismiss-{number}",
        on_click=anomalies_state.restore if dismissed else anomalies_state.dismiss,
        args=[[finding]],
    )
    if finding.id is not None:
        st.button("Open", key=f"file-open-{number}", on_click=viewer.show, args=[finding.id])
    if file_manager.available():
        st.button(
            "Show in folder",
            key=f"file-reveal-{number}",
            on_click=file_manager.show,
            args=[finding.path],
        )
    if not dismissed:
        st.button(
            "Remove…",
            key=f"file-remove-{number}",
            on_click=anomalies_state.request_removal,
            args=[[finding]],
        )
