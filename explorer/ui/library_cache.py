"""Cache values that are read from the library, for all sessions, until the catalog changes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from explorer.library.catalog_cache import CatalogCache
from explorer.library.library import Library
from explorer.ui import resources

T = TypeVar("T")


class LibraryCache(Generic[T]):
    """A value from the server's library that is read again once the catalog has changed.
    Thread-safe: one thread reads, and the others wait."""

    def __init__(self, read: Callable[[Library], T], *, may_lag: bool = False) -> None:
        """may_lag: as in `CatalogCache`."""
        self._read, self._may_lag = read, may_lag
        self._lock = threading.Lock()
        self._cached: tuple[Library, CatalogCache[T]] | None = None

    def get(self) -> T:
        """The current value."""
        library = resources.library()
        with self._lock:
            if self._cached is None or self._cached[0] is not library:
                cache = CatalogCache(
                    library.catalog, partial(self._read, library), may_lag=self._may_lag
                )
                self._cached = library, cache
            current = self._cached[1]
        return current.get()
