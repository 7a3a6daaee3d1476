"""Open photos in the program that the user has chosen for files of their kind. The server runs on
the user's own computer."""

from __future__ import annotations

import os
from collections.abc import Sequence

import streamlit as st

from explorer.library.paths import printable
from explorer.photos.formats import EXTENSIONS
from explorer.systems import file_calls
from explorer.systems.this_system import this_system
from explorer.text_format import one_line
from explorer.ui import file_manager, resources
from explorer.ui.actions import PhotoAction
from explorer.ui.localized import count
from explorer.ui.photo_labels import escape_markdown

MAX_OPENED = 10
"""The most photos that are opened at once, because each may get its own window."""


def file_actions() -> list[PhotoAction]:
    """The buttons that open photos in another program and in the file manager, as far as the system
    has them."""
    opening = PhotoAction(
        "Open in default program",
        ":material/open_in_new:",
        open_photos,
        help="Open the file in the program that your system uses for photos of this kind",
        rare=True,
    )
    return [*([opening] if this_system().can_open() else []), *file_manager.show_in_folder()]


def open_photos(photo_ids: Sequence[int]) -> None:
    """Open these photos of the library, and show why some could not be opened."""
    if len(photo_ids) > MAX_OPENED:
        st.toast(
            f"{count(len(photo_ids), 'photo')} are selected: open at most {MAX_OPENED} at once.",
            icon=":material/error:",
        )
        return
    for row in resources.library().catalog.photos(photo_ids).values():
        if problem := open_file(row["path"]):
            st.toast(escape_markdown(problem), icon=":material/error:")


def open_file(path: str) -> str:
    """Open a photo file in its default program. Returns an error message, or ''.

    path: absolute, from the catalog, never from a request. It is not passed through a shell.
    """
    name = one_line(printable(os.path.basename(path)))
    if not file_calls.isfile(path):
        return f"{name} cannot be found: it was moved or deleted, or its drive is not connected."
    # The system chooses the program by the file's name, so the name must be that of a picture, and
    # not of an executable file.
    target = os.path.realpath(path)
    if any(os.path.splitext(each)[1].lower() not in EXTENSIONS for each in (path, target)):
        return f"{name} is not named like a photo, so it is not opened in another program."
    try:
        this_system().open_file(path)
    except OSError as error:
        why = one_line(error.strerror or str(error)).rstrip(".")
        return f"{name} could not be opened: {why}. Show it in its folder instead."
    return ""
