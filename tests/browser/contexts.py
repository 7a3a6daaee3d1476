"""The browser's contexts, which all know the tokens of all apps."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, BrowserContext, Error, Page

from explorer.ui.web_server.access_token import access
from tests.browser import settling
from tests.fixtures.waiting import PATIENCE

# Seconds in which anything must have happened, on however busy a computer.
WAIT = min(PATIENCE, 240.0)
Scheme = Literal["light", "dark"]
# Cookies that every window gets: browsers send a host's cookies to all of its ports.
_tokens: list[SetCookieParam] = []
# Kept from test to test, so that Streamlit's scripts are loaded once: the context of all windows.
_context: list[BrowserContext] = []
# And a window that one test leaves to the next. To open the app in it takes half the processor
# time: its process has compiled Streamlit's scripts, and a new window gets a new process.
_spare: list[Page] = []


def let_in(library: Path) -> None:
    """Have every window of the tests know the token of that library's app, as if it had been opened
    by its full address."""
    known = access(library)
    _tokens.append({"name": known.cookie, "value": known.token, "domain": "localhost", "path": "/"})
    for context in _context:
        context.add_cookies(_tokens[-1:])


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """A context whose windows are let into the apps of the tests, have time, and show things
    without fading them in or out."""
    context = browser.new_context(reduced_motion="reduce", **options)
    context.set_default_timeout(WAIT * 1000)
    context.add_cookies(_tokens)
    context.add_init_script(settling.NOTE_ANSWERS)
    return context


def page_of(browser: Browser, width: int, scheme: Scheme) -> Page:
    """A window of this width in pixels and this color scheme, as new."""
    if not _context:
        _context.append(new_context(browser))
    page = _spare.pop() if _spare else _context[0].new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(media="null", color_scheme=scheme, reduced_motion="reduce")
    return page


def put_back(page: Page) -> None:
    """Give a window to the next test, without anything that this one loaded, stored or pointed at.
    Listeners stay: they are the caller's."""
    page.unroute_all(behavior="ignoreErrors")
    try:
        # A page from another address would get a process of its own.
        page.goto(page.evaluate("location.origin") + "/_stcore/health")
    except Error:
        # The app has ended, and so will its process.
        page.close()
        return
    # Not before: the app may store something for as long as it is shown.
    page.evaluate("localStorage.clear(), sessionStorage.clear()")
    page.mouse.move(0, 0)
    _spare.append(page)


def forget_contexts() -> None:
    """To be called when their browser is closed."""
    _context.clear()
    _spare.clear()
