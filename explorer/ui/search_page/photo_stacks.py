"""The stacks of the library, found once and shared by all sessions until the catalog changes."""

from __future__ import annotations

import threading
import time
from typing import NamedTuple

from explorer.library.library import Library
from explorer.library.pair_store import PAIRS_VERSION, similar_shots
from explorer.library.staleness import acceptable_age
from explorer.search.result_stacks import PhotoStacks
from explorer.ui import resources

# Shots of one scene taken within this many seconds form one stack.
BURST_SECONDS = 60.0


class _CachedStacks(NamedTuple):
    library: Library
    change: int
    """The catalog's change counter when the pairs were read."""
    fresh_until: float
    """Time on the monotonic clock until which they are used although the catalog changes."""
    stacks: PhotoStacks


_lock = threading.Lock()
_cached: _CachedStacks | None = None


def photo_stacks() -> PhotoStacks:
    """The stacks of all photos. While a large library is being indexed they may be a little out of
    date."""
    global _cached  # noqa: PLW0603
    library = resources.library()
    change, start = library.catalog.change(), time.monotonic()
    with _lock:
        if (
            _cached is None
            or _cached.library is not library
            or (_cached.change != change and start >= _cached.fresh_until)
        ):
            pairs = similar_shots(library.catalog, PAIRS_VERSION, BURST_SECONDS)
            stacks, end = PhotoStacks.of(pairs), time.monotonic()
            _cached = _CachedStacks(library, change, end + acceptable_age(end - start), stacks)
        return _cached.stacks
