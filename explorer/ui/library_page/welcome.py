"""Welcome a new user: explain what the program does with photos, and suggest folders to add."""

from __future__ import annotations

import threading
from pathlib import Path

import streamlit as st

from explorer.errors import FolderError
from explorer.library.catalog import Catalog
from explorer.library.paths import inside, printable, typed_path
from explorer.scanning.suggested_folders import (
    FolderEstimate,
    count_photos,
    subfolders,
    suggested_folders,
    synced_by,
)
from explorer.systems import file_calls
from explorer.ui.library_page.add_folder import add
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
# Session state: the folder that the folder browser shows.
_SHOWN = "_browsed-folder"
# Session state: why a typed path cannot be shown.
_PROBLEM = "_browsing-problem"
_MOST_SUBFOLDERS = 60

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
        _browser(catalog, alone=not folders)


def _suggestion(folder: Path) -> bool:
    """Draw a suggested folder as a checkbox; returns whether it is checked."""
    found = _estimate(folder)
    photos = count(found.photos, "photo")
    words = photos if found.complete else f"more than {photos}"
    service = synced_by(folder)
    synced = f" · kept in step with other devices by {service}" if service else ""
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


def _browser(catalog: Catalog, *, alone: bool) -> None:
    """Draw a folder with its subfolders as buttons, and a box for a path. alone: whether no folders
    are suggested."""
    folder = Path(st.session_state.get(_SHOWN, Path.home()))
    key = f"browse-{folder}"
    st.text_input("Folder", printable(str(folder)), key=key, on_change=_browse_typed, args=[key])
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Up",
            icon=":material/arrow_upward:",
            key="browse-up",
            disabled=folder.parent == folder,
            on_click=_browse,
            args=[folder.parent],
        )
        st.button(
            "Add this folder",
            icon=":material/create_new_folder:",
            type="primary" if alone else "secondary",
            key="browse-add",
            on_click=_add_browsed,
            args=[catalog, folder, key],
        )
    below = subfolders(folder)
    if problem := st.session_state.pop(_PROBLEM, ""):
        st.error(escape_markdown(problem), icon=":material/error:")
    elif not file_calls.isdir(folder):
        st.warning("There is no such folder.", icon=":material/info:")
    with st.container(horizontal=True, gap="small", key="subfolders"):
        for each in below[:_MOST_SUBFOLDERS]:
            st.button(
                escape_markdown(printable(each.name)),
                icon=":material/folder:",
                key=f"browse-to-{each}",
                on_click=_browse,
                args=[each],
            )
    if len(below) > _MOST_SUBFOLDERS:
        st.caption(f"… and {count(len(below) - _MOST_SUBFOLDERS)} more: type the path.")


def _add_browsed(catalog: Catalog, drawn: Path, key: str) -> None:
    """Add the folder whose path is in the box with this key. drawn: the folder it was drawn for."""
    if st.session_state.get(key) != printable(str(drawn)):
        # A path was typed just before the click.
        _browse_typed(key)
        if _PROBLEM in st.session_state:
            return
        drawn = Path(st.session_state.get(_SHOWN, drawn))
    add(catalog, str(drawn))


def _browse(folder: Path) -> None:
    st.session_state[_SHOWN] = str(folder)


def _browse_typed(key: str) -> None:
    typed = str(st.session_state.get(key) or "")
    if not typed.strip():
        return
    try:
        _browse(Path(typed_path(typed)))
    except FolderError as error:
        st.session_state[_PROBLEM] = str(error)
