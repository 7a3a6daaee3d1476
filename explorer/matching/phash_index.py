"""Search perceptual hashes in all eight orientations of an image, which is hashed only once.

The hash consists of the signs of 16×16 DCT coefficients (`photos/hashing.perceptual_hash`).
Mirroring an image left to right flips the signs of coefficients with an odd horizontal frequency;
mirroring it top to bottom, those with an odd vertical frequency; and transposing swaps the two
frequencies. The bits are therefore sorted into four words of 64 bits by the parities of their
frequencies, and the Hamming distance in any orientation is a sum of four distances d or 64 − d. The
word of even frequencies is unaffected by mirroring, and rules out nearly all pairs by itself.
"""

from __future__ import annotations

from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]
Indices = npt.NDArray[np.int64]

# The size of the blocks that are compared at a time: their distances fit into the processor's
# cache.
_ROWS, _COLUMNS = 64, 8192

# Bit numbers of the hash for each word: (even, even), (even, odd), (odd, even), (odd, odd) in
# (vertical, horizontal) frequency.
_BITS = np.arange(256).reshape(16, 16)
_ORDER = [_BITS[v::2, h::2].ravel() for v in (0, 1) for h in (0, 1)]
_TRANSPOSED = [_BITS.T[v::2, h::2].ravel() for v in (0, 1) for h in (0, 1)]
# Which words are negated by no mirroring, mirroring left to right, top to bottom, and both.
_NEGATED = np.array([[0, 0, 0, 0], [0, 1, 0, 1], [0, 0, 1, 1], [0, 1, 1, 0]], bool)


class HashMatches(NamedTuple):
    """Pairs of similar hashes."""

    rows: Indices
    """(n,), the positions of the first hashes in the queries."""
    columns: Indices
    """(n,), the positions of the second hashes in the index."""
    distance: Indices
    """(n,), the Hamming distances in the best orientation, 0 to 256."""


def parity_words(hashes: Hashes, *, transposed: bool = False) -> Words:
    """Convert hashes, (n, 32) bytes, to words, (n, 4), of the images or of the transposed
    images."""
    bits = np.unpackbits(hashes, axis=1)
    order = np.concatenate(_TRANSPOSED if transposed else _ORDER)
    packed = np.packbits(np.ascontiguousarray(bits[:, order]), axis=1)
    return np.ascontiguousarray(packed).view(np.uint64)


class PhashIndex:
    """An index of perceptual hashes, numbered in the order in which they were added."""

    def __init__(self) -> None:
        self._count = 0
        self._words, self._even = np.zeros((0, 4), np.uint64), np.zeros(0, np.uint64)

    def add(self, hashes: Hashes) -> None:
        """Add hashes, (n, 32) bytes."""
        end = self._count + len(hashes)
        if end > len(self._even):
            # Double the capacity, so that adding hashes one at a time does not copy all each time.
            more = max(end, 2 * len(self._even)) - self._count
            self._words = np.concatenate(
                [self._words[: self._count], np.zeros((more, 4), np.uint64)]
            )
            self._even = np.concatenate([self._even[: self._count], np.zeros(more, np.uint64)])
        self._words[self._count : end] = parity_words(hashes)
        self._even[self._count : end] = self._words[self._count : end, 0]
        self._count = end

    def search(
        self, queries: Hashes, max_bits: int, max_even_bits: int, executor: Executor | None = None
    ) -> HashMatches:
        """All hashes within a Hamming distance of a query, in any orientation.

        queries: (n, 32) bytes. max_bits: the maximum distance. max_even_bits: the maximum distance
        of the word of even frequencies, which limits the work. executor: runs blocks in parallel;
        None runs them in this thread.
        """
        words = parity_words(queries), parity_words(queries, transposed=True)
        blocks = [
            (transposed, top, left)
            for transposed in (0, 1)
            for top in range(0, len(queries), _ROWS)
            for left in range(0, self._count, _COLUMNS)
        ]

        def search_block(block: tuple[int, int, int]) -> tuple[Indices, Indices, Indices] | None:
            transposed, top, left = block
            even = self._even[None, left : min(self._count, left + _COLUMNS)]
            some = words[transposed][top : top + _ROWS, 0, None]
            close = np.bitwise_count(some ^ even) <= max_even_bits
            hits = np.flatnonzero(close)
            if not len(hits):
                return None
            r, c = np.divmod(hits, close.shape[1])
            return _within(words[transposed], self._words, r + top, c + left, max_bits)

        run = map if executor is None else executor.map
        found = [matches for matches in run(search_block, blocks) if matches is not None]
        if not found:
            none = np.zeros(0, np.int64)
            return HashMatches(none, none, none)
        r, c, d = (np.concatenate(some) for some in zip(*found, strict=True))
        # A symmetric image matches in several orientations; keep the best one.
        order = np.lexsort((d, c, r))
        first = np.ones(len(order), bool)
        first[1:] = (np.diff(r[order]) != 0) | (np.diff(c[order]) != 0)
        kept = order[first]
        return HashMatches(r[kept], c[kept], d[kept])


def _within(
    queries: Words, indexed: Words, rows: Indices, columns: Indices, max_bits: int
) -> tuple[Indices, Indices, Indices]:
    """The pairs among these that are within a distance in any mirroring, as (rows, columns,
    distances)."""
    distance = _mirrored_distances(queries[rows], indexed[columns]).min(axis=1)
    close = distance <= max_bits
    return rows[close], columns[close], distance[close]


def _mirrored_distances(one: Words, other: Words) -> Indices:
    """Hamming distances of pairs of hashes in the four mirrorings, (n, 4)."""
    words = np.bitwise_count(one ^ other).astype(np.int64)
    return np.stack(
        [np.where(negated, 64 - words, words).sum(axis=1) for negated in _NEGATED], axis=1
    )


def best_orientations(ones: Hashes, others: Hashes) -> tuple[Indices, Indices]:
    """The distances and orientations, both (n,), of pairs of hashes, both (n, 32) bytes.

    An orientation is how the second image must be turned to match the first
    (`matching/geometry.py`).
    """
    target = parity_words(ones)
    distances = np.concatenate(
        [
            _mirrored_distances(target, parity_words(others, transposed=transposed))
            for transposed in (False, True)
        ],
        axis=1,
    )
    best = distances.argmin(axis=1)
    return distances[np.arange(len(best)), best], best
