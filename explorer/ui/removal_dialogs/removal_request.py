"""Request the removal of photos on any page that shows photos: the user reviews the list of files
before anything is moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.errors import UsageError
from explorer.removal.plan import removals_of_photos
from explorer.removal.results import Removal, RemovalOutcome
from explorer.ui import resources
from explorer.ui.actions import PhotoAction
from explorer.ui.removal_dialogs.removal_dialog import open_removal_dialog

# Session state: the removals to review in the next run of the page.
_REMOVALS = "_requested-removals"


def removal_action() -> PhotoAction:
    """The button that removes photos. No other file is kept for them, which the user has to
    confirm."""
    return PhotoAction(
        "Remove…",
        ":material/delete:",
        _request_removal_of_photos,
        help="Review the list of files first",
    )


def request_removals(removals: Sequence[Removal]) -> None:
    """Have the page offer to carry out these removals."""
    st.session_state[_REMOVALS] = list(removals)


def _request_removal_of_photos(photo_ids: Sequence[int]) -> None:
    removals = removals_of_photos(resources.library().catalog, photo_ids)
    if not removals:
        raise UsageError("These photos are no longer in the library: reload the page.")
    request_removals(removals)


def review_if_requested(on_removed: Callable[[RemovalOutcome], None] = lambda _: None) -> bool:
    """Open the dialog if removals were requested; returns whether they were. on_removed: called
    after files have been removed."""
    removals: list[Removal] = st.session_state.pop(_REMOVALS, [])
    if removals:
        open_removal_dialog(removals, on_removed)
    return bool(removals)
