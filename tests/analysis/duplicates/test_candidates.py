"""Candidate pairs: by similar hashes, and by closeness of embeddings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.duplicates.candidates import (
    THRESHOLDS,
    Candidate,
    HashedPhotos,
    close_neighbors,
)
from explorer.library.stores.keypoint_store import PhotoFingerprints
from explorer.library.stores.neighbor_store import NEIGHBOR_COUNT


def fingerprints(
    hashes: Sequence[bytes],
    compared: bool = False,
    inner: dict[int, bytes] | None = None,
    first: int = 1,
) -> PhotoFingerprints:
    """Photos with these hashes and consecutive ids."""
    n = len(hashes)
    return PhotoFingerprints(
        np.arange(first, first + n),
        np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, 32),
        np.full((n, 2), 100),
        [f"{first + i:02x}" for i in range(n)],
        np.full(n, compared),
        np.ones(n, bool),
        inner or {},
    )


def random_hash(seed: int) -> bytes:
    return np.random.default_rng(seed).bytes(32)


def flipped(value: bytes, bits: int) -> bytes:
    """The hash with so many of its bits changed."""
    unpacked = np.unpackbits(np.frombuffer(value, np.uint8))
    unpacked[np.random.default_rng(9).permutation(256)[:bits]] ^= 1
    return np.packbits(unpacked).tobytes()


def altered(value: bytes, even: int, odd: int) -> bytes:
    """The hash with so many bits of even frequencies changed, and so many of each of the others."""
    bits = np.unpackbits(np.frombuffer(value, np.uint8)).reshape(16, 16)
    for vertical in (0, 1):
        for horizontal in (0, 1):
            word = bits[vertical::2, horizontal::2]
            word.flat[: odd if vertical or horizontal else even] ^= 1
    return np.packbits(bits).tobytes()


def pairs(photos: HashedPhotos, new: list[int]) -> set[tuple[int, int]]:
    return {(c.a, c.b) for c in photos.similar(new, None)}


def test_photos_with_similar_hashes_are_paired_when_the_later_one_is_compared() -> None:
    photos = HashedPhotos(fingerprints([random_hash(1), random_hash(2), random_hash(1)]))
    assert photos.not_compared() == [1, 2, 3]
    photos.start_comparing({1: None, 2: None})
    assert pairs(photos, [1, 2]) == set()
    assert photos.is_compared(2) and not photos.is_compared(3) and not photos.is_compared(4)
    photos.start_comparing({3: None})
    assert pairs(photos, [3]) == {(1, 3)} and photos.not_compared() == []


def test_photos_compared_together_are_paired_once_with_the_distance_of_their_hashes() -> None:
    changed = flipped(random_hash(1), 7)
    photos = HashedPhotos(fingerprints([random_hash(1), changed]))
    photos.start_comparing({1: None, 2: None})
    assert list(photos.similar([2, 1], None)) == [Candidate(1, 2, 7, False)]
    assert list(photos.similar([], None)) == []


def test_threads_find_the_same_pairs() -> None:
    photos = HashedPhotos(fingerprints([random_hash(i % 5) for i in range(20)], compared=True))
    new = list(range(1, 21))
    with ThreadPoolExecutor(2) as threads:
        assert list(photos.similar(new, threads)) == list(photos.similar(new, None))


@pytest.mark.parametrize("original_first", [False, True])
def test_a_copy_with_a_border_is_paired_with_its_original(original_first: bool) -> None:
    inner = {2: random_hash(1)} if original_first else {1: random_hash(2)}
    photos = HashedPhotos(fingerprints([random_hash(1), random_hash(2)]))
    for photo_id in (1, 2):
        photos.start_comparing({photo_id: inner.get(photo_id)})
    assert pairs(photos, [2]) == {(1, 2)}


def test_a_border_is_remembered_from_an_earlier_run() -> None:
    photos = HashedPhotos(fingerprints([random_hash(1)], True, inner={1: random_hash(2)}))
    photos.update(fingerprints([random_hash(2)], first=2))
    photos.start_comparing({2: None})
    assert pairs(photos, [2]) == {(1, 2)}
    assert photos.hashes(1) == [random_hash(1), random_hash(2)]
    assert photos.hashes(2) == [random_hash(2)]


def test_photos_compared_in_an_earlier_run_are_found_under_their_own_numbers() -> None:
    photos = HashedPhotos(fingerprints([random_hash(1)]))
    more = fingerprints([random_hash(2), random_hash(2), random_hash(3)], first=2)
    photos.update(more._replace(compared=np.array([False, True, True])))
    photos.start_comparing({1: None, 2: None})
    assert pairs(photos, [1, 2]) == {(2, 3)} == pairs(photos, [3]) and pairs(photos, [4]) == set()


def test_of_many_similar_hashes_the_most_similar_are_paired() -> None:
    many = [flipped(random_hash(1), 1 + i % 2) for i in range(200)]
    photos = HashedPhotos(fingerprints(many, compared=True))
    photos.update(fingerprints([random_hash(1)], first=201))
    photos.start_comparing({201: None})
    found = list(photos.similar([201], None))
    assert [c.bits for c in found] == [1] * THRESHOLDS.max_similar
    assert {c.b for c in found} == {201}


@pytest.mark.parametrize(
    ("even", "odd", "similar"), [(2, 26, True), (3, 26, False), (20, 5, True), (21, 5, False)]
)
def test_hashes_that_differ_in_more_bits_are_not_similar(
    even: int, odd: int, similar: bool
) -> None:
    """80 bits in all, and 20 of those of even frequencies."""
    photos = HashedPhotos(
        fingerprints([random_hash(1), altered(random_hash(1), even, odd)], compared=True)
    )
    assert [(c.a, c.b, c.bits) for c in photos.similar([2], None)] == (
        [(1, 2, even + 3 * odd)] if similar else []
    )


def test_postponed_photos_are_compared_again_and_found_meanwhile() -> None:
    photos = HashedPhotos(fingerprints([random_hash(1)] * 2 + [random_hash(2)], compared=True))
    photos.postpone([1])
    assert photos.not_compared() == [1] and not photos.is_compared(1) and photos.is_compared(2)
    assert pairs(photos, [2]) == {(1, 2)}
    photos.start_comparing({1: None})
    assert photos.not_compared() == [] and list(photos.similar([1], None)) == [Candidate(1, 2, 0)]


def test_every_photo_has_its_own_limit_of_similar_ones() -> None:
    """The first to be compared does not use up that of the others."""
    photos = HashedPhotos(fingerprints([random_hash(1)] * 40, compared=True))
    found = list(photos.similar([39, 40], None))
    counts = [sum(number in (c.a, c.b) for c in found) for number in (39, 40)]
    assert len(found) == 48 and min(counts) == 24


def test_an_update_records_which_photos_are_visible() -> None:
    photos = HashedPhotos(fingerprints([random_hash(1), random_hash(2)]))
    gone = fingerprints([random_hash(2), random_hash(3)], first=2)
    photos.update(gone._replace(visible=np.array([False, True])))
    assert [photos.is_visible(i) for i in (1, 2, 3, 4)] == [True, False, True, False]
    assert photos.not_compared() == [1, 3] and len(photos) == 3
    photos.update(fingerprints([random_hash(2)], first=2))
    assert photos.is_visible(2) and len(photos) == 3


def test_photos_are_ordered_by_pixels_then_by_file_size_then_by_id() -> None:
    sizes = np.array([[100, 10], [200, 5], [100, 20], [100, 10]])
    photos = HashedPhotos(fingerprints([random_hash(i) for i in range(4)])._replace(sizes=sizes))
    assert photos.largest_first([4, 3, 2, 1]) == [2, 3, 1, 4]
    assert photos.digest(3) == "03"


cosines = st.lists(st.floats(-1, 1), min_size=1, max_size=NEIGHBOR_COUNT).map(
    lambda values: sorted(values, reverse=True)
)


@given(cosines, st.one_of(st.just(math.nan), st.floats(0, 0.95)))
def test_close_neighbors_are_the_first_of_the_list(scores: list[float], typical: float) -> None:
    neighbors = list(enumerate(scores))
    found = close_neighbors(neighbors, typical)
    assert found == [i for i, _ in neighbors[: len(found)]]


def test_a_close_neighbor_stands_out_from_the_others() -> None:
    crowd = [(i, 0.6 - i / 1000) for i in range(NEIGHBOR_COUNT)]
    assert close_neighbors(crowd, 0.55) == []
    assert close_neighbors([(99, 0.9), *crowd[:-1]], 0.55) == [99]


def test_the_margin_by_which_a_close_neighbor_stands_out_is_exact() -> None:
    """60% of the distance from the last neighbor's cosine to 1."""
    last = [(i, 0.5) for i in range(NEIGHBOR_COUNT - 1)]
    assert close_neighbors([(99, 0.8), *last], 0.5) == [99]
    assert close_neighbors([(99, 0.799), *last], 0.5) == []


def test_all_neighbors_in_a_long_burst_are_close() -> None:
    """The last of the list counts for no more than halfway from what is typical to 1."""
    burst = [(i, 0.95 - i / 1000) for i in range(NEIGHBOR_COUNT)]
    assert close_neighbors(burst, 0.55) == list(range(THRESHOLDS.max_neighbors))
    # Typical 0.5, so the last counts as 0.75, and close is 0.9.
    burst = [(0, 0.9), (1, 0.89), *((i, 0.88) for i in range(2, NEIGHBOR_COUNT))]
    assert close_neighbors(burst, 0.5) == [0]


def test_a_fixed_cosine_decides_if_there_are_few_photos() -> None:
    assert close_neighbors([(1, 0.5), (2, 0.3), (3, 0.29)], math.nan) == [1, 2]
    assert close_neighbors([(1, 0.5), (2, 0.1)], 0.9) == [1]
    full = [(i, 0.5) for i in range(NEIGHBOR_COUNT)]
    assert len(close_neighbors(full, math.nan)) == THRESHOLDS.max_neighbors
