"""URLs from which the browser loads a photo: its preview, or the original file."""

from __future__ import annotations

from explorer.library.rows import PhotoRow

# Formats that every current browser displays. Other photos are shown by their preview.
BROWSER_FORMATS = {"JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"}

# Photos with more pixels than this are shown by their preview: browsers decode them slowly or not
# at all.
_MAX_PIXELS = 60_000_000


def preview_url(photo: PhotoRow) -> str:
    """The URL of a photo's preview. It changes with the photo's content, so it can be cached
    forever."""
    return f"/photo/{photo['id']}/preview?v={photo['hash'][:16]}"


def original_url(photo_id: int) -> str:
    """The URL of the original file."""
    return f"/photo/{photo_id}/original"


def display_url(photo: PhotoRow, *, still: bool = False) -> str:
    """The URL of the best picture that a browser can show now: the original, or its preview.

    still: whether an animation must be shown as a still picture.
    """
    needs_preview = (
        photo["format"] not in BROWSER_FORMATS
        or photo["away"]
        or photo["damaged"]
        or (still and photo["frames"] > 1)
        or photo["width"] * photo["height"] > _MAX_PIXELS
    )
    return preview_url(photo) if needs_preview else original_url(photo["id"])
