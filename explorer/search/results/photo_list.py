"""A list of photos as the gallery shows it: of any length, with headings, and with the photos of
open stacks behind those that stand for them.

The browser lays out the whole list from its shapes and sections, and fetches the photos themselves
in windows (`ui/web_server/list_routes.py`).
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Ids
from explorer.library.queries.photo_columns import PhotoColumns
from explorer.library.queries.photo_order import PhotoOrder
from explorer.search.results.list_sections import Heading, Sections, local_dates, sections_of
from explorer.search.results.result_view import ResultView

_EVERYTHING = 2**62


class Caption(NamedTuple):
    """A sentence about a photo, shown on it."""

    text: str
    """Up to three lines; more are cut off."""
    whole: str = ""
    """The sentence in full, for the tooltip and for screen readers; '' if `text` is."""


class ListLayout(NamedTuple):
    """What is needed to lay out a list, or its beginning."""

    ids: Ids
    """The photos, (n,)."""
    ratios: npt.NDArray[np.float32]
    """Width divided by height of each, (n,)."""
    inside: npt.NDArray[np.bool_]
    """Which photos are part of the open stack of a photo before them, (n,)."""
    good: int
    """The number of photos before those that are not good matches."""
    sections: Sections
    """Of the first `good` photos."""


class PhotoList:
    """One list of photos, which never changes. Thread-safe."""

    def __init__(
        self,
        key: str,
        view: ResultView,
        columns: PhotoColumns,
        order: PhotoOrder,
        *,
        opened: Collection[int] = (),
        others: str = "",
        captions: Mapping[int, Caption] | None = None,
    ) -> None:
        """key: identifies the list in URLs. opened: the photos whose stacks are open. others: the
        heading of the photos that are not good matches. captions: by photo id."""
        self.key, self.others, self.captions = key, others, captions or {}
        self._view, self._columns, self._order = view, columns, order
        self._opened = frozenset(opened)
        self._lock = threading.Lock()
        self._whole: ListLayout | None = None
        self.total = len(self.layout().ids) if self._opened else view.sections()[1]
        """Number of photos in the list."""

    @property
    def heading(self) -> Heading:
        """What the photos below one heading have in common."""
        if self._view.by_month:
            return "month"
        return "day" if self._view.is_dated else "none"

    @property
    def ids(self) -> Ids:
        """All photos in order."""
        return self.layout().ids

    def layout(self) -> ListLayout:
        """The whole list."""
        with self._lock:
            if self._whole is None:
                self._whole = self._layout(_EVERYTHING)
            return self._whole

    def beginning(self, number: int) -> ListLayout:
        """The first photos, without ranking those that follow."""
        with self._lock:
            whole = self._whole
            return self._layout(number) if whole is None else _first(whole, number)

    def index(self, photo_id: int) -> int | None:
        """The position of a photo; None if it is not in the list."""
        found = np.flatnonzero(self.ids == photo_id)
        return int(found[0]) if len(found) else None

    def stack_sizes(self, ids: Ids) -> dict[int, tuple[int, bool]]:
        """(number of photos, whether it is open) of each stack that one of these photos stands
        for."""
        sizes = dict[int, tuple[int, bool]]()
        for photo_id, label in zip(ids.tolist(), self._view.stacks.labels_of(ids), strict=True):
            if label >= 0 and (members := len(self._view.stack_of(photo_id))) > 1:
                sizes[photo_id] = (members, photo_id in self._opened)
        return sizes

    def _layout(self, number: int) -> ListLayout:
        good, total = self._view.sections()
        tiles = self._view.tiles(min(number, total))
        good = min(good, len(tiles))
        # The photos of an open stack stand below the heading of the photo before them.
        owners, ids = tiles, tiles
        for photo_id in self._opened:
            at = np.flatnonzero(owners == photo_id)
            members = self._view.stack_of(photo_id)[1:] if len(at) else ids[:0]
            if len(members):
                ids = np.insert(ids, at[0] + 1, members)
                owners = np.insert(owners, at[0] + 1, np.full(len(members), photo_id))
                good += len(members) if at[0] < good else 0
        sections = sections_of(self._dates(owners[:good]), self.heading)
        return ListLayout(ids, self._columns.ratios(ids), ids != owners, good, sections)

    def _dates(self, ids: Ids) -> Ids:
        """The dates that the headings show."""
        match self._view.sorting:
            case "added" | "modified" as by:
                return local_dates(self._order.times(by, ids))
            case _:
                return self._columns.dates(ids)


def _first(layout: ListLayout, number: int) -> ListLayout:
    """The beginning of a layout."""
    good = min(layout.good, number)
    sections = int(np.searchsorted(layout.sections.starts, good))
    return ListLayout(
        layout.ids[:number],
        layout.ratios[:number],
        layout.inside[:number],
        good,
        Sections(layout.sections.starts[:sections], layout.sections.days[:sections]),
    )
