"""The program as a server of its own."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Collection, Iterator
from pathlib import Path

import psutil
import pytest

from explorer.config import PROJECT
from explorer.library.catalog import Catalog
from explorer.library.stores.worker_store import worker_status
from explorer.ui.web_server.access_token import access
from tests.browser.contexts import WAIT, let_in
from tests.fixtures.waiting import wait
from tests.this_machine import interrupt


class Server:
    """The program, running on a library of its own. log: what it said on its standard error."""

    module, options = "tests.browser.serve", ["--offline"]
    """What is run, and options of its own."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder, self.log_file = folder, folder / "server.log"
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        self.library = folder / "library"
        options = [
            "--no-browser",
            "--port",
            str(self.port),
            "--library",
            str(self.library),
            *self.options,
        ]
        self.command = [sys.executable, "-m", self.module, "open", *words, *options]
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(self.command, cwd=PROJECT, stdout=log, stderr=log)
        end = time.monotonic() + WAIT
        while not self._healthy():
            assert self.process.poll() is None, self.log
            assert time.monotonic() < end, self.log
            time.sleep(0.1)
        let_in(self.library)

    def _healthy(self) -> bool:
        if not (self.library / "token").exists():
            return False
        address = f"{self.address}/_stcore/health?token={access(self.library).token}"
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=1) as answer:
            return bool(answer.status == 200)
        return False

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def stop(self) -> None:
        """End it as Ctrl-C does, and see that nothing of it is left."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        interrupt(self.process)
        try:
            self.process.wait(WAIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            pytest.fail(f"the server did not end\n{self.log}")
        _, alive = psutil.wait_procs(family, timeout=5)
        for process in alive:
            process.kill()
        assert not alive, f"left behind by the server: {alive}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_indexed(running: Server, wanted: int) -> None:
    catalog, end = Catalog(running.library / "catalog.db"), time.monotonic() + WAIT
    try:
        while (
            (worker := worker_status(catalog)) is None
            or worker["phase"] != "watching"
            or catalog.counts().photos < wanted
        ):
            assert time.monotonic() < end, (catalog.counts(), worker, running.log)
            time.sleep(0.2)
    finally:
        catalog.close()


def ids_of(catalog: Catalog, names: Collection[str]) -> list[int]:
    """The photos of these names that are listed."""
    rows = catalog.photos(catalog.matching())
    return [photo for photo, row in rows.items() if row["name"] in names]


def until_gone(running: Server, names: Collection[str]) -> None:
    """Wait until photos whose files have been deleted are no longer listed."""
    with contextlib.closing(Catalog(running.library / "catalog.db")) as catalog:
        wait(lambda: not ids_of(catalog, names), f"{names} are no longer listed")


@contextlib.contextmanager
def suspended(processes: list[psutil.Process]) -> Iterator[None]:
    """These processes stand still."""
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()
