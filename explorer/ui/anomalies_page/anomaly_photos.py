"""Findings that are about photos: a gallery of them, what can be done with them, and the large view
that explains them."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import streamlit as st

from explorer.anomalies import export_findings
from explorer.anomalies.findings import Finding
from explorer.text_format import count
from explorer.ui import file_manager, resources
from explorer.ui.actions import Action
from explorer.ui.anomalies_page import anomalies_state, finding_details
from explorer.ui.anomalies_page.anomalies_state import Asked
from explorer.ui.components import lightbox
from explorer.ui.components.gallery import gallery
from explorer.ui.search_page import search_state

PAGE_SIZE = 60


def actions(found: Sequence[Finding], what: Asked) -> list[Action]:
    """What can be done with the photos of these findings."""

    def of(ids: Sequence[int]) -> list[Finding]:
        wanted = set(ids)
        return [finding for finding in found if finding.id in wanted]

    def mark(ids: Sequence[int]) -> None:
        anomalies_state.ask_removal(of(ids))

    if what.gone:
        return [
            Action(
                "Show again",
                ":material/visibility:",
                lambda ids: anomalies_state.restore(of(ids)),
                "next",
            )
        ]
    return [
        Action(
            "Dismiss",
            ":material/visibility_off:",
            lambda ids: anomalies_state.dismiss(of(ids)),
            "next",
            "It is fine: don't show it here any more",
        ),
        Action(
            "Remove…", ":material/delete:", mark, "leave", "A list of what would go comes first"
        ),
    ]


def show_in_folder() -> list[Action]:
    def reveal(ids: Sequence[int]) -> None:
        photo = resources.library().catalog.photo(ids[0])
        if photo is not None:
            file_manager.show(photo["path"])

    return (
        [Action("Show in folder", ":material/folder_open:", reveal)]
        if file_manager.available()
        else []
    )


def photos(found: Sequence[Finding], what: Asked, key: str) -> None:
    """Findings as a gallery, each with its score and reason, a page at a time."""
    by_id = dict[int, Finding]()
    for finding in found:
        if finding.id is not None:
            by_id.setdefault(finding.id, finding)
    ids = list(by_id)
    pages = max(1, math.ceil(len(ids) / PAGE_SIZE))
    at = min(what.page, pages)
    rows = resources.library().catalog.photos(ids[(at - 1) * PAGE_SIZE : at * PAGE_SIZE])
    picked = gallery(
        list(rows.values()), key, label="Findings, worst first",
        place=json.dumps([what.kind, what.filters and [what.filters.since, what.filters.until,
        what.filters.folder], what.gone, at]),
        captions={i: f"{by_id[i].score:.2f} · {by_id[i].detail}" for i in rows},
        actions=actions(found, what),
    )  # fmt: skip
    turn(pages, at)
    if picked.similar is not None:
        search_state.search_like(picked.similar)
    open_photo(ids, picked.opened, [*actions(found, what), *show_in_folder()])


def open_photo(ids: Sequence[int], opened: int | None, offered: Sequence[Action]) -> None:
    lightbox.lightbox(
        ids,
        opened=opened,
        actions=offered,
        explain=lambda i: finding_details.explain(anomalies_state.of_photo(i)),
    )


def turn(pages: int, at: int) -> None:
    if pages > 1:
        key = f"odd-page-{at}-{pages}"
        st.pagination(
            pages, default=at, key=key, on_change=anomalies_state.from_widget,
            args=[anomalies_state.PAGE, key, lambda n: str(n) if n != 1 else None],
            width="stretch",
        )  # fmt: skip


def undo() -> None:
    """The last dismissal can be taken back."""
    last = anomalies_state.last_dismissed()
    if last:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{count(len(last), 'finding')} dismissed", width="content")
            st.button(
                "Undo",
                icon=":material/undo:",
                key="undo-dismissal",
                on_click=anomalies_state.restore,
                args=[last],
            )


def export(found: Sequence[Finding]) -> None:
    with st.popover(
        "Export", icon=":material/download:", help="The list with paths, scores and reasons"
    ):
        st.download_button(
            "CSV",
            lambda: export_findings.as_csv(found).encode(),
            "anomalies.csv",
            "text/csv",
            on_click="ignore",
        )
        st.download_button(
            "JSON",
            lambda: export_findings.as_json(found).encode(),
            "anomalies.json",
            "application/json",
            on_click="ignore",
        )
