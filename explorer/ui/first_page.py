"""Tell whether the first page has been drawn since the server was started. The data of other pages
is prepared only then, because in a large library it keeps the interpreter busy for seconds."""

from __future__ import annotations

import threading

# The longest wait of that preparation in seconds: somebody may start the app and open no page.
_PATIENCE = 15.0
# Seconds to leave the browser for loading the previews of the first page.
_PREVIEWS = 1.0

_drawn, _ending = threading.Event(), threading.Event()


def mark_drawn() -> None:
    """Record that a page has been drawn."""
    _drawn.set()


def wait_until_drawn() -> bool:
    """Wait until the first page has been drawn, or for 15 seconds. Returns False if the
    server is ending."""
    if _drawn.wait(_PATIENCE):
        _ending.wait(_PREVIEWS)
    return not _ending.is_set()


def is_ending() -> bool:
    """Whether the server is ending."""
    return _ending.is_set()


def mark_starting() -> None:
    """Record that the server starts, and that no page has been drawn."""
    _drawn.clear()
    _ending.clear()


def mark_ending() -> None:
    """Record that the server is ending, and end all waits."""
    _ending.set()
    _drawn.set()
