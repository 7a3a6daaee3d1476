"""Read the faces that other programs have marked in a photo from its file when it is viewed."""

from __future__ import annotations

import threading
from collections import OrderedDict

from explorer.errors import PhotoError
from explorer.library.rows import PhotoRow
from explorer.photos.metadata.face_regions import FaceRegion
from explorer.ui import resources

# The most photos whose faces are remembered, by content.
_MAX_KEPT = 2000
_lock = threading.Lock()
_known: OrderedDict[str, list[FaceRegion]] = OrderedDict()


def marked_faces(photo: PhotoRow) -> list[FaceRegion]:
    """The faces of a photo, left to right; none if its file cannot be read now."""
    with _lock:
        if photo["hash"] in _known:
            return _known[photo["hash"]]
    for file in resources.library().catalog.files_of(photo["id"]):
        if file["state"] != "present" or file["away"]:
            continue
        try:
            digest, found = resources.screen_renderer().faces(file["path"])
        except PhotoError:
            continue
        if digest.hex() == photo["hash"]:
            with _lock:
                _known[photo["hash"]] = found
                while len(_known) > _MAX_KEPT:
                    _known.popitem(last=False)
            return found
    return []
