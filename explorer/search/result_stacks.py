"""Stacks: photos that show the same thing, of which a list of results shows the best one.

A stack is a connected component of the graph whose edges are copies of one picture and shots of one
scene taken in quick succession (`library/pair_store.py`). It holds for the whole library, so a list
of results only has to find which of its photos are in a stack that it has shown already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.analysis.duplicates.connected_components import connected_components

Ids = npt.NDArray[np.int64]

# Photos that are ranked beyond those that the first page needs, so that one step mostly suffices.
_MARGIN = 100


@dataclass(frozen=True, eq=False)
class PhotoStacks:
    """The stacks of a library. Photos that are alone are in none."""

    ids: Ids
    """Ascending ids of all photos in stacks, (n,)."""
    labels: Ids
    """The stack of each, numbered from 0, (n,)."""

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int]]) -> PhotoStacks:
        """From pairs of photo ids that belong together."""
        graph = defaultdict[int, set[int]](set)
        for one, other in pairs:
            if one != other:
                graph[one].add(other)
                graph[other].add(one)
        stacks = connected_components(graph)
        ids = np.array([i for stack in stacks for i in stack], np.int64)
        labels = np.repeat(
            np.arange(len(stacks), dtype=np.int64), np.array([len(stack) for stack in stacks], int)
        )
        order = np.argsort(ids)
        return cls(ids[order], labels[order])

    def labels_of(self, ids: Ids) -> Ids:
        """The stack of each of these photos; -1 for a photo that is in none."""
        if not len(self.ids):
            return np.full(len(ids), -1, np.int64)
        at = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[at] == ids, self.labels[at], -1)

    def collapse(self, ids: Ids) -> Ids:
        """The first photo of each stack, and those in none, in the given order."""
        labels = self.labels_of(ids)
        stacked = np.flatnonzero(labels >= 0)
        _, first = np.unique(labels[stacked], return_index=True)
        shown = labels < 0
        shown[stacked[first]] = True
        return ids[shown]

    def members(self, photo_id: int) -> Ids:
        """All photos of the stack of that photo, ascending; the photo alone if it is in none."""
        label = self.labels_of(np.array([photo_id], np.int64))[0]
        return self.ids[self.labels == label] if label >= 0 else np.array([photo_id], np.int64)

    def hidden(self, contains: Callable[[Ids], npt.NDArray[np.bool_]]) -> int:
        """How many photos of a list `collapse` leaves out. contains: which of some ids the list
        has."""
        labels = self.labels[contains(self.ids)] if len(self.ids) else self.labels
        return len(labels) - len(np.unique(labels))

    def collapse_first(self, top: Callable[[int], Ids], wanted: int, total: int) -> Ids:
        """At least the first `wanted` ids of a collapsed list, or all if there are fewer, without
        ranking the whole list.

        top: the first n ids of the list. total: the length of the list.
        """
        number = min(total, wanted + _MARGIN)
        while True:
            shown = self.collapse(top(number))
            if len(shown) >= wanted or number >= total:
                return shown
            number = min(total, 2 * number)


NO_STACKS = PhotoStacks(np.zeros(0, np.int64), np.zeros(0, np.int64))
"""For lists in which every photo is shown."""
