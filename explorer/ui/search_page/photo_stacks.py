"""The stacks of the library, found once and shared by all sessions until the catalog changes."""

from __future__ import annotations

from explorer.library.pair_store import PAIRS_VERSION, similar_shots
from explorer.search.result_stacks import PhotoStacks
from explorer.ui.library_cache import LibraryCache

# Shots of one scene taken within this many seconds form one stack.
BURST_SECONDS = 60.0


_STACKS = LibraryCache(
    lambda library: PhotoStacks.of(similar_shots(library.catalog, PAIRS_VERSION, BURST_SECONDS)),
    may_lag=True,
)


def photo_stacks() -> PhotoStacks:
    """The stacks of all photos. While a large library is being indexed they may be a little out of
    date."""
    return _STACKS.get()
