"""Giving way to the person: other programs come first, and on request the machine stays cool and
quiet."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable
from typing import Literal, get_args

import psutil

from explorer.library.catalog import Catalog
from explorer.library.setting_store import get_setting

Pace = Literal["full", "gentle"]
PACES: tuple[Pace, ...] = get_args(Pace)
SETTING = "pace"

# At a gentle pace, seconds of rest for each second of work; and no rest is longer than so many
# seconds.
REST, LONGEST = 2.0, 10.0
# Seconds for which an answer to "how fast?" is believed.
_ASKED = 1.0


def lower_priority() -> None:
    """Have the system put this process, and those it starts, behind all others on the processor and
    the disk."""
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(10)
    with contextlib.suppress(psutil.Error, OSError, AttributeError):
        if sys.platform == "win32":
            psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        elif sys.platform == "linux":
            # The last of the usual class. The idle class would wait for as long as anybody reads
            # anything.
            psutil.Process().ionice(psutil.IOPRIO_CLASS_BE, 7)


def current_pace(catalog: Catalog) -> Pace:
    """How fast the person wants it."""
    return "gentle" if get_setting(catalog, SETTING) == "gentle" else "full"


class Throttle:
    """Rests between pieces of work, as the setting says at that moment."""

    def __init__(
        self,
        catalog: Catalog,
        wait: Callable[[float], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """wait: sleep for so many seconds; may raise to end the run."""
        self._catalog, self._wait, self._clock = catalog, wait, clock
        self._pace: Pace = "full"
        self._asked = -_ASKED
        self._since = clock()

    def begin(self) -> None:
        """Work starts now."""
        self._since = self._clock()

    def rest(self) -> None:
        """A piece of work is done."""
        now = self._clock()
        if now - self._asked >= _ASKED:
            self._pace, self._asked = current_pace(self._catalog), now
        if self._pace == "gentle":
            self._wait(min(LONGEST, REST * (now - self._since)))
        self._since = self._clock()
