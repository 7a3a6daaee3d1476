"""Whether the first page has been drawn since the server was started. What other pages will need is
prepared after that: it keeps the interpreter busy for seconds in a large library."""

from __future__ import annotations

import threading

# Seconds that the preparation waits. Somebody may start the app and open no page.
_PATIENCE = 15.0
# Seconds in which the browser asks for the previews of a page that has been drawn.
_PREVIEWS = 1.0

_drawn, _ending = threading.Event(), threading.Event()


def drawn() -> None:
    """A page has been drawn."""
    _drawn.set()


def wait() -> bool:
    """Wait until the first page is there, but not for long; whether the server goes on."""
    if _drawn.wait(_PATIENCE):
        _ending.wait(_PREVIEWS)
    return not _ending.is_set()


def starting() -> None:
    """The server starts: no page has been drawn."""
    _drawn.clear()
    _ending.clear()


def ending() -> None:
    """The server ends: nothing waits any more."""
    _ending.set()
    _drawn.set()
