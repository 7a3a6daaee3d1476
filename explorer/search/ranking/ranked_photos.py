"""The photos that a search found, as a lazily ranked list."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Ids


class RankedPhotos(Protocol):
    """A list of photos of any length, best match first."""

    @property
    def total(self) -> int:
        """Number of photos."""

    @property
    def good(self) -> int | None:
        """Number of good matches at the start of the list; None if unknown."""

    def top(self, number: int) -> Ids:
        """The first `number` ids, or all if there are fewer."""

    def contains(self, ids: Ids) -> npt.NDArray[np.bool_]:
        """Which of these ids are in the list, (n,)."""


class RankedIds:
    """A list in which the order of all photos is known."""

    def __init__(self, ids: Ids, good: int | None = None) -> None:
        self._ids, self.good = ids, good

    @property
    def total(self) -> int:
        """Number of photos."""
        return len(self._ids)

    def top(self, number: int) -> Ids:
        """The first `number` ids, or all if there are fewer."""
        return self._ids[:number]

    def contains(self, ids: Ids) -> npt.NDArray[np.bool_]:
        """Which of these ids are in the list, (n,)."""
        return np.isin(ids, self._ids)


class ReorderedPhotos:
    """A list whose first photos are in another order."""

    def __init__(self, photos: RankedPhotos, head: Ids) -> None:
        """head: the first photos of the list, in their new order."""
        self._photos, self._head = photos, head

    @property
    def total(self) -> int:
        """Number of photos."""
        return self._photos.total

    @property
    def good(self) -> int | None:
        """Number of good matches at the start of the list; None if unknown."""
        return self._photos.good

    def top(self, number: int) -> Ids:
        """The first `number` ids, or all if there are fewer."""
        if number <= len(self._head):
            return self._head[:number]
        return np.concatenate([self._head, self._photos.top(number)[len(self._head) :]])

    def contains(self, ids: Ids) -> npt.NDArray[np.bool_]:
        """Which of these ids are in the list, (n,)."""
        return self._photos.contains(ids)
