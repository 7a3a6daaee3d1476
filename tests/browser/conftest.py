"""A real server on a small library, and a real browser that looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests import pictures
from tests.browser import restoring, settling
from tests.browser.app_server import Server, until_indexed
from tests.browser.contexts import WAIT, Scheme, context_of, forget_contexts
from tests.browser.tidy_app import app_with_copies, tidy
from tests.browser.visitor import Visitor

__all__ = ["app_with_copies", "tidy"]

# Enough that not all photos are in the page at once.
GREY = 92


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
        until_indexed(running, 8 + GREY)
        yield running
    finally:
        running.stop()
    assert "Traceback" not in running.log, running.log


@pytest.fixture(autouse=True)
def _as_found(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test leaves in the app that all share is taken back after it."""
    if "server" not in request.fixturenames:
        yield
        return
    running, watched = request.getfixturevalue("server"), request.getfixturevalue("photos")
    yield
    restoring.restore(running, watched)


@pytest.fixture(scope="package")
def _playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        expect.set_options(timeout=WAIT * 1000)
        settling.settle_before_actions(patch)
        yield playwright


@pytest.fixture(scope="package")
def _browser(_playwright: Playwright, chromium: str) -> Iterator[Browser]:
    # Without a graphics processor, Chromium emulates one, which takes more than to draw directly.
    browser = _playwright.chromium.launch(
        executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
    )
    yield browser
    forget_contexts()
    browser.close()


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
    visitor = Visitor(context_of(_browser, width, scheme).new_page())
    visitors.append(visitor)
    return visitor


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
