"""A least-recently-used cache, for the routes that serve what a page has registered."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


def key_of(*question: object) -> str:
    """The key of the answer to a question. question: everything that the answer depends on; what
    JSON cannot hold is represented by its text."""
    text = json.dumps(question, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(errors="surrogateescape"), digest_size=12).hexdigest()


class LruCache(Generic[T]):
    """Values by key; those used longest ago are dropped first. Thread-safe."""

    def __init__(
        self, capacity: int, *, weight: Callable[[T], int] = lambda _: 1, fewest: int = 1
    ) -> None:
        """capacity: the largest sum of weights. fewest: the number of values that are kept however
        much they weigh."""
        self._capacity, self._weight, self._fewest = capacity, weight, fewest
        self._lock = threading.Lock()
        self._values = OrderedDict[str, T]()

    def add(self, key: str, value: T) -> T:
        """Keep a value, and return what the key now stands for: a value that it already has
        stays."""
        with self._lock:
            known = self._values.setdefault(key, value)
            self._values.move_to_end(key)
            total = sum(map(self._weight, self._values.values()))
            while total > self._capacity and len(self._values) > self._fewest:
                total -= self._weight(self._values.popitem(last=False)[1])
            return known

    def find(self, key: str) -> T | None:
        """The value with that key; None if it was dropped."""
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
            return found

    def clear(self) -> None:
        """Drop all values."""
        with self._lock:
            self._values.clear()
