"""The buttons for photos on the pages that list photos."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from explorer.ui.actions import PhotoAction
from explorer.ui.default_program import file_actions
from explorer.ui.photo_download import download_action
from explorer.ui.photo_edits.edit_actions import edit_actions
from explorer.ui.removal_dialogs.removal_request import removal_action
from explorer.ui.search_page import export_dialog, search_state

# The most photos that a search uses as examples.
_MAX_EXAMPLES = 20


def selection_actions(
    more_like: Callable[..., None] = search_state.search_like,
    *,
    concepts: Sequence[PhotoAction] = (),
    albums: Sequence[PhotoAction] = (),
) -> list[PhotoAction]:
    """The buttons for selected photos.

    more_like: called with ids; searches for photos like these. concepts, albums: the buttons for
    those that the page shows photos of.
    """
    similar = PhotoAction(
        "Find similar",
        ":material/image_search:",
        lambda ids: more_like(*ids[:_MAX_EXAMPLES]),
        "leave",
    )
    edits = [*concepts, *edit_actions(), *albums]
    return [similar, *edits, download_action(), *_closing_actions()]


def viewer_actions(
    *, concepts: Sequence[PhotoAction] = (), albums: Sequence[PhotoAction] = ()
) -> list[PhotoAction]:
    """The buttons for the open photo, which stays open, because dialogs appear above it. A page
    with them calls `export_if_requested`."""
    return [*concepts, *edit_actions(), *albums, *_closing_actions()]


def _closing_actions() -> list[PhotoAction]:
    return [export_action(), *file_actions(), removal_action()]


def export_action() -> PhotoAction:
    """The button that opens the export dialog."""
    return PhotoAction("Export", ":material/ios_share:", export_dialog.request_export)
