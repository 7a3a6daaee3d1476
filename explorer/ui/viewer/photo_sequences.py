"""The lists of photos that open pages show, for the viewer: it steps through them by a route,
without a run of the page.

Only the server's memory holds them. A page registers its list at each run; what a list needs that
takes long, such as ranking all photos, is done when its viewer asks for it.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from explorer.library.catalog import Ids
from explorer.library.rows import PhotoRow
from explorer.ui.search_page.heat_maps import HeatMapOverlay

# Lists that are remembered: one for each page of several open windows.
_MAX_KEPT = 24
_lock = threading.Lock()
_kept: OrderedDict[str, PhotoSequence] = OrderedDict()


class PhotoSequence:
    """The photos that previous and next step through, and what their page knows of each. Safe to
    use from several threads."""

    def __init__(
        self,
        ids: Sequence[int] | Ids | Callable[[], Ids],
        *,
        why: Callable[[int], str] | None = None,
        heat_map: Callable[[PhotoRow], HeatMapOverlay | None] | None = None,
    ) -> None:
        """ids: of the photos in order, or what finds them when they are first needed.
        why: why a photo is shown, as HTML; called with its id.
        heat_map: where a photo matches what was searched for; None if it cannot be told.
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
        """A name for the ids, unless they are still to be found."""
        return "" if self._ids is None else ids_digest(self._ids)


def ids_digest(ids: Ids) -> str:
    """A name for ids in their order."""
    return hashlib.blake2b(ids.astype(np.int64).tobytes(), digest_size=8).hexdigest()


def register(sequence: PhotoSequence, *facts: object) -> str:
    """Remember a list; returns the token that names it in a URL.

    facts: all that the list depends on, so that the same list has the same token at the next run.
    """
    named = json.dumps([*facts, sequence.digest()], default=str)
    token = hashlib.blake2b(named.encode(), digest_size=12).hexdigest()
    with _lock:
        # One that is known keeps the ids that were found.
        _kept.setdefault(token, sequence)
        _kept.move_to_end(token)
        while len(_kept) > _MAX_KEPT:
            _kept.popitem(last=False)
    return token


def find(token: str) -> PhotoSequence | None:
    """The list with that token; None once it has been forgotten."""
    with _lock:
        return _kept.get(token)
