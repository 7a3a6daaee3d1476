"""The whole program, as the user starts it, with the tiny encoder and a note of every connection
that any of its processes makes."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil

from explorer.config import PROJECT
from explorer.library.library import Library
from explorer.library.stores.worker_store import worker_status
from explorer.ui.web_server.access_token import Access, access
from tests.fixtures.waiting import PATIENCE
from tests.this_machine import interrupt

LOOPBACK = re.compile(
    r"^socket\.(connect|sendto|sendmsg|getaddrinfo|gethostbyname) \((\(?'(127\.0\.0\.1|localhost"
    r"|::1)'|'/)"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """An app that runs. address: without a path. library: opened for looking."""

    def __init__(self, place: Path, port: int) -> None:
        self.port, self.address = port, f"http://localhost:{port}"
        self.folder, self.log = place / "library", place / "connections"

    @property
    def access(self) -> Access:
        return access(self.folder)

    @property
    def cookie(self) -> str:
        """What a browser that was let in sends."""
        return f"{self.access.cookie}={self.access.token}"

    def get(self, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers of the answer to somebody who was let in, or to one with another
        `Cookie`."""
        headers.setdefault("Cookie", self.cookie)
        request = urllib.request.Request(
            self.address + path, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return (
                    answer.status,
                    answer.read(),
                    {k.lower(): v for k, v in answer.headers.items()},
                )
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(), {k.lower(): v for k, v in error.headers.items()}

    def foreign(self) -> list[str]:
        """Connections that any process of it made, but for those to this computer."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        return [line for line in lines if not LOOPBACK.match(line)]


@contextlib.contextmanager
def served(place: Path, photos: Path, *, port: int | None = None) -> Iterator[Served]:
    """Start the app on a folder and wait until all in it is indexed; it ends with the block."""
    app = Served(place, port or free_port())
    environment = environment_of(place)
    command = [
        sys.executable, "-c",
        "import sys; from explorer.cli.app import main; sys.exit(main(sys.argv[1:]))", "open",
        str(photos),
        "--library", str(app.folder), "--encoder", "tiny", "--offline", "--no-browser", "--port",
        str(app.port),
    ]  # fmt: skip
    with (place / "stderr").open("wb") as errors:
        process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=errors
        )
    try:
        _wait(app, process, place, photos)
        yield app
    finally:
        family = psutil.Process(process.pid).children(recursive=True)
        interrupt(process)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _, alive = psutil.wait_procs(family, timeout=20)
        for left in alive:
            left.kill()
        assert not alive, f"left behind by the app: {alive}"


def environment_of(place: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(PROJECT / "tests" / "site"), str(PROJECT)]),
        "EXPLORER_CONNECTIONS": str(place / "connections"),
        "OMP_NUM_THREADS": "1",
    }


def _wait(app: Served, process: subprocess.Popen[bytes], place: Path, photos: Path) -> None:
    # Files that were written a moment ago are left until they rest: that the worker watches does
    # not say that it has read them all.
    expected = sum(path.is_file() for path in photos.rglob("*"))
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, (place / "stderr").read_text()
        with contextlib.suppress(OSError):
            if (
                (app.folder / "token").exists()
                and app.get("/_stcore/health")[0] == 200
                and (app.folder / "catalog.db").exists()
            ):
                library = Library.open(app.folder)
                worker = worker_status(library.catalog)
                with library.catalog.reading() as db:
                    (known,) = db.execute("select count(*) from file").fetchone()
                library.close()
                if worker and worker["phase"] == "watching" and known >= expected:
                    return
        time.sleep(0.2)
    raise AssertionError("it did not start: " + (place / "stderr").read_text())
