"""The message shown by every page while the library has no photos: the reason, and what to do."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from explorer.config import APP_FILES
from explorer.library.rows import WorkerRow
from explorer.library.stores.command_store import waiting_commands
from explorer.library.stores.worker_store import worker_status
from explorer.ui import resources
from explorer.ui.library_page.welcome import welcome
from explorer.ui.status_line import describe

EmptyReason = Literal[
    "no folder", "adding", "not running", "resting", "away", "looking", "unreadable", "none found"
]


def reason() -> EmptyReason | None:
    """Why the library has no photos; None if it has some."""
    catalog = resources.library().catalog
    if catalog.has_photos():
        return None
    roots = catalog.roots()
    if not roots:
        return "adding" if "add" in waiting_commands(catalog) else "no folder"
    if all(root["state"] == "offline" for root in roots):
        return "away"
    return _worker_reason(worker_status(catalog)) or (
        "unreadable" if catalog.counts().failed else "none found"
    )


def _worker_reason(worker: WorkerRow | None) -> EmptyReason | None:
    """The reason if the indexer has not scanned all folders yet; None if it has."""
    if worker is None or not worker["alive"]:
        return "not running"
    if worker["phase"] in ("paused", "off"):
        return "resting"
    return None if worker["phase"] == "watching" else "looking"


# “no folder” has no message: the welcome is shown instead.
_MESSAGES: dict[EmptyReason, tuple[str, str]] = {
    "adding": (
        "A folder is being added. Its photos will appear here as they are found.",
        ":material/hourglass_top:",
    ),
    "not running": ("No photos yet.", ":material/hourglass_top:"),
    "resting": (
        "No photos yet, and indexing is paused. Resume it on the Library page.",
        ":material/pause:",
    ),
    "away": (
        "The drive with your photos is not connected. They will appear here once it is.",
        ":material/usb_off:",
    ),
    "looking": (
        "No photos yet. They will appear here as they are found.",
        ":material/hourglass_top:",
    ),
    "unreadable": (
        "None of the files in your folders could be read as a photo. The Library page shows why.",
        ":material/broken_image:",
    ),
    "none found": (
        "No photos were found in your folders. Add another folder, or save photos in one of these.",
        ":material/search_off:",
    ),
}


def explain(why: EmptyReason) -> None:
    """Show the reason, with a link to the page where the user can act on it."""
    if why == "no folder":
        welcome(resources.library().catalog)
        return
    text, icon = _MESSAGES[why]
    if why == "not running":
        text = f"{text} {describe(worker_status(resources.library().catalog))}"
    st.info(text, icon=icon)
    if why == "none found":
        st.page_link(
            APP_FILES / "pages" / "library.py",
            label="Add a folder",
            icon=":material/create_new_folder:",
        )
    elif why not in ("adding", "looking"):
        st.page_link(APP_FILES / "pages" / "library.py", label="Library", icon=":material/folder:")
