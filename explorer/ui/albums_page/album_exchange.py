"""Export albums to folders and files, import them again, and write all edits to sidecars."""

from __future__ import annotations

import streamlit as st

from explorer.errors import ExplorerError
from explorer.library.stores.album_store import Album, album_photos
from explorer.search.export.album_files import AlbumImport, albums_json, import_albums
from explorer.ui import resources
from explorer.ui.auto_refresh import DIALOG_OPEN
from explorer.ui.localized import count
from explorer.ui.photo_edits.sidecar_dialog import request_sidecars
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.search_page.export_dialog import offer_file
from explorer.ui.search_page.folder_export import into_folder

# Session state: the album to export, until the dialog is closed; and what the last import did.
_REQUEST, _DONE = "_export-album", "_imported-albums"
_MAX_MEGABYTES = 500
_LINKS, _COPIES = "Links", "Copies"


def request_album_export(album: Album) -> None:
    """Open the dialog that exports an album, in the next run of the page."""
    st.session_state[_REQUEST] = album


def export_album_if_requested() -> None:
    """Open the export dialog if it was requested."""
    album = st.session_state.get(_REQUEST)
    if album is not None:
        st.session_state[DIALOG_OPEN] = True
        _dialog(album)


def _close() -> None:
    for key in (_REQUEST, DIALOG_OPEN):
        st.session_state.pop(key, None)


@st.dialog("Export album", width="medium", on_dismiss=_close)
def _dialog(album: Album) -> None:
    st.markdown(f"**{escape_markdown(album.name)}** · {count(album.photos, 'photo')}")
    kind = st.radio("Write", (_LINKS, _COPIES), horizontal=True, key="export-album-kind")
    ids = album_photos(resources.library().catalog, album.id)
    into_folder(ids, "links" if kind == _LINKS else "copies", watched_allowed=False)


def exchange_panel() -> None:
    """Draw the panel that exports all albums and edits and imports albums, and the result of the
    last import."""
    with st.expander("Move albums and edits to other programs", icon=":material/swap_horiz:"):
        st.markdown(
            "**Sidecars.** Ratings, keywords, titles, dates, places and favorites can be written"
            " to XMP files beside your photos, for other programs. You first see what would be"
            " written where."
        )
        st.button(
            "Write sidecars for all edits…",
            icon=":material/note_add:",
            key="write-all-sidecars",
            on_click=request_sidecars,
        )
        st.markdown(
            "**Albums as a file.** It names the photos of all albums and the favorites, and can be"
            " read into another library."
        )
        catalog = resources.library().catalog
        offer_file(
            "albums",
            "Write albums to a file",
            lambda: albums_json(catalog).encode("ascii"),
            ("albums.json", "application/json"),
        )
        _import()


def _import() -> None:
    file = st.file_uploader(
        "Read albums from a file", type="json", key="import-albums", max_upload_size=_MAX_MEGABYTES
    )
    if file is not None and st.button("Add these albums", key="do-import-albums"):
        try:
            done = import_albums(resources.library().catalog, file.getvalue())
        except ExplorerError as error:
            st.error(escape_markdown(str(error)), icon=":material/error:")
            return
        st.session_state[_DONE] = done
        st.rerun()
    for each in st.session_state.pop(_DONE, ()):
        st.success(_words(each), icon=":material/check:")


def _words(done: AlbumImport) -> str:
    words = f"{escape_markdown(done.name)}: {count(done.added, 'photo')} added."
    if done.by_path:
        words += f" {count(done.by_path)} found by path only, because the file has changed."
    if done.waiting:
        words += f" {count(done.waiting)} not in the library yet."
    return words
