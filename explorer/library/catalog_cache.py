"""Cache a value that is read from a catalog until the catalog changes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import Generic, NamedTuple, TypeVar

from explorer.library.catalog import Catalog
from explorer.library.staleness import acceptable_age

T = TypeVar("T")


class _CachedValue(NamedTuple, Generic[T]):
    change: int
    """The catalog's change counter when the value was read."""
    fresh_until: float
    """The time on the monotonic clock until which the value is used although the catalog has
    changed."""
    value: T


class CatalogCache(Generic[T]):
    """A value that is read again once the catalog has changed. Thread-safe: one thread reads, and
    the others wait."""

    def __init__(self, catalog: Catalog, read: Callable[[], T], *, may_lag: bool) -> None:
        """may_lag: if a value takes long to read, keep using it for a while although the catalog
        has changed, as it does continually while a large library is being indexed."""
        self._catalog, self._read, self._may_lag = catalog, read, may_lag
        self._lock = threading.Lock()
        self._cached: _CachedValue[T] | None = None

    def get(self) -> T:
        """The current value."""
        with self._lock:
            known, start = self._cached, monotonic()
            # Read before the value, so that a change in between makes the value outdated at once.
            change = self._catalog.change()
            if known is not None and (known.change == change or start < known.fresh_until):
                return known.value
            value, end = self._read(), monotonic()
            fresh_until = end + acceptable_age(end - start) if self._may_lag else end
            self._cached = _CachedValue(change, fresh_until, value)
            return value
