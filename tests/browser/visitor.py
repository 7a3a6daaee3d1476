"""A window of the browser, as the tests use it."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response, WebSocket, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.browser import settling
from tests.fixtures.waiting import PATIENCE


class Visitor:
    """A browser window. Everything it asked for and complained of is kept."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self._under_way = set[Request]()
        page.on("request", self._on_request)
        page.on("requestfinished", self._on_request_end)
        page.on("requestfailed", self._on_request_end)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._on_response)

    def _on_request(self, request: Request) -> None:
        self.asked.append(request.url)
        self._under_way.add(request)

    def _on_request_end(self, request: Request) -> None:
        self._under_way.discard(request)

    def _on_console(self, message: ConsoleMessage) -> None:
        # What could not be loaded is told by `_on_response`, with its address.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")

    def open(self, address: str) -> Page:
        """Go to a page of the app, and wait until it is at rest: before that, a click may be
        lost."""
        self.page.goto(address)
        self.settle()
        return self.page

    def reload(self) -> None:
        """Load the page again, and wait until it is at rest."""
        self.page.reload()
        self.settle()

    def settle(self) -> None:
        """Wait until the page is at rest, as `settling` defines it."""
        self.page.get_by_test_id("stApp").wait_for()
        settling.settle(self.page)

    def wait_for_requests(self) -> None:
        """Wait until everything that the page asked for has arrived, so that what is taken away
        next is not missed."""
        self.settle()
        start = quiet_since = time.monotonic()
        # What has arrived may lead the page to ask for more.
        while time.monotonic() < quiet_since + 0.3:
            assert time.monotonic() < start + PATIENCE, [each.url for each in self._under_way]
            self.page.wait_for_timeout(20)
            if self._under_way:
                quiet_since = time.monotonic()

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


def note_runs(page: Page) -> list[BackMsg]:
    """What the page asks its script for, in a list that grows: runs, but not those by which it
    refreshes itself. To be called before the page is opened."""
    asked = list[BackMsg]()

    def note(frame: bytes | str) -> None:
        if isinstance(frame, bytes):
            message = BackMsg.FromString(frame)
            if message.HasField("rerun_script") and not message.rerun_script.is_auto_rerun:
                asked.append(message)

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", note)

    page.on("websocket", listen)
    return asked


def escape(dialog: Locator) -> None:
    """Close one of Streamlit's dialogs with Escape. It is pressed inside: just after the dialog
    opens, the page may still have the focus."""
    dialog.get_by_role("button", name="Close", exact=True).press("Escape")
    expect(dialog).to_have_count(0)
