"""Add a folder to the library."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer.errors import FolderError
from explorer.library.catalog import Catalog
from explorer.library.paths import inside, printable, typed_path
from explorer.library.stores.command_store import send_command
from explorer.library.stores.root_store import check_folder
from explorer.systems import file_calls
from explorer.ui.change_errors import attempt
from explorer.ui.library_page.folder_browser import folder_browser
from explorer.ui.photo_labels import escape_markdown

_USUAL_FOLDERS = ("Pictures", "Photos", "Desktop", "Downloads")


def add_folder(catalog: Catalog) -> None:
    """Draw a field for the folder's path, buttons for the usual folders, and the folder browser."""
    st.subheader("Add a folder")
    watched = list(catalog.root_paths().values())
    usual = [
        str(path)
        for path in (Path.home() / name for name in _USUAL_FOLDERS)
        if file_calls.isdir(path) and not any(inside(str(path), root) for root in watched)
    ]
    with (
        st.form("add", clear_on_submit=True, border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        typed = st.text_input("Path", placeholder=str(Path.home() / "Pictures"), key="path")
        submitted = st.form_submit_button(
            "Add", icon=":material/create_new_folder:", type="primary"
        )
    if submitted:
        add(catalog, typed)
    if usual:
        with st.container(horizontal=True):
            for path in usual:
                if st.button(escape_markdown(path), icon=":material/folder:", key=f"usual-{path}"):
                    add(catalog, path)
    browser = st.expander(
        "Choose a folder", icon=":material/folder_open:", key="choose-folder", on_change="rerun"
    )
    # No folder of a slow drive is read before the user wants to.
    if browser.open:
        with browser:
            folder_browser(lambda path: add(catalog, path))


def add(catalog: Catalog, typed: str) -> None:
    """Add the folder with a typed path, or draw the reason why it cannot be added."""
    try:
        path = typed_path(typed)
        check_folder(path)
    except FolderError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    parent = next((root for root in catalog.root_paths().values() if inside(path, root)), None)
    if parent is not None:
        part = "" if parent == path else f" as part of {escape_markdown(printable(parent))}"
        st.info(f"This folder is already watched{part}.", icon=":material/info:")
        return
    if attempt(send_command, catalog, "add", path):
        st.toast(f"Adding {escape_markdown(printable(path))}.", icon=":material/check:")
