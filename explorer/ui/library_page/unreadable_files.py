"""Show the files that could not be read, by reason, with buttons to try again."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence

import streamlit as st

from explorer.indexing import worker_client
from explorer.library.catalog import Catalog
from explorer.library.paths import printable
from explorer.library.rows import FileRow
from explorer.library.stores import failure_store
from explorer.library.stores.worker_store import worker_status
from explorer.ui import file_manager
from explorer.ui.change_errors import attempt
from explorer.ui.localized import count
from explorer.ui.photo_labels import escape_markdown

PAGE_SIZE = 50


def unreadable_files(catalog: Catalog) -> None:
    """Draw the files that could not be read, grouped by reason, with buttons to try again."""
    groups = failure_store.failure_groups(catalog)
    if not groups:
        return
    total = sum(group.files for group in groups)
    st.subheader("Could not be read")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{count(total, 'file')}. A file that is repaired or replaced is read again"
            " automatically. If a drive or a permission was the problem, try again.",
            width="stretch",
        )
        if st.button("Try all again", icon=":material/refresh:", key="retry-all"):
            _retry(catalog)
    for number, group in enumerate(groups):
        _group(catalog, group, number, alone=len(groups) == 1)


def retrying(catalog: Catalog) -> list[int]:
    """The number of files in each group that are waiting to be read again."""
    return [group.waiting for group in failure_store.failure_groups(catalog)]


def _group(
    catalog: Catalog, group: failure_store.FailureGroup, number: int, *, alone: bool
) -> None:
    label = f"**{count(group.files, 'file')}**: {escape_markdown(group.label)}" + (
        " · trying again" if group.waiting else ""
    )
    # The key contains the reason, so that an open group stays open when others come and go.
    key = f"failed-{group.label}"
    with st.expander(label, expanded=alone, key=key, on_change="rerun") as expander:
        if not expander.open:
            return
        if st.button("Try these again", icon=":material/refresh:", key=f"retry-{number}"):
            _retry(catalog, group.reasons)
        pages = math.ceil(group.files / PAGE_SIZE)
        page_key = f"page-{key}"
        at = min(int(st.session_state.get(page_key) or 1), pages)
        for row in catalog.failures((at - 1) * PAGE_SIZE, PAGE_SIZE, group.reasons):
            _file(catalog, row, why=len(group.reasons) > 1)
        if pages > 1:
            st.pagination(pages, key=page_key)


def _file(catalog: Catalog, row: FileRow, *, why: bool) -> None:
    folder, name = os.path.split(row["path"])
    with st.container(horizontal=True, vertical_alignment="center"):
        reason = f": {escape_markdown(row['reason'] or '')}" if why else ""
        st.markdown(
            f"**{escape_markdown(printable(name))}**{reason}  \n"
            f":small[{escape_markdown(printable(folder))}]",
            width="stretch",
        )
        if file_manager.available() and st.button(
            "Show in folder", icon=":material/folder_open:", key=f"failed-reveal-{row['id']}"
        ):
            file_manager.show(row["path"])
        if st.button(
            "Try again",
            icon=":material/refresh:",
            key=f"retry-file-{row['id']}",
            disabled=row["size"] < 0,
        ):
            _retry(catalog, file_id=row["id"])


def _retry(
    catalog: Catalog, reasons: Sequence[str] | None = None, file_id: int | None = None
) -> None:
    """Request that files are read again: those with these reasons, one file, or all."""
    if not attempt(worker_client.retry, catalog, reasons, file_id):
        return
    worker = worker_status(catalog)
    paused = worker is not None and worker["phase"] in ("paused", "off")
    who = "The file" if file_id is not None else "The files"
    verb = "will be" if paused else ("is being" if file_id is not None else "are being")
    when = " once indexing resumes" if paused else ""
    st.toast(f"{who} {verb} read again{when}.", icon=":material/refresh:")
