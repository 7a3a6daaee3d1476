"""The server around the pages: photos by id, the worker's life, and who may ask at all."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import mimetypes
import os
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import streamlit as st
from filelock import FileLock, Timeout
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from explorer.config import PROJECT
from explorer.errors import ExplorerError, LibraryLocked, PhotoError, UsageError
from explorer.indexing.control import start_worker, stop_worker
from explorer.library.filters import Filters
from explorer.library.paths import printable
from explorer.library.rows import PhotoRow
from explorer.photos.decode import content_hash, read_file
from explorer.ui import duplicates, map_data, oddities, resources
from explorer.ui.guard import PHOTOS, Guard

log = logging.getLogger("explorer.server")

FIRST_PORT = 8501

# What browsers show by themselves. Anything else is shown by its preview, and can be downloaded as it is.
SHOWN = {"JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"}

_HEADERS = {
    # A photo's bytes are no page, whatever they hold, and no other site may show them.
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


def app_options() -> dict[str, Any]:
    """What `st.App` needs beside the script: routes, host check, and the worker's start and end."""
    return {
        "routes": [
            Route(PHOTOS + "{id:int}/preview", preview),
            Route(PHOTOS + "{id:int}/original", original),
            Route(PHOTOS + "map", map_points),
        ],
        "middleware": [Middleware(Guard)],
        "lifespan": _lifespan,
    }


async def preview(request: Request) -> Response:
    """A photo's preview, by id. The address holds the content's hash (`?v=`), so it may be kept for good."""

    def find() -> Path | None:
        library, row = resources.library(), _row(request.path_params["id"])
        return library.previews.path(row["hash"]) if row and library.previews.has(row["hash"]) else None

    path = await run_in_threadpool(find)
    if path is None:
        return PlainTextResponse("There is no such photo.", 404, _HEADERS)
    caching = {"Cache-Control": "private, max-age=31536000, immutable" if "v" in request.query_params else "no-cache"}
    return FileResponse(path, media_type="image/jpeg", headers=_HEADERS | caching)


async def original(request: Request) -> Response:
    """A photo's file as it is, by id; with `?download` to be saved.

    Whatever lies where the photo was, only bytes with the hash of that photo are given out: a file that has changed since, or a link
    that was put in its place, is not in the library.
    """
    row = await run_in_threadpool(_row, request.path_params["id"])
    data = await run_in_threadpool(_bytes, row["id"], row["hash"]) if row else None
    if row is None or data is None:
        return PlainTextResponse("The photo is not there at the moment: it was moved or deleted, or its drive is away.", 404, _HEADERS)
    media = mimetypes.types_map.get(f".{row['format'].lower()}", f"image/{row['format'].lower()}")
    as_file = "download" in request.query_params or row["format"] not in SHOWN
    how = "attachment" if as_file else "inline"
    name, quoted = printable(row["name"]), quote(printable(row["name"]), safe="")
    field = f'filename="{name}"' if name == quoted else f"filename*=utf-8''{quoted}"
    return Response(data, media_type=media, headers=_HEADERS | {"Cache-Control": "no-cache", "Content-Disposition": f"{how}; {field}"})


def _row(photo_id: int) -> PhotoRow | None:
    # SQLite knows no larger numbers.
    return resources.library().catalog.photo(photo_id) if photo_id < 1 << 63 else None


def _bytes(photo_id: int, digest: str) -> bytes | None:
    """The bytes of a photo, from whichever of its files still has them."""
    for file in resources.library().catalog.files_of(photo_id):
        with contextlib.suppress(PhotoError):
            data = read_file(file["path"])
            if content_hash(data).hex() == digest:
                return data
    return None


async def map_points(request: Request) -> Response:
    """Where the photos lie on the map, and what colours them (`map_data.py`). The address holds the catalog's change, so it may be kept."""

    def find() -> bytes | None:
        asked = request.query_params
        colouring = map_data.colouring(asked.get("colour"))
        try:
            filters = Filters(asked.get("since") or None, asked.get("until") or None, asked.get("folder") or None)
            return oddities.map_points(colouring, filters or None)
        except UsageError:
            return None

    found = await run_in_threadpool(find)
    if found is None:
        return PlainTextResponse("There is no such map.", 404, _HEADERS)
    return Response(found, media_type="application/octet-stream", headers=_HEADERS | {"Cache-Control": "private, max-age=600"})


@contextlib.asynccontextmanager
async def _lifespan(_: st.App) -> AsyncIterator[None]:
    try:
        folder = resources.library().dir
    except ExplorerError as error:
        # The pages say so, too.
        log.error("%s", error)
        yield
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


def _warm() -> None:
    """What is wanted first, so that nobody waits for it: the model, and the groups of duplicates."""
    resources.warm()
    # Whoever opens the page is told what is wrong.
    with contextlib.suppress(ExplorerError):
        duplicates.groups(resources.library())


async def _keep_worker(folder: Path) -> None:
    """Have a worker running; one that dies is started again, ever more slowly."""
    pause = 1.0
    while True:
        worker = start_worker(folder, encoder=os.environ.get("EXPLORER_ENCODER"), offline=bool(os.environ.get("EXPLORER_OFFLINE")))
        try:
            while worker.poll() is None:
                await asyncio.sleep(0.5)
        finally:
            await asyncio.shield(run_in_threadpool(stop_worker, worker))
        log.warning("The indexer ended unexpectedly (exit code %s); it is started again in %.0f s.", worker.returncode, pause)
        await asyncio.sleep(pause)
        pause = min(60.0, pause * 2)


def open_app(folder: Path, folders: Sequence[str], *, encoder: str | None, offline: bool, port: int | None, browser: bool) -> int:
    """Serve the app on a library until it is stopped. folders: absolute, added to the library.

    Raises LibraryLocked where the app is open on that library already, and ExplorerError where the port is taken.
    """
    os.environ["EXPLORER_LIBRARY"] = str(folder)
    if encoder:
        os.environ["EXPLORER_ENCODER"] = encoder
    if offline:
        os.environ["EXPLORER_OFFLINE"] = "1"
    library = resources.library()
    chosen = port or _free_port()
    if not _is_free(chosen):
        raise ExplorerError(f"Port {chosen} is in use: leave --port away to have a free one found.")
    lock, note = FileLock(folder / "app.lock", timeout=0), folder / "app.address"
    address = f"http://localhost:{chosen}"
    try:
        lock.acquire()
    except Timeout:
        where = note.read_text() if note.exists() else "another window"
        raise LibraryLocked(f"This library is open already at {where}: use that one, or end it first.") from None
    try:
        note.write_text(address)
        for each in folders:
            library.catalog.send("add", each)
        sys.stderr.write(f"Photo Explorer is open at {address} (Ctrl-C ends it).\n")
        # Streamlit takes the project, and with it .streamlit/config.toml, from the folder of the script it is started by.
        os.chdir(PROJECT)
        app = st.App(PROJECT / "explorer" / "ui" / "app.py", **app_options())
        app.run(config={"server.port": chosen, "server.headless": not browser})
    finally:
        note.unlink(missing_ok=True)
        lock.release()
    return 0


def _free_port() -> int:
    for port in range(FIRST_PORT, FIRST_PORT + 100):
        if _is_free(port):
            return port
    raise ExplorerError(f"No free port was found from {FIRST_PORT} on: say which to use with --port.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        if os.name != "nt":
            # As the server itself does: a port that was closed a moment ago is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
