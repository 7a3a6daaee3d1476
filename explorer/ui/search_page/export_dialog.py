"""The dialog that exports results as lists, as copies or links in a folder, or as contact
sheets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st

from explorer.library.catalog import Ids
from explorer.library.rows import PhotoRow
from explorer.search.export import contact_sheet
from explorer.search.export.export_results import as_csv, as_json, as_paths
from explorer.search.results.result_view import ResultView
from explorer.ui import resources
from explorer.ui.auto_refresh import DIALOG_OPEN
from explorer.ui.change_errors import attempt
from explorer.ui.localized import count, moment
from explorer.ui.photo_download import request_download
from explorer.ui.search_page.folder_export import into_folder

# Session state: the photos to export, either `_ALL` or the ids of selected ones, until the dialog
# is closed.
_REQUEST, _ALL = "_export", "all"
# Session state: the file that was made.
_FILE = "_export-file"
# The number of paths shown for copying.
_MAX_PATHS = 2000

_PATHS, _ZIP, _COPIES, _LINKS, _TABLE, _JSON, _HTML, _PDF = FORMATS = (
    "Paths",
    "ZIP file",
    "Copies in a folder",
    "Links in a folder",
    "Table (CSV)",
    "JSON",
    "Contact sheet (HTML)",
    "Contact sheet (PDF)",
)


class _Scope(NamedTuple):
    """Photos that can be exported."""

    label: str
    ids: Ids


class _MadeFile(NamedTuple):
    """A file that can be downloaded."""

    key: str
    of: bytes
    """What is in it."""
    data: bytes
    at: dt.datetime
    """When it was made."""


def request_export(ids: Sequence[int] | None = None) -> None:
    """Open the dialog in the next run of the page. ids: the selected photos; None for all
    results."""
    st.session_state[_REQUEST] = _ALL if ids is None else list(ids)


def export_if_requested(view: ResultView) -> None:
    """Open the dialog if it was requested. A page calls this once. view: its results."""
    request = st.session_state.get(_REQUEST)
    if request is None:
        return
    st.session_state[DIALOG_OPEN] = True
    selected = None if request == _ALL else np.array(request, np.int64)
    _dialog(_scopes(view, selected))


def _close() -> None:
    for key in (_REQUEST, _FILE, DIALOG_OPEN):
        st.session_state.pop(key, None)


def _scopes(view: ResultView, selected: Ids | None) -> list[_Scope]:
    """The sets of photos that can be exported, most likely first."""
    scopes = list[_Scope]()
    if selected is not None:
        scopes.append(_Scope(f"{count(len(selected), 'photo')} selected", selected))
    everything = view.photos()
    good = view.ranked.good
    if good is not None and 0 < good < len(everything):
        matches = "match" if good == 1 else "matches"
        scopes.append(_Scope(f"{count(good)} good {matches}", everything[:good]))
    scopes.append(_Scope(f"All {count(len(everything), 'photo')}", everything))
    return scopes


@st.dialog("Export", width="medium", on_dismiss=_close)
def _dialog(scopes: list[_Scope]) -> None:
    number = 0
    if len(scopes) > 1:
        number = st.radio(
            "Photos",
            range(len(scopes)),
            format_func=lambda at: scopes[at].label,
            horizontal=True,
            key="export-scope",
        )
    else:
        st.caption(scopes[0].label)
    ids = scopes[number].ids
    chosen = st.selectbox("Export as", FORMATS, key="export-format")
    if chosen == _PATHS:
        _paths(ids)
    elif chosen == _ZIP:
        _zip(ids)
    elif chosen in (_COPIES, _LINKS):
        into_folder(ids, "copies" if chosen == _COPIES else "links")
    elif chosen in (_TABLE, _JSON):
        _download(ids, chosen, *_LISTS[chosen])
    else:
        _sheet(ids, chosen)


_LISTS: dict[str, tuple[str, str, Callable[[list[PhotoRow]], str]]] = {
    _TABLE: ("photos.csv", "text/csv", as_csv),
    _JSON: ("photos.json", "application/json", as_json),
}


def _rows(ids: Ids) -> list[PhotoRow]:
    return list(resources.library().catalog.photos(ids.tolist()).values())


def _paths(ids: Ids) -> None:
    if len(ids) > _MAX_PATHS:
        st.info(
            f"The first {count(_MAX_PATHS)} paths. A table has all of them.", icon=":material/info:"
        )
    text = as_paths(_rows(ids[:_MAX_PATHS]))
    st.caption("The button in the corner copies them to the clipboard.")
    st.code(text, language=None, height=260)


def _zip(ids: Ids) -> None:
    if st.button(
        f"Download {count(len(ids), 'photo')}",
        icon=":material/download:",
        type="primary",
        key="export-zip",
    ) and attempt(request_download, ids.tolist()):
        _close()
        # The page starts the download, not the dialog.
        st.rerun()


def _download(
    ids: Ids, label: str, name: str, media: str, make: Callable[[list[PhotoRow]], str]
) -> None:
    offer_file(
        label,
        f"Write a list of {count(len(ids), 'photo')}",
        lambda: make(_rows(ids)).encode("utf-8", "replace"),
        (name, media),
        of=ids.tobytes(),
    )


def offer_file(
    key: str, label: str, make: Callable[[], bytes], kind: tuple[str, str], *, of: bytes = b""
) -> None:
    """Draw a button that makes a file, and then one that downloads it.

    key: the same in every run, or a click would be lost. kind: the file's name and media type.
    of: what is in the file; once that differs, the file is no longer offered.

    Two steps are needed because parts of the page run every two seconds: a file that Streamlit
    makes when the download starts can be gone before the browser requests it.
    """
    name, media = kind
    if st.button(label, icon=":material/note_add:", type="primary", key=f"make-{key}"):
        with st.spinner("Writing…"):
            st.session_state[_FILE] = _MadeFile(key, of, make(), dt.datetime.now())
    made: _MadeFile | None = st.session_state.get(_FILE)
    if made is not None and (made.key, made.of) == (key, of):
        st.download_button(
            f"Download {name}",
            made.data,
            file_name=name,
            mime=media,
            icon=":material/download:",
            key=f"download-{key}",
            on_click="ignore",
        )
        st.caption(f"Written {moment(made.at, seconds=True)}.")


def _sheet(ids: Ids, chosen: str) -> None:
    shown = ids[: contact_sheet.MAX_PHOTOS]
    if len(shown) < len(ids):
        st.info(
            f"A contact sheet has {count(contact_sheet.MAX_PHOTOS)} photos at most. Only the"
            " first ones are included.",
            icon=":material/info:",
        )
    previews = resources.library().previews

    def make() -> bytes:
        rows = _rows(shown)
        if chosen == _HTML:
            return contact_sheet.html_sheet(rows, previews, f"{count(len(rows), 'photo')}")
        return contact_sheet.pdf_sheet(rows, previews)

    offer_file(
        chosen,
        f"Make a sheet of {count(len(shown), 'photo')}",
        make,
        ("contact sheet.html", "text/html")
        if chosen == _HTML
        else ("contact sheet.pdf", "application/pdf"),
        of=shown.tobytes(),
    )
