"""The server around the pages: photos by id, the worker's life, and who may ask at all."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import mimetypes
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from explorer.config import PROJECT, library_dir
from explorer.errors import ExplorerError, UsageError
from explorer.indexing.worker_client import start_worker, stop_worker
from explorer.library.filters import Filters
from explorer.library.paths import printable
from explorer.library.rows import PhotoRow
from explorer.text_format import whole_number
from explorer.ui import ports, resources
from explorer.ui.access_token import Access, access
from explorer.ui.anomalies_page import anomalies_state
from explorer.ui.components import map_data
from explorer.ui.duplicates_page import duplicates_state
from explorer.ui.origin_guard import PHOTOS, Guard
from explorer.ui.original_files import Original, OriginalResponse, open_original
from explorer.ui.single_instance import Instance

log = logging.getLogger("explorer.server")

# Seconds that only go forward, and waiting; the tests have their own.
_now, _sleep = time.monotonic, asyncio.sleep

# Seconds after its start within which an indexer that ends has most likely done nothing.
_SOON = 60.0

# What browsers show by themselves. Anything else is shown by its preview, and can be downloaded as
# it is.
SHOWN = {"JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"}

_HEADERS = {
    # A photo's bytes are no page, whatever they hold, and no other site may show them.
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


def app_options() -> dict[str, Any]:
    """What `st.App` needs beside the script: routes, host check, and the worker's start and end."""
    return {
        "routes": [
            Route(PHOTOS + "{id}/preview", preview),
            Route(PHOTOS + "{id}/original", original),
            Route(PHOTOS + "map", map_points),
        ],
        "middleware": [Middleware(Guard, access=_access)],
        "lifespan": _lifespan,
    }


@functools.lru_cache(maxsize=1)
def _token_of(folder: Path) -> Access:
    return access(folder)


def _access() -> Access:
    """The token of this server's library. Raises LibraryError."""
    return _token_of(library_dir())


async def preview(request: Request) -> Response:
    """A photo's preview, by id. The address holds the content's hash (`?v=`), so it may be kept for
    good."""

    def find() -> Path | None:
        library, row = resources.library(), _row(request.path_params["id"])
        return (
            library.previews.path(row["hash"])
            if row and library.previews.has(row["hash"])
            else None
        )

    path = await run_in_threadpool(find)
    if path is None:
        return PlainTextResponse("There is no such photo.", 404, _HEADERS)
    caching = {
        "Cache-Control": "private, max-age=31536000, immutable"
        if "v" in request.query_params
        else "no-cache"
    }
    return FileResponse(path, media_type="image/jpeg", headers=_HEADERS | caching)


async def original(request: Request) -> Response:
    """A photo's file as it is, by id; with `?download` to be saved.

    Whatever lies where the photo was, only bytes with the hash of that photo are given out: a file
    that has changed since, or a link that was put in its place, is not in the library.
    """
    row, found = await run_in_threadpool(_original, request.path_params["id"])
    if row is None or found is None:
        return PlainTextResponse(
            "The photo is not there at the moment: it was moved or deleted, or its drive is away.",
            404,
            _HEADERS,
        )
    media = mimetypes.types_map.get(f".{row['format'].lower()}", f"image/{row['format'].lower()}")
    as_file = "download" in request.query_params or row["format"] not in SHOWN
    how = "attachment" if as_file else "inline"
    name, quoted = printable(row["name"]), quote(printable(row["name"]), safe="")
    field = f'filename="{name}"' if name == quoted else f"filename*=utf-8''{quoted}"
    headers = _HEADERS | {"Cache-Control": "no-cache", "Content-Disposition": f"{how}; {field}"}
    return OriginalResponse(found, request, digest=row["hash"], media_type=media, headers=headers)


def _row(photo_id: str) -> PhotoRow | None:
    """The photo that an address means; None where it is no photo's id."""
    number = whole_number(photo_id)
    return None if number is None else resources.library().catalog.photo(number)


def _original(photo_id: str) -> tuple[PhotoRow | None, Original | None]:
    """A photo, and whichever of its files still has its bytes, opened."""
    row = _row(photo_id)
    files = resources.library().catalog.files_of(row["id"]) if row else []
    return row, next(
        (found for file in files if row and (found := open_original(file["path"], row["hash"]))),
        None,
    )


async def map_points(request: Request) -> Response:
    """Where the photos lie on the map, and what colours them (`map_data.py`). The address holds the
    catalog's change, so it may be kept."""

    def find() -> bytes | None:
        asked = request.query_params
        colouring = map_data.colouring(asked.get("colour"))
        try:
            filters = Filters(
                asked.get("since") or None, asked.get("until") or None, asked.get("folder") or None
            )
            return anomalies_state.map_points(colouring, filters or None)
        except UsageError:
            return None

    found = await run_in_threadpool(find)
    if found is None:
        return PlainTextResponse("There is no such map.", 404, _HEADERS)
    return Response(
        found,
        media_type="application/octet-stream",
        headers=_HEADERS | {"Cache-Control": "private, max-age=600"},
    )


