"""Show a file in the system's file manager. The server runs on the user's own computer."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

import streamlit as st

from explorer.systems import file_calls
from explorer.systems.this_system import this_system
from explorer.ui import resources
from explorer.ui.actions import PhotoAction
from explorer.ui.photo_labels import escape_markdown

# Seconds to wait for the file manager.
_TIMEOUT = 5.0


def available() -> bool:
    """Whether the system has a file manager that can be opened."""
    return this_system().can_reveal()


def reveal(path: str) -> str:
    """Open the file manager with that file selected or, if that is not possible, in its folder.
    Returns an error message, or ''.

    path: absolute, from the catalog, never from a request. It is not passed through a shell.
    """
    if not file_calls.lexists(path):
        return "The file cannot be found: it was moved or deleted, or its drive is not connected."
    system, last = this_system(), ""
    for command in system.reveal_commands(path):
        try:
            done = subprocess.run(
                command,
                timeout=_TIMEOUT,
                check=False,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                **system.background_process(),
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            last = str(error)
            continue
        if system.revealed(done.returncode):
            return ""
        last = done.stderr.decode(errors="replace").strip()
    name = system.file_manager_name
    why = f": {last}" if last else ""
    return f"{name[:1].upper()}{name[1:]} could not be opened{why}. Copy the path instead."


def show(path: str) -> None:
    """`reveal`, with the error message shown on the page."""
    if problem := reveal(path):
        st.toast(escape_markdown(problem), icon=":material/error:")


def show_in_folder() -> list[PhotoAction]:
    """The action that shows a photo in the file manager, if there is one."""

    def reveal_photo(ids: Sequence[int]) -> None:
        photo = resources.library().catalog.photo(ids[0])
        if photo is not None:
            show(photo["path"])

    if not available():
        return []
    return [PhotoAction("Show in folder", ":material/folder_open:", reveal_photo, rare=True)]
