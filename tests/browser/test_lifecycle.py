"""How the program ends, well or badly, and begins again: real processes, with a page open."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image
from playwright.sync_api import expect

from explorer.config import PROJECT
from explorer.indexing.verification.verify import verify
from explorer.library.library import Library
from explorer.library.stores.command_store import send_command
from explorer.library.stores.worker_store import worker_status
from explorer.ui.web_server.access_token import access
from tests import pictures
from tests.browser.app_server import Server, free_port, suspended, until_indexed
from tests.browser.contexts import WAIT
from tests.browser.visitor import Visitor
from tests.fixtures.waiting import wait
from tests.ui.serving import environment_of

MANY, SOME, MORE = 400, 20, 40


def gone(family: list[psutil.Process]) -> None:
    """See that all of these processes end by themselves."""
    _, alive = psutil.wait_procs(family, timeout=WAIT)
    for process in alive:
        process.kill()
    assert not alive


def draw(folder: Path, number: int, first: int = 0) -> None:
    """Small photos no two of which are alike. first: the number of the first one, by which they
    differ from others."""
    for seed in range(first, first + number):
        cells = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
        pictures.write(
            folder / f"{seed}.png",
            Image.fromarray(cells).resize((64, 48), Image.Resampling.BICUBIC),
        )


def until(library: Library, photos: int) -> None:
    wait(
        lambda: library.catalog.counts().photos >= photos,
        f"{photos} photos",
        lambda: (library.catalog.counts(), worker_status(library.catalog)),
    )


def _indexes(library: Library) -> bool:
    worker = worker_status(library.catalog)
    return worker is not None and worker["phase"] == "indexing"


def _a_killed_indexer_is_started_again(server: Server, library: Library) -> None:
    """It is killed while it indexes, its decoders end, and another one goes on."""
    draw(server.folder / "more", MORE, first=MANY)
    worker = worker_status(library.catalog)
    assert worker is not None
    (server.folder / "more").rename(server.folder / "photos" / "more")
    until(library, MANY + 11)
    family = psutil.Process(worker["pid"]).children(recursive=True)
    os.kill(worker["pid"], signal.SIGKILL)
    gone(family)
    until_indexed(server, MANY + 1 + MORE)
    now = worker_status(library.catalog)
    assert now is not None and now["pid"] != worker["pid"]


def test_killing_the_server_ends_its_indexer_and_decoders(window: Visitor, tmp_path: Path) -> None:
    draw(tmp_path / "photos" / "some", SOME)
    draw(tmp_path / "aside", MANY - SOME, first=SOME)
    pictures.write(tmp_path / "photos" / "first.jpg", pictures.draw(1))
    server, library = Server(tmp_path, str(tmp_path / "photos")), Library.open(tmp_path / "library")
    try:
        until_indexed(server, SOME + 1)
        window.open(server.address)
        window.page.locator("button.photo").first.wait_for()
        worker = worker_status(library.catalog)
        family = psutil.Process(server.process.pid).children(recursive=True)
        assert (
            worker is not None
            and worker["pid"] in {process.pid for process in family}
            and len(family) > 1
        )
        # So that it has not come to its end before it is killed.
        with suspended(psutil.Process(worker["pid"]).children(recursive=True)):
            (tmp_path / "aside").rename(tmp_path / "photos" / "many")
            wait(lambda: _indexes(library), "the new photos to be read")
            server.process.kill()
            server.process.wait()
        gone(family)
        with library.lock():
            assert verify(library).problems == []
        before = library.catalog.counts().photos
        assert before < MANY
        window.page.goto("about:blank")
        again = Server(tmp_path, str(tmp_path / "photos"))
        try:
            until_indexed(again, MANY + 1)
            window.open(again.address)
            expect(window.page.get_by_text(f"{MANY + 1} photos, newest first")).to_be_visible()
            window.page.goto("about:blank")
            _a_killed_indexer_is_started_again(again, library)
        finally:
            again.stop()
        assert verify(library, thorough=True).problems == []
        assert [number for *_, number in library.catalog.encoders()] == [MANY + 1 + MORE]
    finally:
        server.process.kill()
        server.process.wait()
        library.close()
        # What the page complained of while nobody was there.
        window.complaints.clear()


@pytest.fixture
def plain_streamlit(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str, Path]]:
    """`streamlit run run.py` from another folder, on a library that the environment names."""
    port, log = free_port(), tmp_path / "said"
    environment = environment_of(tmp_path) | {
        "EXPLORER_LIBRARY": str(tmp_path / "library"),
        "EXPLORER_ENCODER": "tiny",
        "EXPLORER_OFFLINE": "1",
    }
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(PROJECT / "run.py"),
        "--server.port",
        str(port),
    ]
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=said, stderr=said, start_new_session=True
        )
    yield process, f"http://localhost:{port}", log
    if process.poll() is None:
        process.kill()
        process.wait()


def test_streamlit_itself_serves_the_same_app(
    window: Visitor, plain_streamlit: tuple[subprocess.Popen[bytes], str, Path], tmp_path: Path
) -> None:
    process, address, log = plain_streamlit
    draw(tmp_path / "photos", 12)
    library = Library.open(tmp_path / "library")
    send_command(library.catalog, "add", str(tmp_path / "photos"))
    end = time.monotonic() + WAIT
    until(library, 12)
    page = window.page
    # What it prints is all that the user is told.
    printed = re.search(r"Photo Explorer is open at (\S+)", log.read_text(errors="replace"))
    assert printed is not None and printed[1] == access(library.dir).address(address)
    page.goto(address)
    expect(page.get_by_role("heading", name="This address is incomplete")).to_be_visible()
    window.open(printed[1])
    expect(page.get_by_text("12 photos, newest first")).to_be_visible()
    assert page.url == address + "/"
    window.complaints.clear()
    page.locator("button.photo img.here").first.wait_for()
    page.get_by_role("link", name="Library").click()
    expect(page.get_by_text("12 photo files")).to_be_visible()
    # It listens on this computer only, wherever it was started.
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    listening = {
        place.laddr.ip
        for one in family
        for place in one.net_connections()
        if place.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}
    assert len(family) > 1 and time.monotonic() < end + WAIT
    page.goto("about:blank")
    # Ctrl-C in a terminal reaches every process of the group.
    os.killpg(process.pid, signal.SIGINT)
    process.wait(WAIT)
    gone(family)
    with library.lock():
        pass
    library.close()
    said = log.read_text(errors="replace")
    assert "Traceback" not in said, said
    shutil.rmtree(tmp_path / "photos")
