from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.duplicates.candidates import HashedPhotos, close_neighbors
from explorer.library.keypoint_store import PhotoFingerprints
from explorer.library.neighbor_store import NEIGHBOR_COUNT


def looks(
    hashes: Sequence[bytes],
    compared: bool = False,
    inner: dict[int, bytes] | None = None,
    first: int = 1,
) -> PhotoFingerprints:
    n = len(hashes)
    return PhotoFingerprints(
        np.arange(first, first + n), np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, 32),
        np.full((n, 2), 100), [""] * n,
        np.full(n, compared), np.ones(n, bool), inner or {},
    )  # fmt: skip


def drawn(seed: int) -> bytes:
    return np.random.default_rng(seed).bytes(32)


def pairs(known: HashedPhotos, new: list[int]) -> set[tuple[int, int]]:
    return {(c.a, c.b) for c in known.similar(new, None)}


def test_similar_hashes_meet_when_the_later_one_is_taken_up() -> None:
    known = HashedPhotos(looks([drawn(1), drawn(2), drawn(1)]))
    assert known.not_compared() == [1, 2, 3]
    known.start_comparing({1: None, 2: None})
    assert pairs(known, [1, 2]) == set() and not known.is_compared(3)
    known.start_comparing({3: None})
    assert pairs(known, [3]) == {(1, 3)} and known.not_compared() == []


def test_a_bordered_copy_meets_its_original_whichever_came_first() -> None:
    for inner in ({1: drawn(2)}, {2: drawn(1)}):
        known = HashedPhotos(looks([drawn(1), drawn(2)]))
        known.start_comparing({1: inner.get(1)})
        known.start_comparing({2: inner.get(2)})
        assert pairs(known, [2]) == {(1, 2)}
    # Also where the one with a border was compared in an earlier run.
    known = HashedPhotos(looks([drawn(1)], compared=True, inner={1: drawn(2)}))
    known.update(looks([drawn(2)], first=2))
    known.start_comparing({2: None})
    assert pairs(known, [2]) == {(1, 2)}


def test_of_very_many_that_are_alike_some_are_looked_at() -> None:
    known = HashedPhotos(looks([drawn(1)] * 200, compared=True))
    known.update(looks([drawn(1)], first=201))
    known.start_comparing({201: None})
    assert 0 < len(pairs(known, [201])) < 50


cosines = st.lists(st.floats(-1, 1), min_size=1, max_size=NEIGHBOR_COUNT).map(
    lambda values: sorted(values, reverse=True)
)


@given(cosines, st.one_of(st.just(math.nan), st.floats(0, 0.95)))
def test_the_nearest_come_first_and_nothing_nearer_is_left_out(
    scores: list[float], usual: float
) -> None:
    near = list(enumerate(scores))
    found = close_neighbors(near, usual)
    assert found == [i for i, _ in near[: len(found)]]


def test_near_is_what_stands_out() -> None:
    crowd = [(i, 0.6 - i / 1000) for i in range(NEIGHBOR_COUNT)]
    assert close_neighbors(crowd, 0.55) == []
    assert close_neighbors([(99, 0.9), *crowd[:-1]], 0.55) == [99]
    # Within a long burst all are near, and all are looked at.
    burst = [(i, 0.95 - i / 1000) for i in range(NEIGHBOR_COUNT)]
    assert len(close_neighbors(burst, 0.55)) > 5
    # Few photos have no crowd to stand out of.
    assert close_neighbors([(1, 0.5), (2, 0.1)], math.nan) == [1]
