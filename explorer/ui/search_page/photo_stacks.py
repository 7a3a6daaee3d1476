"""Cache the stacks of the library for all sessions until the catalog changes."""

from __future__ import annotations

from explorer.library.library import Library
from explorer.library.stores.pair_store import PAIRS_VERSION, raw_pairs, similar_shots
from explorer.library.stores.quality_store import damaged_photos
from explorer.photos.readers.raw_format import RAW_FORMATS
from explorer.search.results.result_stacks import PhotoStacks
from explorer.ui.library_cache import LibraryCache

# Shots of one scene taken within this many seconds form one stack.
BURST_SECONDS = 60.0


def _find(library: Library) -> PhotoStacks:
    beside = raw_pairs(library.catalog, RAW_FORMATS)
    similar = similar_shots(library.catalog, PAIRS_VERSION, BURST_SECONDS)
    raws = (raw for raw, _ in beside)
    return PhotoStacks.of([*similar, *beside], [*raws, *damaged_photos(library.catalog)])


_STACKS = LibraryCache(_find, may_lag=True)


def photo_stacks() -> PhotoStacks:
    """The stacks of all photos. They may be slightly out of date while a large library is being
    indexed."""
    return _STACKS.get()
