"""A real server on a small library, and a real browser that looks at it."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import psutil
import pytest
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    Response,
    expect,
    sync_playwright,
)

from explorer.config import PROJECT
from explorer.library.worker_store import worker_status
from explorer.ui.access_token import access
from tests import pictures
from tests.fixtures.waiting import PATIENCE
from tests.this_machine import interrupt

# Seconds in which anything must have happened, on however busy a computer.
WAIT = min(PATIENCE, 240.0)
# Enough that not all photos are in the page at once.
GREY = 92


Scheme = Literal["light", "dark"]
# Cookies that every window gets: browsers send a host's cookies to all of its ports.
_tokens: list[SetCookieParam] = []
# Kept from test to test for each width and color scheme, so that Streamlit's scripts are loaded and
# compiled once.
_contexts: dict[tuple[int, Scheme], BrowserContext] = {}


def let_in(library: Path) -> None:
    """Have every window of the tests know the token of that library's app, as if it had been opened
    by its full address."""
    known = access(library)
    _tokens.append({"name": known.cookie, "value": known.token, "domain": "localhost", "path": "/"})
    for context in _contexts.values():
        context.add_cookies(_tokens[-1:])


class Server:
    """The program, running on a library of its own. log: what it said on its standard error."""

    module, options = "tests.browser.serve", ["--offline"]
    """What is run, and options of its own."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder, self.log_file = folder, folder / "server.log"
        self.port = _free_port()
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> None:
    """In place of the one for all tests: the server's and the browser's processes live on from test
    to test, and are watched by those who start them."""


@pytest.fixture(scope="package")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two albums of plain colours and of pictures, one file that is none, and greys enough to
    scroll."""
    folder = tmp_path_factory.mktemp("browser") / "My photos"
    for number, colour in enumerate(["red", "green", "blue", "yellow", "purple"]):
        stamp = pictures.exif(
            taken=f"2021:0{number + 1}:15 12:00:00", camera=("Canon", "EOS 80D"), place=(48.1, 11.6)
        )
        pictures.write(folder / "Colours" / f"{colour}.jpg", pictures.plain(colour), exif=stamp)
    for seed in range(3):
        pictures.write(folder / "Drawn" / f"drawn {seed}.png", pictures.draw(seed, (240, 320)))
    for number in range(GREY):
        shade = 60 + number
        pictures.write(
            folder / "Grey" / f"grey {number:02}.jpg",
            pictures.plain(f"rgb({shade},{shade},{shade})", (80, 60)),
        )
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 this is no picture")
    return folder


@pytest.fixture(scope="package")
def server(photos: Path) -> Iterator[Server]:
    """The app on these photos, with everything indexed."""
    running = Server(photos.parent, str(photos))
    try:
        _until_indexed(running, 8 + GREY)
        yield running
    finally:
        running.stop()
    assert "Traceback" not in running.log, running.log


def _until_indexed(running: Server, wanted: int) -> None:
    from explorer.library.catalog import Catalog

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


@pytest.fixture(scope="package")
def _playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        expect.set_options(timeout=WAIT * 1000)
        yield playwright


@pytest.fixture(scope="package")
def _browser(_playwright: Playwright, chromium: str) -> Iterator[Browser]:
    # Without a graphics processor, Chromium emulates one, which takes more than to draw directly.
    browser = _playwright.chromium.launch(
        executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
    )
    yield browser
    _contexts.clear()
    browser.close()


def _context(browser: Browser, width: int, scheme: Scheme) -> BrowserContext:
    if (width, scheme) not in _contexts:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        context.set_default_timeout(WAIT * 1000)
        context.add_cookies(_tokens)
        _contexts[width, scheme] = context
    return _contexts[width, scheme]


class Visitor:
    """A browser window. Everything it asked for and complained of is kept."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", self._on_request)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._on_response)

    def _on_request(self, request: Request) -> None:
        self.asked.append(request.url)

    def _on_console(self, message: ConsoleMessage) -> None:
        # What could not be loaded is told by `_on_response`, with its address.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")

    def settle(self) -> None:
        """Wait until the page's script has run and the page has been drawn."""
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
        self.page.wait_for_timeout(250)

    def close(self) -> None:
        """Close the window, and forget what its pages have stored in the browser."""
        if self.page.url.startswith("http"):
            self.page.evaluate("localStorage.clear()")
        self.page.close()

    def check(self) -> None:
        strangers = {
            url
            for url in self.asked
            if urlsplit(url).hostname not in ("localhost", "127.0.0.1", None)
        }
        assert not strangers
        assert not self.complaints


@pytest.fixture
def visitors(_browser: Browser) -> Iterator[list[Visitor]]:
    """Every window of a test: none may have asked another machine, or complained."""
    opened = list[Visitor]()
    yield opened
    for visitor in opened:
        visitor.close()
    for visitor in opened:
        visitor.check()


@pytest.fixture
def window(_browser: Browser, visitors: list[Visitor], request: pytest.FixtureRequest) -> Visitor:
    """A window of 1440 × 900, or of the width and colour scheme in the test's parameter."""
    asked: tuple[int, Scheme] = (1440, "light")
    width, scheme = getattr(request, "param", asked)
    visitor = Visitor(_context(_browser, width, scheme).new_page())
    visitors.append(visitor)
    return visitor


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
