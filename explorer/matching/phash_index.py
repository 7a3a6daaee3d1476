"""Perceptual hashes compared in all eight ways in which a picture can be turned and mirrored,
without hashing it eight times.

The hash holds the signs of 16×16 DCT coefficients (`hashes.perceptual_hash`). Mirroring a picture
left to right turns the sign of those with an odd horizontal frequency, mirroring top to bottom of
those with an odd vertical one, and transposing swaps the two frequencies. So the bits are sorted
into four words of 64 by the parities of their frequencies; the distance in any of the eight ways is
then a sum of four distances d or 64 − d. The word of even frequencies is the same for all
mirrorings: it alone rules out nearly all pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]

# Pairs compared at once: the block's distances stay in the processor's cache.
_ROWS, _COLUMNS = 64, 8192

# Bit numbers of the hash for each word: (even, even), (even, odd), (odd, even), (odd, odd) in
# (vertical, horizontal) frequency.
_BITS = np.arange(256).reshape(16, 16)
_ORDER = [_BITS[v::2, h::2].ravel() for v in (0, 1) for h in (0, 1)]
_TRANSPOSED = [_BITS.T[v::2, h::2].ravel() for v in (0, 1) for h in (0, 1)]
# Which words' distances are turned by: nothing, left to right, top to bottom, both.
_TURNED = np.array([[0, 0, 0, 0], [0, 1, 0, 1], [0, 0, 1, 1], [0, 1, 1, 0]], bool)


class HashMatches(NamedTuple):
    """Pairs with similar hashes, as places in the two lists. distance: 0 to 256 bits in the best
    way."""

    rows: Places
    columns: Places
    distance: Places


def words(hashes: npt.NDArray[np.uint8], *, transposed: bool = False) -> Words:
    """(n, 32) bytes → (n, 4) words, of the pictures themselves or of them transposed."""
    bits = np.unpackbits(hashes, axis=1)
    order = np.concatenate(_TRANSPOSED if transposed else _ORDER)
    return np.ascontiguousarray(np.packbits(np.ascontiguousarray(bits[:, order]), axis=1)).view(
        np.uint64
    )


class PhashIndex:
    """Hashes to be searched, numbered as they were added."""

    def __init__(self) -> None:
        self._count = 0
        self._words, self._even = np.zeros((0, 4), np.uint64), np.zeros(0, np.uint64)

    def add(self, hashes: npt.NDArray[np.uint8]) -> None:
        """hashes: (n, 32) bytes."""
        end = self._count + len(hashes)
        if end > len(self._even):
            # Room for as many again: adding them one by one must not copy all each time.
            more = max(end, 2 * len(self._even))
            self._words = np.concatenate(
                [self._words[: self._count], np.zeros((more - self._count, 4), np.uint64)]
            )
            self._even = np.concatenate(
                [self._even[: self._count], np.zeros(more - self._count, np.uint64)]
            )
        self._words[self._count : end] = words(hashes)
        self._even[self._count : end] = self._words[self._count : end, 0]
        self._count = end

    def near(
        self,
        new: npt.NDArray[np.uint8],
        most: int,
        most_even: int,
        spread: Callable[..., Iterable[Any]] = map,
    ) -> HashMatches:
        """Which hashes are within `most` bits of which of `new` (rows), turned and mirrored as
        suits them best.

        most_even: bits by which the even word alone may differ; bounds the work. spread: `map`, or
        that of threads, as most of it is NumPy's work.
        """
        rows = words(new), words(new, transposed=True)
        parts = [
            (turned, top, left)
            for turned in (0, 1)
            for top in range(0, len(new), _ROWS)
            for left in range(0, self._count, _COLUMNS)
        ]

        def look(part: tuple[int, int, int]) -> tuple[Places, Places, Places] | None:
            turned, top, left = part
            even = self._even[None, left : min(self._count, left + _COLUMNS)]
            close = np.bitwise_count(rows[turned][top : top + _ROWS, 0, None] ^ even) <= most_even
            hits = np.flatnonzero(close)
            if not len(hits):
                return None
            r, c = np.divmod(hits, close.shape[1])
            return _measured(rows[turned], self._words, r + top, c + left, most)

        found = [part for part in spread(look, parts) if part is not None]
        if not found:
            none = np.zeros(0, np.int64)
            return HashMatches(none, none, none)
        r, c, d = (np.concatenate(some) for some in zip(*found, strict=True))
        # A symmetric picture is near in several ways.
        order = np.lexsort((d, c, r))
        first = np.ones(len(order), bool)
        first[1:] = (np.diff(r[order]) != 0) | (np.diff(c[order]) != 0)
        kept = order[first]
        return HashMatches(r[kept], c[kept], d[kept])


def _measured(
    rows: Words, columns: Words, r: Places, c: Places, most: int
) -> tuple[Places, Places, Places]:
    apart = np.bitwise_count(rows[r] ^ columns[c]).astype(np.int64)
    distance = np.min(
        [np.where(turned, 64 - apart, apart).sum(axis=1) for turned in _TURNED], axis=0
    )
    close = distance <= most
    return r[close], c[close], distance[close]


def ways(ones: npt.NDArray[np.uint8], others: npt.NDArray[np.uint8]) -> tuple[Places, Places]:
    """(distance, way) of pairs of hashes, both (n, 32) bytes. way: how the other is laid onto the
    one: 1 mirrors left to right, 2 top to bottom, 4 first swaps axes."""
    target = words(ones)
    apart = [
        np.bitwise_count(target ^ words(others, transposed=swapped)).astype(np.int64)
        for swapped in (False, True)
    ]
    distances = np.stack(
        [np.where(turned, 64 - some, some).sum(axis=1) for some in apart for turned in _TURNED],
        axis=1,
    )
    best = distances.argmin(axis=1)
    return distances[np.arange(len(best)), best], best
