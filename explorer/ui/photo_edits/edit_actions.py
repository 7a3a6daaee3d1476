"""The actions that set what the library says of photos, on every page that shows some."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.library.edit_operations import set_favourite
from explorer.ui import resources
from explorer.ui.actions import PhotoAction
from explorer.ui.photo_edits import album_dialog, edit_dialog
from explorer.ui.photo_edits.last_edit import edit


def edit_actions() -> list[PhotoAction]:
    """Buttons to mark photos as favourites, to edit them, and to put them into an album."""
    return [
        PhotoAction(
            "Favourite",
            ":material/favorite:",
            toggle_favourite,
            help="Mark as favourite, or no longer. `is:favourite` finds them.",
        ),
        PhotoAction(
            "Edit",
            ":material/edit:",
            edit_dialog.request_edit,
            "leave",
            help="Set rating, keywords, date and place. Your photo files are not changed.",
        ),
        PhotoAction(
            "Album",
            ":material/photo_album:",
            album_dialog.request_album,
            "leave",
            help="Add to an album",
        ),
    ]


def toggle_favourite(photo_ids: Sequence[int]) -> None:
    """Mark these photos as favourites; if all of them are, no longer."""
    rows = resources.library().catalog.photos(photo_ids)
    if rows:
        edit(photo_ids, set_favourite(not all(row["favourite"] for row in rows.values())))
