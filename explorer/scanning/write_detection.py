"""Which files are still being written. Such a file is left until it rests, so that no half of a
photo is ever indexed.

On Linux the system says at once whether a program has a file open for writing (a read lease is
refused while one has: `fcntl(2)`, F_SETLEASE). Where it does not say, a file rests when its size
and time have stood still for a moment.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from explorer.library.file_rows import FileStat

# A file that was changed within so many seconds may be about to be changed again.
REST = 2.0
# A program that holds a file open without writing to it is believed to be done with it after so
# many seconds.
HELD = 30.0
# Only of files changed within so many seconds is it asked whether they are held open.
FRESH = 600.0


class _Look(NamedTuple):
    size: int
    mtime_ns: int
    since: float
    changes: int


class WriteDetector:
    """Remembers files that did not rest, to see whether they have changed since. Times are seconds."""

    def __init__(
        self,
        *,
        patient: bool = False,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """patient: do not trust that nobody has a file open, as there are programs that open and
        close it for every piece."""
        self._patient, self._clock, self._wall = patient, clock, wall
        self._looks: dict[str, _Look] = {}

    def is_settled(self, path: str, seen: FileStat) -> bool:
        """Whether the file may be read now. path: absolute. One that may not is to be asked about
        again in a moment."""
        age = self._wall() - seen.mtime_ns / 1e9
        look = self._looks.get(path)
        # A time in the future says that a clock was set, not that somebody writes.
        if look is None and not -REST < age < FRESH:
            return True
        now = self._clock()
        if look is None or (look.size, look.mtime_ns) != (seen.size, seen.mtime_ns):
            look = _Look(seen.size, seen.mtime_ns, now, look.changes + 1 if look else 0)
        # By its own time where that can be believed, else since it was first seen like this.
        still = max(now - look.since, age if age < FRESH else 0.0)
        held = is_open_for_writing(path)
        # Where nobody holds it and it was never seen to change, there is nothing to wait for.
        wait = (
            HELD
            if held
            else 0.0
            if held is False and not look.changes and not self._patient
            else REST
        )
        is_settled = still >= wait
        if is_settled:
            self._looks.pop(path, None)
        else:
            self._looks[path] = look
        return is_settled

    def forget(self, path: str) -> None:
        """It is gone."""
        self._looks.pop(path, None)


def is_open_for_writing(path: str) -> bool | None:
    """Whether some program has the file open for writing; None where the system does not say."""
    if sys.platform != "linux":
        return None
    import fcntl

    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        # Whoever opens it for writing in this very moment makes the system send us a signal: one
        # that nobody minds.
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        return False
    except OSError as error:
        return True if error.errno == errno.EAGAIN else None
    finally:
        with contextlib.suppress(OSError):
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        os.close(file)
