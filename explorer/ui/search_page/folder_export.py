"""Ask for a folder, and write copies of photos, or links to them, there."""

from __future__ import annotations

import streamlit as st

from explorer.errors import ExplorerError
from explorer.library.catalog import Ids
from explorer.library.paths import printable
from explorer.search.export import export_files
from explorer.search.export.export_files import ExportKind, ExportReport
from explorer.ui import resources
from explorer.ui.localized import count
from explorer.ui.photo_labels import escape_markdown

_SHOWN_FAILURES = 100


def into_folder(ids: Ids, kind: ExportKind, *, watched_allowed: bool = True) -> None:
    """Ask for a folder, and write links or copies there. watched_allowed: whether the user may
    choose a watched folder."""
    if kind == "links":
        st.caption(
            "Links take no space. They break once an original is moved, and a program that"
            " changes a photo through its link changes the original."
        )
    typed = st.text_input(
        "Folder",
        key="export-folder",
        placeholder="/home/me/Album",
        help="The folder is created if it does not exist. Existing files are never replaced.",
    )
    if not typed.strip():
        return
    library = resources.library()
    try:
        folder = export_files.check_export_folder(library, typed)
    except ExplorerError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    confirmed = True
    if folder.watched is not None:
        st.warning(
            f"This folder is in {escape_markdown(printable(folder.watched))}, which is watched:"
            " anything written there becomes part of your library.",
            icon=":material/warning:",
        )
        confirmed = watched_allowed and st.checkbox(
            "Write there anyway", key=f"export-watched-{folder.path}"
        )
    if st.button(
        f"Write {_number(len(ids), kind)}",
        icon=":material/drive_file_move:",
        type="primary",
        disabled=not confirmed,
        key=f"export-{kind}",
    ):
        _write(ids, folder.path, kind)


def _write(ids: Ids, folder: str, kind: ExportKind) -> None:
    rows = list(resources.library().catalog.photos(ids.tolist()).values())
    bar = st.progress(0.0, "Reading…")

    def progress(done: int) -> None:
        bar.progress(done / len(rows), f"{count(done)} of {count(len(rows), 'photo')}")

    try:
        report = export_files.export_files(resources.library(), rows, folder, kind, progress)
    except ExplorerError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    finally:
        bar.empty()
    _result(report, kind)


def _result(report: ExportReport, kind: ExportKind) -> None:
    text = (
        f"{_number(report.written, kind)} written to {escape_markdown(printable(report.folder))}."
    )
    if report.already_there:
        text += f" {count(report.already_there, 'photo')} already existed."
    st.success(text, icon=":material/check:")
    if report.failures:
        st.warning(
            f"{count(len(report.failures), 'photo')} could not be written.",
            icon=":material/warning:",
        )
        st.dataframe(
            [
                {"File": printable(path), "Reason": reason}
                for path, reason in report.failures[:_SHOWN_FAILURES]
            ],
            hide_index=True,
            width="stretch",
        )


def _number(number: int, kind: ExportKind) -> str:
    """`1 copy`, `2 copies`, `2 links`."""
    if kind == "links":
        return count(number, "link")
    return f"{count(number)} {'copy' if number == 1 else 'copies'}"
