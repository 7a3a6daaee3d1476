"""Keep the lists of photos that open pages show, for the viewer, which reads them from a route to
step through them without a run of the page.

They are held in the server's memory only. A page registers its list in each run; slow work for a
list, such as ranking all photos, is done when the viewer requests it.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence

import numpy as np

from explorer.library.catalog import Ids
from explorer.library.rows import PhotoRow
from explorer.ui.lru_cache import LruCache, key_of
from explorer.ui.search_page.heat_maps import HeatMapOverlay

# The most lists that are remembered, enough for several windows with a list per page.
_MAX_KEPT = 24


class PhotoSequence:
    """The photos that the viewer steps through, and what their page knows about each.
    Thread-safe."""

    def __init__(
        self,
        ids: Sequence[int] | Ids | Callable[[], Ids],
        *,
        why: Callable[[int], str] | None = None,
        heat_map: Callable[[PhotoRow], HeatMapOverlay | None] | None = None,
    ) -> None:
        """ids: of the photos in order, or a function that finds them when they are first needed.
        why: called with a photo's id; returns why it is shown, as HTML.
        heat_map: returns an overlay that shows where a photo matches the search, or None if there
        is none.
        """
        self._find: Callable[[], Ids] | None = ids if callable(ids) else None
        self._ids: Ids | None = None if callable(ids) else np.asarray(ids, np.int64)
        self._finding = threading.Lock()
        self.why, self.heat_map = why, heat_map

    def ids(self) -> Ids:
        """The ids in order. Raises whatever finding them raises."""
        with self._finding:
            if self._ids is None and self._find is not None:
                self._ids, self._find = self._find(), None
            return np.zeros(0, np.int64) if self._ids is None else self._ids

    def position(self, photo_id: int) -> int | None:
        """The index of a photo; None if it is not in the list."""
        found = np.flatnonzero(self.ids() == photo_id)
        return int(found[0]) if len(found) else None

    def digest(self) -> str:
        """A digest of the ids; '' if they have not been found yet."""
        return "" if self._ids is None else ids_digest(self._ids)


def ids_digest(ids: Ids) -> str:
    """A digest of ids in their order."""
    return hashlib.blake2b(ids.astype(np.int64).tobytes(), digest_size=8).hexdigest()


_kept = LruCache[PhotoSequence](_MAX_KEPT)
find, clear = _kept.find, _kept.clear


def register(sequence: PhotoSequence, *facts: object) -> str:
    """Remember a list; returns the token that names it in a URL.

    facts: everything that the list depends on, so that the same list has the same token in the next
    run.
    """
    token = key_of(*facts, sequence.digest())
    # A known list stays, because its ids may already have been found.
    _kept.add(token, sequence)
    return token
