"""URLs of a photo for the browser: its preview, the original file, a rendition for a screen, or a
JPEG in the URL itself."""

from __future__ import annotations

import base64
from typing import Any, Literal

from explorer.library.paths import printable
from explorer.library.rows import PhotoRow
from explorer.photos.metadata.partial_dates import known_part

# Formats that every current browser displays. Other photos are rendered for the screen.
BROWSER_FORMATS = {"JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"}

# Photos with more pixels than this are not sent unchanged: browsers decode them slowly or not at
# all.
_MAX_PIXELS = 60_000_000


def preview_url(photo: PhotoRow) -> str:
    """The URL of a photo's preview. It changes with the photo's content, so it can be cached
    forever."""
    return f"/photo/{photo['id']}/preview?v={photo['hash'][:16]}"


def original_url(photo_id: int) -> str:
    """The URL of the original file."""
    return f"/photo/{photo_id}/original"


def display_url(photo: PhotoRow) -> str:
    """The URL of the best still picture that a browser can show now: the original, or its preview,
    as for an animation."""
    needs_preview = (
        photo["format"] not in BROWSER_FORMATS
        or photo["away"]
        or photo["damaged"]
        or photo["frames"] > 1
        or photo["width"] * photo["height"] > _MAX_PIXELS
    )
    return preview_url(photo) if needs_preview else original_url(photo["id"])


def picture_source(photo: PhotoRow) -> Literal["original", "screen", "preview"]:
    """Which picture of a photo the viewer shows: `original` if browsers can display the file,
    `screen` for a rendition of it, or `preview` if no file can be read now."""
    if photo["away"]:
        return "preview"
    if (
        photo["format"] in BROWSER_FORMATS
        and not photo["damaged"]
        and photo["width"] * photo["height"] <= _MAX_PIXELS
    ):
        return "original"
    return "screen"


def data_url(jpeg: bytes) -> str:
    """A `data:` URL with a JPEG."""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()


def photo_label(photo: PhotoRow) -> str:
    """The file name with the date, such as `beach.jpg, 2020-07-14`."""
    if not photo["taken_at"]:
        return printable(photo["name"])
    date = known_part(photo["taken_at"], photo["taken_precision"])[:10]
    return f"{printable(photo['name'])}, {date}"


def photo_entry(photo: PhotoRow) -> dict[str, Any]:
    """A photo as JSON data for the viewer. `source` is that of `picture_source`; `version` changes
    with the photo's content, so that renditions can be cached."""
    return {
        "id": photo["id"],
        "name": printable(photo["name"]),
        "label": photo_label(photo),
        "width": photo["width"],
        "height": photo["height"],
        "bytes": photo["bytes"],
        "preview": preview_url(photo),
        "source": picture_source(photo),
        "away": photo["away"],
        "version": photo["hash"][:16],
        "favourite": bool(photo["favourite"]),
    }
