"""The browser's contexts, which all know the tokens of all apps."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, BrowserContext

from explorer.ui.web_server.access_token import access
from tests.browser import settling
from tests.fixtures.waiting import PATIENCE

# Seconds in which anything must have happened, on however busy a computer.
WAIT = min(PATIENCE, 240.0)
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


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """A context whose windows are let into the apps of the tests, have time, and show things
    without fading them in or out."""
    context = browser.new_context(reduced_motion="reduce", **options)
    context.set_default_timeout(WAIT * 1000)
    context.add_cookies(_tokens)
    context.add_init_script(settling.NOTE_ANSWERS)
    return context


def context_of(browser: Browser, width: int, scheme: Scheme) -> BrowserContext:
    """The context for windows of this width in pixels and this color scheme."""
    if (width, scheme) not in _contexts:
        _contexts[width, scheme] = new_context(
            browser, viewport={"width": width, "height": 900}, color_scheme=scheme
        )
    return _contexts[width, scheme]


def forget_contexts() -> None:
    """To be called when their browser is closed."""
    _contexts.clear()
