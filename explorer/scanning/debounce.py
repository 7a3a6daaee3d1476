"""Debounce change events: a burst of events leads to one rescan, after a short quiet period."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Debouncer(Generic[Key]):
    """Collects keys from any thread until they are due. Times are seconds of the caller's monotonic
    clock."""

    def __init__(self, quiet: float, limit: float) -> None:
        """quiet: seconds without an event after which a key is due. limit: seconds after its first
        event at which a key is due in any case."""
        self._quiet, self._limit = quiet, limit
        self._first: dict[Key, float] = {}
        self._last: dict[Key, float] = {}
        self._lock = threading.Lock()

    def add(self, key: Key, now: float) -> None:
        """Record an event for a key."""
        with self._lock:
            self._first.setdefault(key, now)
            self._last[key] = now

    def due(self, now: float) -> list[Key]:
        """Remove and return the keys that are due."""
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