class _Running:
    """This process's app: its place in the library, and its port on the family of addresses that it
    does not listen on."""

    def __init__(self) -> None:
        self.browser = False
        self._instance: Instance | None = None
        self._other: socket.socket | None = None

    def open(self, folder: Path) -> None:
        """Take the library's place, unless this process has it. Raises LibraryLocked."""
        if self._instance is None:
            instance = Instance(folder)
            instance.acquire()
            self._instance = instance

    def serve(self, port: int) -> None:
        """Say where the app is open, and show it in a browser if that was asked for."""
        if self._instance is None:
            return
        name = "localhost"
        try:
            self._other = ports.hold_other_family(port)
        except OSError:
            # Another program listens there: browsers must not be sent to it by a name that means
            # both.
            name = "127.0.0.1"
        address = self._instance.announce(f"http://{name}:{port}")
        sys.stderr.write(f"Photo Explorer is open at {address} (Ctrl-C ends it).\n")
        if self.browser:
            self._instance.open_browser(address)

    def close(self) -> None:
        """Give everything up."""
        if self._other is not None:
            self._other.close()
        if self._instance is not None:
            self._instance.release()
        self._other, self._instance, self.browser = None, None, False


_running = _Running()


@contextlib.asynccontextmanager
async def _lifespan(_: st.App) -> AsyncIterator[None]:
    folder, sound = library_dir(), True
    try:
        resources.library()
    except ExplorerError as error:
        # The pages say so, too.
        log.error("%s", error)
        sound = False
    try:
        _running.open(folder)
        _running.serve(int(st.get_option("server.port")))
    except ExplorerError as error:
        # `streamlit run` beside an app that is open on this library: it is let into with that one's
        # token.
        log.error("%s", error)
    if not sound:
        yield
        _running.close()
        return
    keeper = asyncio.create_task(_keep_worker(folder))
    warming = asyncio.create_task(run_in_threadpool(_warm))
    try:
        yield
    finally:
        keeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeper
        await warming
        await run_in_threadpool(resources.close)
        _running.close()


def _warm() -> None:
    """What is wanted first, so that nobody waits for it: the model, and the groups of duplicates."""
    resources.warm()
    # Whoever opens the page is told what is wrong.
    with contextlib.suppress(ExplorerError):
        duplicates_state.groups(resources.library())


async def _keep_worker(folder: Path) -> None:
    """Have a worker running; one that dies is started again, ever more slowly."""
    pause, ended = 1.0, 0
    while True:
        began = _now()
        worker = start_worker(
            folder,
            encoder=os.environ.get("EXPLORER_ENCODER"),
            offline=bool(os.environ.get("EXPLORER_OFFLINE")),
        )
        try:
            while worker.poll() is None:
                await _sleep(0.5)
        finally:
            await asyncio.shield(run_in_threadpool(stop_worker, worker))
        ended = ended + 1 if _now() - began < _SOON else 1
        resources.indexer_ended(ended)
        log.warning(
            "The indexer ended unexpectedly (exit code %s); it is started again in %.0f s.",
            worker.returncode,
            pause,
        )
        await _sleep(pause)
        pause = min(60.0, pause * 2)


def open_app(
    folder: Path,
    folders: Sequence[str],
    *,
    encoder: str | None,
    offline: bool,
    port: int | None,
    browser: bool,
) -> int:
    """Serve the app on a library until it is stopped. folders: absolute, added to the library.

    Raises LibraryLocked where the app is open on that library already, and ExplorerError where the
    port is taken.
    """
    os.environ["EXPLORER_LIBRARY"] = str(folder)
    if encoder:
        os.environ["EXPLORER_ENCODER"] = encoder
    if offline:
        os.environ["EXPLORER_OFFLINE"] = "1"
    library = resources.library()
    _running.open(folder)
    try:
        chosen = port or ports.free_port()
        if not ports.is_free(chosen):
            raise ExplorerError(
                f"Port {chosen} is in use: leave --port away to have a free one found."
            )
        for each in folders:
            library.catalog.send("add", each)
        _running.browser = browser
        # Streamlit takes the project, and with it .streamlit/config.toml, from the folder of the
        # script it is started by.
        os.chdir(PROJECT)
        app = st.App(PROJECT / "explorer" / "ui" / "app.py", **app_options())
        # Streamlit would print and open an address without the token.
        app.run(config={"server.port": chosen, "server.headless": True})
    finally:
        _running.close()
    return 0
