"""Keep the computer responsive for its user: always low priority, and pauses between pieces of
work if the user asked for a gentle pace."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from explorer.library.catalog import Catalog
from explorer.library.stores.setting_store import get_setting
from explorer.systems.this_system import this_system

Pace = Literal["full", "gentle"]
PACE_SETTING = "pace"
"""The catalog setting that holds the pace."""

# At a gentle pace: seconds of pause per second of work, and the longest pause in seconds.
PAUSE_RATIO, MAX_PAUSE = 2.0, 10.0
# Seconds between two reads of the setting.
_SETTING_MAX_AGE = 1.0


def lower_priority() -> None:
    """Give this process, and those it starts, a lower processor and disk priority than other
    programs have."""
    this_system().lower_priority()


def current_pace(catalog: Catalog) -> Pace:
    """The pace that the user chose."""
    return "gentle" if get_setting(catalog, PACE_SETTING) == "gentle" else "full"


class Throttle:
    """Pauses between pieces of work, according to the current setting."""

    def __init__(
        self,
        catalog: Catalog,
        sleep: Callable[[float], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """sleep: takes seconds; may raise to end the run. clock: monotonic seconds."""
        self._catalog, self._sleep, self._clock = catalog, sleep, clock
        self._pace: Pace = "full"
        self._pace_read = -_SETTING_MAX_AGE
        self._work_began = clock()

    def begin(self) -> None:
        """Start timing a piece of work."""
        self._work_began = self._clock()

    def pause(self) -> None:
        """Pause after a piece of work, in proportion to how long it took."""
        now = self._clock()
        if now - self._pace_read >= _SETTING_MAX_AGE:
            self._pace, self._pace_read = current_pace(self._catalog), now
        if self._pace == "gentle":
            self._sleep(min(MAX_PAUSE, PAUSE_RATIO * (now - self._work_began)))
        self._work_began = self._clock()
