"""Welcome a new user: explain what the program does with photos, and suggest folders to add."""

from __future__ import annotations

import threading
from pathlib import Path

import streamlit as st

from explorer.library.catalog import Catalog
from explorer.library.paths import inside, printable
from explorer.scanning.suggested_folders import (
    FolderEstimate,
    count_photos,
    suggested_folders,
    synced_by,
)
from explorer.ui.library_page.add_folder import add
from explorer.ui.library_page.folder_browser import folder_browser
from explorer.ui.localized import count
from explorer.ui.photo_labels import escape_markdown

_WHAT_HAPPENS = (
    "- **Photo Explorer reads the photos** in the folders that you choose, makes a small preview of"
    " each, and works out what it shows.\n"
    "- **Then you can search** for what you remember, find duplicates, and see what is broken. New"
    " photos are added by themselves.\n"
    "- **Nothing is moved, changed or deleted** unless you ask for it, and no photo leaves this"
    " computer.\n"
)

_lock = threading.Lock()
_counted: dict[Path, FolderEstimate] = {}


def welcome(catalog: Catalog) -> None:
    """Draw what will happen, the suggested folders with their numbers of photos, and the folder
    browser."""
    st.header("Welcome")
    st.markdown(_WHAT_HAPPENS)
    watched = list(catalog.root_paths().values())
    folders = [
        folder
        for folder in suggested_folders()
        if not any(inside(str(folder), root) for root in watched)
    ]
    chosen = [folder for folder in folders if _suggestion(folder)]
    if folders:
        st.button(
            f"Add {count(len(chosen), 'folder')}" if chosen else "Add",
            icon=":material/create_new_folder:",
            type="primary",
            disabled=not chosen,
            key="add-suggested",
            on_click=_add_all,
            args=[catalog, folders],
        )
    label = "Choose another folder" if folders else "Choose a folder"
    with st.expander(label, expanded=not folders, icon=":material/folder_open:"):
        folder_browser(lambda folder: add(catalog, folder), alone=not folders)


def _suggestion(folder: Path) -> bool:
    """Draw a suggested folder as a checkbox; returns whether it is checked."""
    found = _estimate(folder)
    photos = count(found.photos, "photo")
    words = photos if found.complete else f"more than {photos}"
    service = synced_by(folder)
    synced = f" · synced by {service}" if service else ""
    return st.checkbox(
        f"{escape_markdown(printable(str(folder)))} :gray[{words}{synced}]",
        value=found.photos > 0,
        key=_checkbox_key(folder),
    )


def _checkbox_key(folder: Path) -> str:
    return f"suggested-{folder}"


def _estimate(folder: Path) -> FolderEstimate:
    """The number of photos in a folder, counted once while the server runs."""
    with _lock:
        if folder not in _counted:
            _counted[folder] = count_photos(folder)
        return _counted[folder]


def _add_all(catalog: Catalog, folders: list[Path]) -> None:
    """Add those of the suggested folders whose boxes are checked now."""
    for folder in folders:
        if st.session_state.get(_checkbox_key(folder)):
            add(catalog, str(folder))
