"""The buttons for photos on pages that list photos without a search of their own."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.ui.actions import PhotoAction
from explorer.ui.default_program import file_actions
from explorer.ui.photo_download import download_action
from explorer.ui.photo_edits.edit_actions import edit_actions
from explorer.ui.removal_dialogs.removal_request import removal_action
from explorer.ui.search_page import export_dialog, search_state

# The most photos that a search uses as examples.
_MAX_EXAMPLES = 20


def selection_actions() -> list[PhotoAction]:
    """The buttons for selected photos, as on the Search page."""
    similar = PhotoAction("Find similar", ":material/image_search:", _find_similar, "leave")
    return [similar, *edit_actions(), download_action(), *_closing_actions()]


def viewer_actions() -> list[PhotoAction]:
    """The buttons for the open photo. A page with them calls `export_if_requested`."""
    return [*edit_actions(), *_closing_actions()]


def _closing_actions() -> list[PhotoAction]:
    return [export_action(), *file_actions(), removal_action()]


def export_action() -> PhotoAction:
    """The button that opens the export dialog."""
    return PhotoAction("Export", ":material/ios_share:", export_dialog.request_export)


def _find_similar(ids: Sequence[int]) -> None:
    search_state.search_like(*ids[:_MAX_EXAMPLES])
