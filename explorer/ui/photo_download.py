"""Download the originals of selected photos: one as it is, several as a ZIP file that is made while
it is sent, so memory use depends neither on their number nor on their size."""

from __future__ import annotations

import io
import os
import secrets
import time
import zipfile
from collections.abc import Generator, Sequence
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from explorer.errors import UsageError
from explorer.library.catalog import Catalog
from explorer.library.paths import printable
from explorer.library.rows import PhotoRow
from explorer.removal.file_names import free_names
from explorer.ui import resources
from explorer.ui.actions import PhotoAction
from explorer.ui.localized import count
from explorer.ui.lru_cache import LruCache
from explorer.ui.web_server.origin_guard import PHOTOS
from explorer.ui.web_server.original_files import CHUNK_SIZE, OpenOriginal, open_photo
from explorer.ui.web_server.route_answers import PHOTO_HEADERS, answers

# Session state: the download that the browser is to start, in the form of `pending_download`.
_PENDING = "_download"
# The most selections that are remembered, for downloads that are tried again.
_MAX_SELECTIONS = 8
# The number of photos that are read from the catalog at a time.
_BATCH = 500
# ZIP files have no other dates.
_FIRST_DATE, _LAST_DATE = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)
# The name of the list of photos that could not be read.
_MISSING_NAME = "Photos that are missing here.txt"
_selections = LruCache[Sequence[int]](_MAX_SELECTIONS)


def download_action() -> PhotoAction:
    """The button that downloads the selected photos."""
    return PhotoAction(
        "Download",
        ":material/download:",
        request_download,
        help="Save the original file, or several as a ZIP file",
    )


def request_download(ids: Sequence[int]) -> None:
    """Have the browser download the originals of these photos in the next run of the page. Raises
    UsageError if the files of none of them can be found."""
    rows = resources.library().catalog.photos(ids)
    here = [photo for photo, row in rows.items() if not row["away"]]
    if not here:
        raise UsageError(
            "The photo cannot be found: it was moved or deleted, or its drive is not connected."
            if len(ids) == 1
            else "The photos cannot be found: they were moved or deleted, or their drive is not"
            " connected."
        )
    if len(here) < len(ids):
        st.toast(
            f"{count(len(ids) - len(here))} of {count(len(ids), 'photo')} cannot be found: moved,"
            " deleted, or on a drive that is not connected. The others are being downloaded.",
            icon=":material/usb_off:",
            duration="long",
        )
    ticket = secrets.token_hex(8)
    if len(ids) == 1:
        url = f"{PHOTOS}{here[0]}/original?download=1"
    else:
        # Those that cannot be found are listed in the file.
        _selections.add(ticket, list(ids))
        url = f"{PHOTOS}zip/{ticket}"
    st.session_state[_PENDING] = {"ticket": ticket, "url": url}


def pending_download() -> dict[str, str] | None:
    """The last download that was requested, as JSON data for the browser, which starts each
    `ticket` once."""
    found: dict[str, str] | None = st.session_state.get(_PENDING)
    return found


@answers("This download is no longer known: select the photos again.")
def zip_file(request: Request) -> Response | None:
    """The originals of a selection as a ZIP file."""
    ids = _selections.find(request.path_params["ticket"])
    if ids is None:
        return None
    name = f"{len(ids)} photos.zip"
    return StreamingResponse(
        zip_stream(resources.library().catalog, ids),
        media_type="application/zip",
        headers=PHOTO_HEADERS
        | {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'},
    )


class _Pipe(io.RawIOBase):
    """Collects what is written until it is taken. It has no position, so `zipfile` writes the
    sizes and checksums behind each file."""

    def __init__(self) -> None:
        super().__init__()
        self._parts = list[bytes]()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


def zip_stream(catalog: Catalog, ids: Sequence[int]) -> Generator[bytes]:
    """A ZIP file with the originals of photos, in pieces. Photos are stored as they are, because
    their formats are compressed. Only bytes with the hash of their photo are sent.

    Photos whose files cannot be found are named in a text file at the end. Raises OSError if a file
    changes or disappears while it is being sent: a download that ends early is seen as failed.
    """
    pipe, names, missing = _Pipe(), set[str](), list[str]()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as packed:
        for start in range(0, len(ids), _BATCH):
            some = ids[start : start + _BATCH]
            rows = catalog.photos(some)
            missing += ["A photo that is no longer in the library"] * (len(some) - len(rows))
            for row in rows.values():
                original = open_photo(catalog, row)
                if original is None:
                    missing.append(printable(row["path"]))
                    continue
                try:
                    entry = _entry(row, original, names)
                    with packed.open(entry, "w") as target:
                        for at in range(0, entry.file_size, CHUNK_SIZE):
                            size = min(CHUNK_SIZE, entry.file_size - at)
                            target.write(original.read(at, size))
                            yield pipe.take()
                finally:
                    original.close()
        if missing:
            text = "\n".join(["These photos could not be read:", "", *missing, ""])
            packed.writestr(_MISSING_NAME, text.encode("utf-8", "replace"))
    yield pipe.take()


def _entry(row: PhotoRow, original: OpenOriginal, names: set[str]) -> zipfile.ZipInfo:
    """The header of a photo, under a name that no other has. names: those that are taken, in lower
    case; the new one is added."""
    wanted = printable(os.path.basename(row["path"]))
    name = next(each for each in free_names(wanted) if each.casefold() not in names)
    names.add(name.casefold())
    try:
        modified = time.localtime(original.facts.st_mtime)[:6]
    except (OSError, OverflowError, ValueError):
        modified = _FIRST_DATE
    entry = zipfile.ZipInfo(name, min(max(_FIRST_DATE, modified), _LAST_DATE))
    entry.file_size = original.facts.st_size
    return entry
