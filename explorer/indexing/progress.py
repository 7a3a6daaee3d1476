"""The progress and rate of a run."""

from __future__ import annotations

import time
from typing import NamedTuple

# The rate is measured over this many seconds.
_WINDOW = 10.0


class Progress(NamedTuple):
    """Progress of reading new files."""

    done: int
    total: int
    rate: float
    """Files per second, over the last ten seconds."""
    eta: float | None
    """Seconds left; None if unknown."""
    stage: str = ""
    """What is being done instead of reading files, in words (`analysis.stages`), or ''."""


class RateMeter:
    """Counts files and measures their rate."""

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0
        self._marks = [(time.monotonic(), 0)]

    def add(self, number: int) -> Progress:
        """Count this many more files, and return the progress so far."""
        self._done += number
        self._marks = [*self._marks[-200:], (time.monotonic(), self._done)]
        while len(self._marks) > 2 and self._marks[-1][0] - self._marks[0][0] > _WINDOW:
            self._marks.pop(0)
        (t0, n0), (t1, n1) = self._marks[0], self._marks[-1]
        rate = (n1 - n0) / max(t1 - t0, 1e-6)
        eta = (self._total - self._done) / rate if rate > 0 else None
        return Progress(self._done, self._total, rate, eta)
