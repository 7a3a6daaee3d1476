"""Render photos for the screen that browsers cannot display, such as HEIC and TIFF. They are
rendered when they are first viewed, and kept in the library's folder."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

from explorer.errors import DamagedPhoto, DecodingFailed, PhotoError, UnsupportedPhoto
from explorer.library.rows import PhotoRow
from explorer.ui import resources

SIDES = {"1600": 1600, "2560": 2560, "3840": 3840, "full": None}
"""The sizes that are rendered, by name: pixels of the longer side. There are few, so that a photo
is rendered once for windows of similar size. `full`: full size, within the limit of
`render_screen`."""

UNREADABLE = (
    "The file cannot be read: it was moved, changed or deleted, or its drive is not connected."
)
# After these errors, a photo is tried again only after RETRY_AFTER seconds, and not whenever the
# viewer steps past it. A decoder may have failed for lack of memory, or another copy of the file
# may have become available.
_COSTLY = (DamagedPhoto, DecodingFailed, UnsupportedPhoto)
RETRY_AFTER = 60.0
_MAX_FAILURES = 256

_lock = threading.Lock()


class _Failure(NamedTuple):
    """Why a photo could not be rendered."""

    reason: str
    until: float
    """The time on the monotonic clock at which it may be tried again."""


_failures: OrderedDict[tuple[str, str], _Failure] = OrderedDict()


def screen_image(photo: PhotoRow, size: str) -> Path | bytes:
    """A photo rendered at one of SIDES, as a JPEG: the path of the file, or its bytes if it could
    not be stored. May take seconds. Raises PhotoError with a sentence for the user."""
    cache, digest = resources.library().screens, photo["hash"]
    known = cache.find(digest, size)
    if known is not None:
        return known
    with _lock:
        failure = _failures.get((digest, size))
    if failure is not None and time.monotonic() < failure.until:
        raise PhotoError(failure.reason)
    jpeg = _rendered(photo, size)
    try:
        cache.add(digest, size, jpeg)
    except OSError:
        # Photos can be viewed even if the disk is full.
        return jpeg
    if resources.library().catalog.photo(photo["id"]) is None:
        # The photo was purged while it was rendered, and its other pictures are already deleted.
        cache.remove(digest)
        return jpeg
    return cache.path(digest, size)


def _rendered(photo: PhotoRow, size: str) -> bytes:
    """A photo rendered as a JPEG, from the first of its files that still has its content. Raises
    PhotoError."""
    failure: PhotoError | None = None
    for file in resources.library().catalog.files_of(photo["id"]):
        if file["state"] != "present" or file["away"]:
            continue
        try:
            digest, found = resources.screen_renderer().render(file["path"], SIDES[size])
        except PhotoError as error:
            failure = error
            continue
        if digest.hex() == photo["hash"]:
            return found.jpeg
    if failure is None:
        raise PhotoError(UNREADABLE)
    reason = f"This photo cannot be shown in full: {failure}."
    if isinstance(failure, _COSTLY):
        with _lock:
            _failures.pop((photo["hash"], size), None)
            _failures[photo["hash"], size] = _Failure(reason, time.monotonic() + RETRY_AFTER)
            while len(_failures) > _MAX_FAILURES:
                _failures.popitem(last=False)
    raise PhotoError(reason) from failure
