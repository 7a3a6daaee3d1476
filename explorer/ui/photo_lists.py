"""Keep the lists of photos that pages show, by key, for the routes that serve them to the gallery.

A list that was dropped is made again in the next run of the page that shows it. The gallery asks
for a run when a route answers that the list is gone (`list_routes.py`).
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable

from explorer.search.results.photo_list import PhotoList

# The most photos in all lists together, at 15 bytes each; the number of photos that a caption
# counts as; and the number of lists that are kept however long they are.
_CAPACITY, _CAPTION, _FEWEST = 4_000_000, 15, 4

_lock = threading.Lock()
_lists = OrderedDict[str, PhotoList]()


def list_key(*question: object) -> str:
    """The key of the list that answers a question. question: everything that the list depends on,
    as values that JSON can hold."""
    text = json.dumps(question, sort_keys=True)
    return hashlib.blake2b(text.encode(errors="surrogateescape"), digest_size=12).hexdigest()


def register(key: str, make: Callable[[], PhotoList]) -> PhotoList:
    """The list with that key; it is made now if it is not known."""
    # Made outside the lock, because ranking a list must not delay requests for others.
    made = find(key) or make()
    with _lock:
        known = _lists.setdefault(key, made)
        _lists.move_to_end(key)
        total = sum(_weight(each) for each in _lists.values())
        while total > _CAPACITY and len(_lists) > _FEWEST:
            total -= _weight(_lists.popitem(last=False)[1])
        return known


def _weight(photos: PhotoList) -> int:
    """The memory of a list, in units of a photo without a caption."""
    return photos.total + _CAPTION * len(photos.captions)


def find(key: str) -> PhotoList | None:
    """The list with that key; None if it is not known any more."""
    with _lock:
        found = _lists.get(key)
        if found is not None:
            _lists.move_to_end(key)
        return found


def clear() -> None:
    """Forget all lists, for example when the library is closed."""
    with _lock:
        _lists.clear()
