"""Count the new photos that match a saved search, once per change of the catalog."""

from __future__ import annotations

import functools

from explorer.errors import ExplorerError
from explorer.library.stores.saved_search_store import SavedSearch
from explorer.ui import resources
from explorer.ui.search_page import saved_searches, search_state


def new_matches(search: SavedSearch) -> int:
    """The number of photos added since the search was last opened that match it: they pass its
    filters and, if matches are graded, are good ones. 0 if it cannot be searched now."""
    try:
        return _count(
            search.query,
            search.seen_photo,
            str(resources.library().dir),
            resources.library().catalog.change(),
        )
    except ExplorerError:
        return 0


@functools.lru_cache(maxsize=64)
def _count(query: str, seen_photo: int, library: str, change: int) -> int:
    ranked = search_state.find(search_state.request_of(saved_searches.parameters_of(query)))
    good = ranked.total if ranked.good is None else ranked.good
    return int((ranked.top(good) > seen_photo).sum())
