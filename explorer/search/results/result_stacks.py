"""Stacks: photos that show the same thing, represented in a list of results by the best one.

A stack is a connected component of the graph whose edges are copies of one picture, shots of one
scene taken in quick succession, and a RAW file and the picture beside it
(`library/stores/pair_store.py`). Stacks are computed for the whole library, so a list of results
only has to find which of its photos are in a stack already shown.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Ids

# Photos ranked beyond what the first page needs, so that one step is usually enough.
_MARGIN = 100


@dataclass(frozen=True, eq=False)
class PhotoStacks:
    """The stacks of a library. Single photos are in none."""

    ids: Ids
    """Ascending ids of all photos in stacks, (n,)."""
    labels: Ids
    """The stack of each, numbered from 0, (n,)."""
    not_first: Ids = field(default_factory=lambda: np.zeros(0, np.int64))
    """Ids of photos that do not represent a stack if it has others: RAW files and damaged photos,
    (m,)."""

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int]], not_first: Iterable[int] = ()) -> PhotoStacks:
        """From pairs of photo ids that belong together. not_first: ids of photos that do not
        represent a stack if it has others.

        Every photo takes the smallest label of its neighbors, and then the label of that photo,
        until nothing changes: long chains are halved at each step (pointer jumping, Shiloach &
        Vishkin 1982).
        """
        edges = np.array(list(pairs), np.int64).reshape(-1, 2)
        edges = edges[edges[:, 0] != edges[:, 1]]
        ids, ends = np.unique(edges, return_inverse=True)
        one, other = ends.reshape(-1, 2).T
        labels = np.arange(len(ids))
        while True:
            smaller, before = np.minimum(labels[one], labels[other]), labels.copy()
            np.minimum.at(labels, one, smaller)
            np.minimum.at(labels, other, smaller)
            labels = labels[labels]
            if np.array_equal(labels, before):
                break
        _, numbers = np.unique(labels, return_inverse=True)
        last = np.unique(np.array(list(not_first), np.int64))
        return cls(ids, np.asarray(numbers, np.int64), last)

    @functools.cached_property
    def _label_by_id(self) -> npt.NDArray[np.int32]:
        """The stack of every id up to the largest one in a stack; -1 for ids in none."""
        table = np.full(int(self.ids[-1]) + 1 if len(self.ids) else 0, -1, np.int32)
        table[self.ids] = self.labels
        return table

    def labels_of(self, ids: Ids) -> npt.NDArray[np.int32]:
        """The stack of each of these photos; -1 for a photo that is in none."""
        labels = np.full(len(ids), -1, np.int32)
        known = ids < len(self._label_by_id)
        labels[known] = self._label_by_id[ids[known]]
        return labels

    def collapse(self, ids: Ids) -> Ids:
        """The first photo of each stack, and those in none, in the given order. If a stack begins
        with one of `not_first`, its first other photo takes that place."""
        labels = self.labels_of(ids)
        stacked = np.flatnonzero(labels >= 0)
        _, first = np.unique(labels[stacked], return_index=True)
        shown = labels < 0
        shown[stacked[first]] = True
        if len(self.not_first):
            front, others = ids.copy(), stacked[~np.isin(ids[stacked], self.not_first)]
            found, first_other = np.unique(labels[others], return_index=True)
            place = stacked[first][np.isin(labels[stacked[first]], found)]
            # Both are in the order of the labels.
            front[place] = ids[others[first_other]]
            return front[shown]
        return ids[shown]

    def members(self, photo_id: int) -> Ids:
        """All photos in a photo's stack, ascending; the photo alone if it is in none."""
        label = self.labels_of(np.array([photo_id], np.int64))[0]
        return self.ids[self.labels == label] if label >= 0 else np.array([photo_id], np.int64)

    def hidden(self, contains: Callable[[Ids], npt.NDArray[np.bool_]]) -> int:
        """Number of photos of a list that `collapse` hides. contains: tells which of some ids are
        in the list."""
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
            number = min(total, number + wanted - len(shown) + _MARGIN)


NO_STACKS = PhotoStacks(np.zeros(0, np.int64), np.zeros(0, np.int64))
"""For lists in which every photo is shown."""
