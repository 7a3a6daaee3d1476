"""What the commands share in talking to a person or a script."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable

from explorer.text_format import one_line, size


def emit(text: str) -> None:
    """One line of results. File names go out as the bytes they are on disk; only a terminal is
    shown no control characters."""
    sys.stdout.buffer.write(os.fsencode(one_line(text) if sys.stdout.isatty() else text) + b"\n")
    sys.stdout.buffer.flush()


def emit_json(value: object) -> None:
    """Results for a script; ASCII only, so that any name survives any pipe."""
    emit(json.dumps(value))


def fetching(name: str, done: int, total: int | None) -> str:
    """How far the fetching of an encoder's weights is, in words."""
    if total and done >= total:
        return f"Fetched {name} ({size(total)}), making it ready to run here…"
    part = f" of {size(total)} ({done / total:.0%})" if total else ""
    return f"Fetching {name}: {size(done)}{part}"


class Status:
    """A line on standard error that says how far something is: rewritten in a terminal, repeated
    every few seconds elsewhere."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._terminal, self._last, self._shown = (
            clock,
            sys.stderr.isatty(),
            0.0,
            False,
        )

    def show(self, text: str) -> None:
        now = self._clock()
        if now - self._last < (0.2 if self._terminal else 5.0):
            return
        self._last = now
        sys.stderr.write(f"\r\x1b[2K{text}" if self._terminal else text + "\n")
        sys.stderr.flush()
        self._shown = True

    def clear(self) -> None:
        """Take the line away, so that what follows starts on its own."""
        if self._terminal and self._shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
