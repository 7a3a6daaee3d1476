"""The buttons for editing photos, on all pages that show photos."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.library.edits.edit_operations import set_favourite
from explorer.ui import resources
from explorer.ui.actions import PhotoAction
from explorer.ui.photo_edits import album_dialog, edit_dialog, sidecar_dialog
from explorer.ui.photo_edits.last_edit import edit


def edit_actions() -> list[PhotoAction]:
    """The buttons that mark photos as favorites, edit them, add them to an album, and write
    sidecars."""
    return [
        PhotoAction(
            "Favorite",
            ":material/favorite:",
            toggle_favourite,
            help="Mark or unmark as favorite (l). `is:favourite` finds favorites.",
            toggles="favourite",
        ),
        PhotoAction(
            "Edit",
            ":material/edit:",
            edit_dialog.request_edit,
            help="Edit the rating, keywords, date and place. Your photo files are not changed.",
        ),
        PhotoAction(
            "Album", ":material/photo_album:", album_dialog.request_album, help="Add to an album"
        ),
        PhotoAction(
            "Write sidecars…",
            ":material/note_add:",
            sidecar_dialog.request_sidecars,
            help="Write your edits to XMP files beside the photos, for other programs. You see what"
            " would be written first.",
            rare=True,
        ),
    ]


def toggle_favourite(photo_ids: Sequence[int]) -> None:
    """Mark these photos as favorites or, if all of them are, unmark them."""
    rows = resources.library().catalog.photos(photo_ids)
    if rows:
        edit(photo_ids, set_favourite(not all(row["favourite"] for row in rows.values())))
