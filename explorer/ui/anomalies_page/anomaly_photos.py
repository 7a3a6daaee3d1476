"""Findings about photos: the gallery, the actions, and the viewer that explains the findings."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import streamlit as st

from explorer.anomalies import export_findings
from explorer.anomalies.findings import Finding
from explorer.library.paths import printable
from explorer.search.results.photo_list import Caption
from explorer.ui.actions import PhotoAction
from explorer.ui.anomalies_page import anomalies_state, finding_details
from explorer.ui.anomalies_page.anomalies_state import AnomalyRequest
from explorer.ui.anomalies_page.severity import severity
from explorer.ui.change_errors import attempting
from explorer.ui.components import id_lists, viewer
from explorer.ui.components.export_menu import export_menu
from explorer.ui.components.gallery import gallery
from explorer.ui.default_program import file_actions
from explorer.ui.localized import count
from explorer.ui.photo_download import download_action
from explorer.ui.photo_edits.edit_actions import edit_actions


def photos(found: Sequence[Finding], request: AnomalyRequest, key: str) -> None:
    """Draw the findings as a gallery, each with its severity and reason."""
    by_id = dict[int, Finding]()
    for finding in found:
        if finding.id is not None:
            by_id.setdefault(finding.id, finding)
    ids = list(by_id)
    captions = {i: caption(finding) for i, finding in by_id.items()}
    filters = request.filters and [
        request.filters.since,
        request.filters.until,
        request.filters.folder,
    ]
    gallery(
        id_lists.photos_in_order(ids, captions),
        key,
        label="Findings, worst first",
        place=json.dumps([request.kind, filters, request.dismissed]),
        actions=[*_actions(found, request), *edit_actions(), download_action()],
        keep_position=True,
    )
    open_photo(ids, [*_actions(found, request), *edit_actions(), *file_actions()])


def caption(finding: Finding) -> Caption:
    word = severity(finding.score).capitalize()
    short = f"{word}: {finding.brief or finding.detail}"
    return Caption(printable(short), printable(f"{word}: {finding.detail}"))


def _actions(found: Sequence[Finding], request: AnomalyRequest) -> list[PhotoAction]:
    """The actions for the photos of these findings."""

    def of(ids: Sequence[int]) -> list[Finding]:
        wanted = set(ids)
        return [finding for finding in found if finding.id in wanted]

    if request.dismissed:
        return [
            PhotoAction(
                "Show again",
                ":material/visibility:",
                lambda ids: anomalies_state.restore(of(ids)),
                "next",
            )
        ]
    return [
        PhotoAction(
            "Dismiss",
            ":material/visibility_off:",
            lambda ids: anomalies_state.dismiss(of(ids)),
            "next",
            "This photo is fine: don't show it here again",
        ),
        PhotoAction(
            "Remove…",
            ":material/delete:",
            lambda ids: anomalies_state.request_removal(of(ids)),
            "leave",
            "Review the list of files first",
        ),
    ]


def open_photo(
    ids: Sequence[int], actions: Sequence[PhotoAction], turn_to: Callable[[int], None] | None = None
) -> None:
    """Draw the viewer, with all findings about a photo. turn_to: see `viewer.viewer`."""
    viewer.viewer(
        ids,
        # What the viewer says about a photo depends on the thresholds, which decide its findings.
        anomalies_state.anomalies().thresholds(),
        actions=actions,
        why=lambda i: finding_details.findings_html(anomalies_state.findings_of(i)),
        turn_to=turn_to,
    )


def undo_dismissal() -> None:
    """Offer to undo the last dismissal."""
    last = anomalies_state.last_dismissed()
    if last:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{count(len(last), 'finding')} dismissed", width="content")
            st.button(
                "Undo",
                icon=":material/undo:",
                key="undo-dismissal",
                on_click=attempting(anomalies_state.restore_last_dismissed),
            )


def export(found: Sequence[Finding]) -> None:
    """Offer the findings for download."""
    export_menu(
        "anomalies",
        lambda: export_findings.as_csv(found),
        lambda: export_findings.as_json(found),
        "Save the list with paths, scores and reasons",
    )
