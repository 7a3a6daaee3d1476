"""Label the place where a photo was taken."""

from __future__ import annotations

from explorer.library.rows import PhotoRow
from explorer.library.stores.location_store import locations_of
from explorer.ui import resources
from explorer.ui.photo_labels import place


def place_of(photo: PhotoRow) -> str:
    """The place and the coordinates, such as `Belém, Lisbon, Portugal · 38.6916° N, 9.2160° W`;
    only the coordinates if no place is near or none is known yet; '' for a photo without
    coordinates."""
    coordinates = place(photo)
    if not coordinates:
        return ""
    found = locations_of(resources.library().catalog, [photo["id"]]).get(photo["id"])
    return f"{found.label} · {coordinates}" if found else coordinates
