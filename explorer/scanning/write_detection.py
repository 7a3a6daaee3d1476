"""Detect files that are still being written, so that an incomplete photo is never indexed.

Linux reports directly whether a program has a file open for writing. Elsewhere a file counts as
settled once its size and modification time have not changed for a moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from explorer.library.file_rows import FileStat
from explorer.systems.this_system import this_system

# Seconds without a change after which a file counts as settled.
SETTLE_TIME = 2.0
# Seconds without a change after which a file counts as settled although a program holds it open.
HELD_OPEN_LIMIT = 30.0
# A file is only checked if it was modified within this many seconds.
RECENT = 600.0


class _Sighting(NamedTuple):
    """A file as it was last seen. since: when it was first seen in this state (seconds of the
    monotonic clock). has_changed: whether it has changed while it was observed."""

    size: int
    mtime_ns: int
    since: float
    has_changed: bool


class WriteDetector:
    """Tells which files are settled, and remembers those that are not. Times are in seconds."""

    def __init__(
        self,
        *,
        patient: bool = False,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """patient: wait for the settle time even if no program has the file open, because some
        programs open and close it for every chunk they write. clock: monotonic. wall: Unix time."""
        self._patient, self._clock, self._wall = patient, clock, wall
        self._unsettled: dict[str, _Sighting] = {}

    def is_settled(self, path: str, seen: FileStat) -> bool:
        """Whether the file may be read now; if not, ask again in a moment. path: absolute."""
        age = self._wall() - seen.mtime_ns / 1e9
        last = self._unsettled.get(path)
        # A time in the future means that a clock was set, not that somebody is writing.
        if last is None and not -SETTLE_TIME < age < RECENT:
            return True
        now = self._clock()
        if last is None or (last.size, last.mtime_ns) != (seen.size, seen.mtime_ns):
            last = _Sighting(seen.size, seen.mtime_ns, now, has_changed=last is not None)
        # The file's own time is used if it is credible, else the time when it was first seen in
        # this state.
        unchanged_for = max(now - last.since, age if age < RECENT else 0.0)
        settled = unchanged_for >= self._required(path, last)
        if settled:
            self._unsettled.pop(path, None)
        else:
            self._unsettled[path] = last
        return settled

    def _required(self, path: str, last: _Sighting) -> float:
        """The seconds for which a file must have been unchanged."""
        held = is_open_for_writing(path)
        if held:
            return HELD_OPEN_LIMIT
        never_changed = held is False and not last.has_changed
        return 0.0 if never_changed and not self._patient else SETTLE_TIME

    def forget(self, path: str) -> None:
        """Forget a file that no longer exists."""
        self._unsettled.pop(path, None)


def is_open_for_writing(path: str) -> bool | None:
    """Whether some program has the file open for writing; None if the system does not report it."""
    return this_system().is_open_for_writing(path)
