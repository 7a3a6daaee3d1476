"""Results as the gallery shows them: sorted, in stacks, the good matches before the others."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from explorer.library.catalog import Ids
from explorer.library.queries.photo_order import OrderKey
from explorer.search.ranking.ranked_photos import RankedPhotos
from explorer.search.results.result_order import CATALOG_ORDERS, Dates, Sorting, sort_results
from explorer.search.results.result_stacks import PhotoStacks

UNGRADED_MATCHES = 1000
"""How many of the best matches are sorted by date if it is unknown which of them are good: beyond
these, photos have little to do with what was searched for."""


@dataclass(eq=False)
class ResultView:
    """A list of results. If it is not sorted by match, only the good matches are sorted: otherwise
    every phrase would give the same list, all photos by date. The others follow, best match first.
    """

    ranked: RankedPhotos
    stacks: PhotoStacks
    sorting: Sorting = "best"
    by_month: bool = False
    dates: Callable[[Ids], Dates] | None = None
    """The capture times of photos, as `sort_results` takes them; needed to sort the results. None
    for a list already in order."""
    catalog_order: Callable[[OrderKey, Ids, bool], Ids] | None = None
    """Sorts photos by an order of the catalog: which one, their ids, and whether it descends.
    Needed for the sortings in `CATALOG_ORDERS`."""
    _sorted: Ids | None = field(default=None, init=False)

    @property
    def good(self) -> int:
        """Number of good matches or, if that is unknown, of all photos that are sorted."""
        if self.ranked.good is not None:
            return self.ranked.good
        if self.dates is None or not self._is_sorted:
            return self.ranked.total
        return min(self.ranked.total, UNGRADED_MATCHES)

    @property
    def _is_sorted(self) -> bool:
        return self.sorting != "best" or self.by_month

    @property
    def groups_months(self) -> bool:
        """Whether photos of a month are kept together although they are not sorted by a date."""
        return self.by_month and self.sorting not in ("added", "modified")

    @property
    def is_dated(self) -> bool:
        """Whether photos stand below the dates that they are ordered or grouped by."""
        return self.by_month or self.sorting in ("newest", "oldest", "day", "added", "modified")

    def sections(self) -> tuple[int, int]:
        """Number of tiles with good matches, and number of all tiles."""
        good = len(self._good_tiles()) if self._has_others else self._count()
        return good, self._count()

    @property
    def _has_others(self) -> bool:
        return self.sorting == "day" or self.good < self.ranked.total

    def _count(self) -> int:
        if self.sorting == "day" and self.dates is not None:
            return len(self._good_tiles())
        return self.ranked.total - self.hidden

    @functools.cached_property
    def hidden(self) -> int:
        """Number of photos hidden in stacks."""
        return self.stacks.hidden(self.ranked.contains)

    def _good_tiles(self) -> Ids:
        return self.stacks.collapse(self._photos(self.good))

    def tiles(self, number: int) -> Ids:
        """The photos shown on the first tiles, at most this many."""
        if self.sorting == "day" and self.dates is not None:
            return self._good_tiles()[:number]
        return self.stacks.collapse_first(self._photos, number, self.ranked.total)[:number]

    def _photos(self, number: int) -> Ids:
        """The first photos of the list, without stacks."""
        if self.dates is None or not self._is_sorted:
            return self.ranked.top(number)
        if self._sorted is None:
            best = self.ranked.top(self.good)
            if self.sorting in CATALOG_ORDERS and self.catalog_order is not None:
                by, descending = CATALOG_ORDERS[self.sorting]
                best = self.catalog_order(by, best, descending)
            self._sorted = sort_results(
                best, self.dates(best), self.sorting, by_month=self.groups_months
            )
        if number <= len(self._sorted):
            return self._sorted[:number]
        return np.concatenate([self._sorted, self.ranked.top(number)[self.good :]])

    def photos(self) -> Ids:
        """All photos in the order of the list, including those hidden in stacks."""
        only_good = self.sorting == "day" and self.dates is not None
        return self._photos(self.good if only_good else self.ranked.total)

    def stack_of(self, photo_id: int) -> Ids:
        """The photos of the list that are in a photo's stack, the photo itself first."""
        members = self.stacks.members(photo_id)
        others = members[(members != photo_id) & self.ranked.contains(members)]
        return np.concatenate([np.array([photo_id], np.int64), others])
