"""Start and stop the app: claim the library, print the address, run the worker."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool

from explorer.anomalies.finding_kinds import KINDS
from explorer.config import library_dir
from explorer.errors import ExplorerError
from explorer.ui import first_page, resources
from explorer.ui.anomalies_page import anomalies_state
from explorer.ui.duplicates_page import group_cache
from explorer.ui.idle_models import keep_releasing
from explorer.ui.library_facets import folder_tree
from explorer.ui.model_warmup import keep_warm
from explorer.ui.web_server import ports
from explorer.ui.web_server.single_instance import AppInstance
from explorer.ui.web_server.worker_supervisor import keep_worker

log = logging.getLogger("explorer.server")

# In larger libraries, the memory that findings take is used only once somebody looks at them.
_MAX_JUDGED = 200_000


class RunningApp:
    """The app that this process runs: its claim on the library, and its port, which it also holds
    on IPv6."""

    def __init__(self) -> None:
        self.browser = False
        self._instance: AppInstance | None = None
        self._other: socket.socket | None = None

    def open(self, folder: Path) -> None:
        """Claim the library, unless this process already has it. Raises LibraryLocked."""
        if self._instance is None:
            instance = AppInstance(folder)
            instance.acquire()
            self._instance = instance

    def serve(self, port: int) -> None:
        """Print the address of the app, and open it in a browser if wanted."""
        if self._instance is None:
            return
        name = "localhost"
        try:
            self._other = ports.hold_other_family(port)
        except OSError:
            # Another program listens on ::1. `localhost` could lead browsers to it.
            name = "127.0.0.1"
        address = self._instance.announce(f"http://{name}:{port}")
        sys.stderr.write(f"Photo Explorer is open at {address} (press Ctrl-C to quit).\n")
        if self.browser:
            self._instance.open_browser(address)

    def close(self) -> None:
        """Release the library and the port."""
        if self._other is not None:
            self._other.close()
        if self._instance is not None:
            self._instance.release()
        self._other, self._instance, self.browser = None, None, False


running = RunningApp()


@contextlib.asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    folder, readable = library_dir(), True
    try:
        resources.library()
    except ExplorerError as error:
        # The pages show it as well.
        log.error("%s", error)
        readable = False
    try:
        running.open(folder)
        running.serve(int(st.get_option("server.port")))
    except ExplorerError as error:
        # `streamlit run` was started while an app is open on this library. Both keep serving, as
        # they accept the same token.
        log.error("%s", error)
    if not readable:
        yield
        running.close()
        return
    first_page.mark_starting()
    keeper = asyncio.create_task(keep_worker(folder))
    warming = asyncio.create_task(run_in_threadpool(_warm_up))
    upcoming = asyncio.create_task(keep_warm())
    releasing = asyncio.create_task(keep_releasing())
    try:
        yield
    finally:
        first_page.mark_ending()
        try:
            for task in (keeper, upcoming, releasing):
                task.cancel()
            await _wait_for_end(keeper, upcoming, releasing, warming)
            await run_in_threadpool(resources.close)
        finally:
            running.close()


async def _wait_for_end(*tasks: asyncio.Task[None]) -> None:
    """Wait until tasks have ended. The failure of one must not keep the app from ending."""
    for problem in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(problem, Exception):
            log.error("%s", problem, exc_info=problem)


def _warm_up() -> None:
    """Load what the pages need: first the search model and, once a page has been drawn, what the
    others show, the quickest first: folders, groups of duplicates, anomalies."""
    resources.warm()
    if not first_page.wait_until_drawn():
        return
    # The page that needs them reports the error.
    with contextlib.suppress(ExplorerError):
        folder_tree()
        if not first_page.is_ending():
            group_cache.all_groups(resources.library())
        _find_anomalies()


def _find_anomalies() -> None:
    """Find the anomalies of all photos, one kind after another, so that the app can end between
    two."""
    if resources.library().catalog.counts().photos > _MAX_JUDGED:
        return
    for kind in KINDS:
        if first_page.is_ending():
            return
        anomalies_state.anomalies().findings([kind])
