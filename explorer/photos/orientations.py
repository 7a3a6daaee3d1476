"""Perceptual hashes compared in all eight ways in which a picture can be turned and mirrored, without hashing it eight times.

The hash holds the signs of 16×16 DCT coefficients (`hashes.perceptual_hash`). Mirroring a picture left to right turns the sign of those
with an odd horizontal frequency, mirroring top to bottom of those with an odd vertical one, and transposing swaps the two frequencies.
So the bits are sorted into four words of 64 by the parities of their frequencies; the distance in any of the eight ways is then a sum
of four distances d or 64 − d. The word of even frequencies is the same for all mirrorings: it alone rules out nearly all pairs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]

# Pairs compared at once: the block's distances stay in the processor's cache.
_ROWS, _COLUMNS = 64, 8192

# Bit numbers of the hash for each word: (even, even), (even, odd), (odd, even), (odd, odd) in (vertical, horizontal) frequency.
_BITS = np.arange(256).reshape(16, 16)
_ORDER = [_BITS[v::2, h::2].ravel() for v in (0, 1) for h in (0, 1)]
_TRANSPOSED = [_BITS.T[v::2, h::2].ravel() for v in (0, 1) for h in (0, 1)]
# Which words' distances are turned by: nothing, left to right, top to bottom, both.
_TURNED = np.array([[0, 0, 0, 0], [0, 1, 0, 1], [0, 0, 1, 1], [0, 1, 1, 0]], bool)


class Near(NamedTuple):
    """Pairs with similar hashes, as places in the two lists. distance: 0 to 256 bits in the best way."""

    rows: Places
    columns: Places
    distance: Places


def words(hashes: npt.NDArray[np.uint8], *, transposed: bool = False) -> Words:
    """(n, 32) bytes → (n, 4) words, of the pictures themselves or of them transposed."""
    bits = np.unpackbits(hashes, axis=1)
    order = np.concatenate(_TRANSPOSED if transposed else _ORDER)
    return np.ascontiguousarray(np.packbits(np.ascontiguousarray(bits[:, order]), axis=1)).view(np.uint64)


class Table:
    """Hashes to be searched. hashes: (n, 32) bytes."""

    def __init__(self, hashes: npt.NDArray[np.uint8]) -> None:
        self._words = words(hashes)
        self._even = np.ascontiguousarray(self._words[:, 0])

    def near(self, new: npt.NDArray[np.uint8], most: int, most_even: int) -> Near:
        """Which hashes are within `most` bits of which of `new` (rows), turned and mirrored as suits them best.

        most_even: bits by which the even word alone may differ; bounds the work.
        """
        found = list[tuple[Places, Places, Places]]()
        for turned in (False, True):
            rows = words(new, transposed=turned)
            for top in range(0, len(rows), _ROWS):
                some = rows[top : top + _ROWS, 0, None]
                for left in range(0, len(self._even), _COLUMNS):
                    close = np.bitwise_count(some ^ self._even[None, left : left + _COLUMNS]) <= most_even
                    hits = np.flatnonzero(close)
                    if len(hits):
                        r, c = np.divmod(hits, close.shape[1])
                        found.append(_measured(rows, self._words, r + top, c + left, most))
        if not found:
            none = np.zeros(0, np.int64)
            return Near(none, none, none)
        r, c, d = (np.concatenate(parts) for parts in zip(*found, strict=True))
        # A symmetric picture is near in several ways.
        order = np.lexsort((d, c, r))
        first = np.ones(len(order), bool)
        first[1:] = (np.diff(r[order]) != 0) | (np.diff(c[order]) != 0)
        kept = order[first]
        return Near(r[kept], c[kept], d[kept])


def _measured(rows: Words, columns: Words, r: Places, c: Places, most: int) -> tuple[Places, Places, Places]:
    apart = np.bitwise_count(rows[r] ^ columns[c]).astype(np.int64)
    distance = np.min([np.where(turned, 64 - apart, apart).sum(axis=1) for turned in _TURNED], axis=0)
    close = distance <= most
    return r[close], c[close], distance[close]


def way(one: bytes, other: bytes) -> tuple[int, int]:
    """(distance, way) of two hashes. way: how `other` is laid onto `one`: 1 mirrors left to right, 2 top to bottom, 4 first swaps axes."""
    target = words(np.frombuffer(one, np.uint8)[None])
    best = (257, 0)
    for swapped in (0, 4):
        apart = np.bitwise_count(target ^ words(np.frombuffer(other, np.uint8)[None], transposed=bool(swapped)))[0].astype(int)
        best = min(best, *((int(np.where(turned, 64 - apart, apart).sum()), swapped + number) for number, turned in enumerate(_TURNED)))
    return best
