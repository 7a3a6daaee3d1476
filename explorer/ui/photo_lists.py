"""Keep the lists of photos that pages show, by key, for the routes that serve them to the gallery.

A list that was dropped is made again in the next run of the page that shows it. The gallery asks
for a run when a route answers that the list is gone (`list_routes.py`).
"""

from __future__ import annotations

from collections.abc import Callable

from explorer.search.results.photo_list import PhotoList
from explorer.ui.lru_cache import LruCache

# The most photos in all lists together, at 15 bytes each; the number of photos that a caption
# counts as; and the number of lists that are kept however long they are.
_CAPACITY, _CAPTION, _MIN_KEPT = 4_000_000, 15, 4


def _weight(photos: PhotoList) -> int:
    """The memory of a list, in units of a photo without a caption."""
    return photos.total + _CAPTION * len(photos.captions)


_lists = LruCache[PhotoList](_CAPACITY, weight=_weight, fewest=_MIN_KEPT)
find, clear = _lists.find, _lists.clear


def register(key: str, make: Callable[[], PhotoList]) -> PhotoList:
    """The list with that key (`key_of`); it is made now if it is not known."""
    # Made without a lock, because ranking a list must not delay requests for others.
    return _lists.add(key, find(key) or make())
