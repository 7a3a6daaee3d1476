"""Findings that are about files rather than photos: a list with a box to tick for each, and what
can be done with those ticked."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Sequence

import streamlit as st

from explorer.anomalies.findings import Finding
from explorer.library.paths import printable
from explorer.text_format import count
from explorer.ui import file_manager
from explorer.ui.anomalies_page import anomalies_state, anomaly_photos
from explorer.ui.anomalies_page.anomalies_state import Asked
from explorer.ui.anomalies_page.anomaly_photos import PAGE_SIZE
from explorer.ui.components import lightbox
from explorer.ui.photo_labels import plain

_ALL = "file-tick-all"


def files(found: Sequence[Finding], what: Asked) -> None:
    """Show the findings, a page at a time."""
    pages = max(1, math.ceil(len(found) / PAGE_SIZE))
    at = min(what.page, pages)
    shown = found[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
    _bar(found, shown, what)
    for number, finding in enumerate(shown):
        _row(finding, number, what)
    anomaly_photos.turn(pages, at)
    anomaly_photos.open_photo(
        [finding.id for finding in found if finding.id is not None],
        None,
        anomaly_photos.show_in_folder(),
    )


def _box(finding: Finding) -> str:
    """The key of a finding's box: the same wherever in the list it stands, whatever is in its name."""
    return "file-tick-" + hashlib.blake2b(os.fsencode(finding.path), digest_size=8).hexdigest()


def _tick_all(shown: Sequence[Finding]) -> None:
    for finding in shown:
        st.session_state[_box(finding)] = st.session_state[_ALL]


def _bar(found: Sequence[Finding], shown: Sequence[Finding], what: Asked) -> None:
    """What is done with those ticked, or with all."""
    ticked = [finding for finding in shown if st.session_state.get(_box(finding))]
    if not ticked:
        # Not left standing after what was ticked went away.
        st.session_state[_ALL] = False
    with st.container(horizontal=True, vertical_alignment="center", key="file-bar"):
        st.checkbox("Select all on this page", key=_ALL, on_change=_tick_all, args=[shown])
        if what.gone:
            st.button(
                f"Show {len(ticked):,} again" if ticked else "Show all again",
                icon=":material/visibility:", on_click=anomalies_state.restore,
                args=[ticked or list(found)],
            )  # fmt: skip
            return
        st.button(
            f"Dismiss {len(ticked):,}" if ticked else "Dismiss all",
            icon=":material/visibility_off:", on_click=anomalies_state.dismiss,
            args=[ticked or list(found)], help="It is fine: don't show it here any more",
        )  # fmt: skip
        st.button(
            f"Remove {count(len(ticked), 'file')}…" if ticked else "Remove…",
            icon=":material/delete:", on_click=anomalies_state.ask_removal,
            args=[ticked], disabled=not ticked, help="A list of what would go comes first",
        )  # fmt: skip


def _row(finding: Finding, number: int, what: Asked) -> None:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key=f"file-{number}"
    ):
        name = os.path.basename(printable(finding.path))
        st.checkbox(
            f"Select {name}", key=_box(finding), label_visibility="collapsed", width="content"
        )
        with st.container(gap=None):
            st.markdown(f"**{plain(name)}**: {plain(finding.detail)}")
            st.code(printable(finding.path), language=None, wrap_lines=True)
        with st.container(horizontal=True, width="content"):
            one = anomalies_state.restore if what.gone else anomalies_state.dismiss
            st.button(
                "Show again" if what.gone else "Dismiss",
                key=f"file-dismiss-{number}",
                on_click=one,
                args=[[finding]],
            )
            if finding.id is not None:
                st.button(
                    "Open", key=f"file-open-{number}", on_click=lightbox.show, args=[finding.id]
                )
            if file_manager.available():
                st.button(
                    "Show in folder",
                    key=f"file-reveal-{number}",
                    on_click=file_manager.show,
                    args=[finding.path],
                )
            if not what.gone:
                st.button(
                    "Remove…",
                    key=f"file-remove-{number}",
                    on_click=anomalies_state.ask_removal,
                    args=[[finding]],
                )
