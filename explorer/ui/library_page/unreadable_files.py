"""The Library page's part about files that could not be read: why, which, and trying once more."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence

import streamlit as st

from explorer.indexing import worker_client
from explorer.library.catalog import Catalog
from explorer.library.failure_store import FailureGroup, failure_groups
from explorer.library.paths import printable
from explorer.library.rows import FileRow
from explorer.library.worker_store import worker_status
from explorer.text_format import count
from explorer.ui import file_manager
from explorer.ui.photo_labels import plain

PAGE = 50


def failures(catalog: Catalog) -> None:
    """Files that could not be read, together by why; each group, and each file, can be tried again."""
    found = failure_groups(catalog)
    if not found:
        return
    total = sum(group.files for group in found)
    st.subheader("Could not be read")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{count(total, 'file')}. A file that is mended or replaced is read again by itself;"
            " where a drive or a permission was in the way, have it tried again.",
            width="stretch",
        )
        if st.button("Try all again", icon=":material/refresh:", key="retry-all"):
            _retry(catalog)
    for number, group in enumerate(found):
        _group(catalog, group, number, alone=len(found) == 1)


def waiting(catalog: Catalog) -> list[int]:
    """How many failed files of each group are to be tried again; changes when one has been."""
    return [group.waiting for group in failure_groups(catalog)]


def _group(catalog: Catalog, group: FailureGroup, number: int, *, alone: bool) -> None:
    label = f"**{count(group.files, 'file')}**: {plain(group.label)}" + (
        " · being tried again" if group.waiting else ""
    )
    # By its reason: a box that was opened stays open when others come and go.
    key = f"failed-{group.label}"
    with st.expander(label, expanded=alone, key=key, on_change="rerun") as box:
        if not box.open:
            return
        if st.button("Try these again", icon=":material/refresh:", key=f"retry-{number}"):
            _retry(catalog, group.reasons)
        pages = math.ceil(group.files / PAGE)
        turned = f"page-{key}"
        at = min(int(st.session_state.get(turned) or 1), pages)
        for row in catalog.failures((at - 1) * PAGE, PAGE, group.reasons):
            _file(catalog, row, why=len(group.reasons) > 1)
        if pages > 1:
            st.pagination(pages, key=turned)


def _file(catalog: Catalog, row: FileRow, *, why: bool) -> None:
    folder, name = os.path.split(row["path"])
    with st.container(horizontal=True, vertical_alignment="center"):
        reason = f": {plain(row['reason'] or '')}" if why else ""
        st.markdown(
            f"**{plain(printable(name))}**{reason}  \n:small[{plain(printable(folder))}]",
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
    worker_client.retry(catalog, reasons, file_id)
    worker = worker_status(catalog)
    resting = worker is not None and worker["phase"] in ("paused", "off")
    later = (
        "They are read again when indexing goes on." if resting else "They are being read again."
    )
    st.toast(
        later if file_id is None else later.replace("They are", "It is"), icon=":material/refresh:"
    )
