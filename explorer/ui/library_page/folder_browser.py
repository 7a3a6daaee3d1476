"""Choose a folder of this computer by going through its folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from explorer.errors import FolderError
from explorer.library.paths import printable, typed_path
from explorer.scanning.suggested_folders import subfolders
from explorer.systems import file_calls
from explorer.ui.localized import count
from explorer.ui.photo_labels import escape_markdown

# Session state: the folder that is shown, and why a typed path cannot be.
_SHOWN, _PROBLEM = "_browsed-folder", "_browsing-problem"
_MAX_SUBFOLDERS = 60


def folder_browser(choose: Callable[[str], None], *, alone: bool = False) -> None:
    """Draw a folder with its subfolders as buttons, a box for a path, and a button that adds it.

    choose: called with the path of the folder that is added. alone: whether this is the only way
    to add one.
    """
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
            args=[choose, folder, key],
        )
    below = subfolders(folder)
    if problem := st.session_state.pop(_PROBLEM, ""):
        st.error(escape_markdown(problem), icon=":material/error:")
    elif not file_calls.isdir(folder):
        st.warning("There is no such folder.", icon=":material/info:")
    with st.container(horizontal=True, gap="small", key="subfolders"):
        for each in below[:_MAX_SUBFOLDERS]:
            st.button(
                escape_markdown(printable(each.name)),
                icon=":material/folder:",
                key=f"browse-to-{each}",
                on_click=_browse,
                args=[each],
            )
    if len(below) > _MAX_SUBFOLDERS:
        st.caption(f"… and {count(len(below) - _MAX_SUBFOLDERS)} more: type the path.")


def _add_browsed(choose: Callable[[str], None], drawn: Path, key: str) -> None:
    """Add the folder whose path is in the box with this key. drawn: the folder it was drawn for."""
    if st.session_state.get(key) != printable(str(drawn)):
        # A path was typed just before the click.
        _browse_typed(key)
        if _PROBLEM in st.session_state:
            return
        drawn = Path(st.session_state.get(_SHOWN, drawn))
    choose(str(drawn))


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
