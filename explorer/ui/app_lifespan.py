"""What happens when the app starts and when it stops: claim the library, announce the address, run the worker."""

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

from explorer.config import library_dir
from explorer.errors import ExplorerError
from explorer.ui import ports, resources
from explorer.ui.duplicates_page import group_cache
from explorer.ui.single_instance import Instance
from explorer.ui.worker_supervisor import keep_worker

log = logging.getLogger("explorer.server")


class RunningApp:
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


running = RunningApp()


@contextlib.asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    folder, sound = library_dir(), True
    try:
        resources.library()
    except ExplorerError as error:
        # The pages say so, too.
        log.error("%s", error)
        sound = False
    try:
        running.open(folder)
        running.serve(int(st.get_option("server.port")))
    except ExplorerError as error:
        # `streamlit run` beside an app that is open on this library: it is let into with that one's
        # token.
        log.error("%s", error)
    if not sound:
        yield
        running.close()
        return
    keeper = asyncio.create_task(keep_worker(folder))
    warming = asyncio.create_task(run_in_threadpool(_warm_up))
    try:
        yield
    finally:
        keeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeper
        await warming
        await run_in_threadpool(resources.close)
        running.close()


def _warm_up() -> None:
    """What is wanted first, so that nobody waits for it: the model, and the groups of duplicates."""
    resources.warm()
    # Whoever opens the page is told what is wrong.
    with contextlib.suppress(ExplorerError):
        group_cache.groups(resources.library())
