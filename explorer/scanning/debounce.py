"""Many small events into few rescans: a folder is due once it has been quiet for a moment."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Debouncer(Generic[Key]):
    """Collects keys from any thread. Times are seconds of one monotonic clock, given by the caller."""

    def __init__(self, quiet: float, limit: float) -> None:
        """quiet: a key is due when nothing was heard of it for so long. limit: due at the latest so
        long after it was first heard of."""
        self._quiet, self._limit = quiet, limit
        self._first: dict[Key, float] = {}
        self._last: dict[Key, float] = {}
        self._lock = threading.Lock()

    def add(self, key: Key, now: float) -> None:
        """Something happened to this key."""
        with self._lock:
            self._first.setdefault(key, now)
            self._last[key] = now

    def due(self, now: float) -> list[Key]:
        """The keys that have come to rest, each given once."""
        with self._lock:
            ready = [
                k
                for k in self._first
                if now - self._last[k] >= self._quiet or now - self._first[k] >= self._limit
            ]
            for key in ready:
                del self._first[key], self._last[key]
        return ready

    def __len__(self) -> int:
        with self._lock:
            return len(self._first)
