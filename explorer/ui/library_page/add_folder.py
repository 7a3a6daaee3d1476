"""Adding a folder to the library."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from explorer.errors import FolderError
from explorer.library.catalog import Catalog
from explorer.library.command_store import send_command
from explorer.library.paths import as_on_disk, inside, printable
from explorer.library.root_store import check_folder
from explorer.ui.photo_labels import plain


def add(catalog: Catalog) -> None:
    """Adding a folder: by its path, or one of those where photos usually are."""
    st.subheader("Add a folder")
    watched = list(catalog.root_paths().values())
    usual = [Path.home() / name for name in ("Pictures", "Photos", "Desktop", "Downloads")]
    likely = [
        str(path)
        for path in usual
        if path.is_dir() and not any(inside(str(path), root) for root in watched)
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
        take(catalog, typed.strip().strip("\"'"))
    if likely:
        with st.container(horizontal=True):
            for path in likely:
                if st.button(plain(path), icon=":material/folder:", key=f"usual-{path}"):
                    take(catalog, path)


def take(catalog: Catalog, typed: str) -> None:
    if not typed:
        st.error("Type or paste the folder's path.", icon=":material/error:")
        return
    path = as_on_disk(os.path.abspath(Path(typed).expanduser()))
    try:
        check_folder(path)
    except FolderError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    over = next((root for root in catalog.root_paths().values() if inside(path, root)), None)
    if over is not None:
        part = "" if over == path else f": it is part of {plain(printable(over))}"
        st.info(f"This folder is watched already{part}.", icon=":material/info:")
        return
    send_command(catalog, "add", path)
    st.toast(f"{plain(printable(path))} is being added.", icon=":material/check:")
