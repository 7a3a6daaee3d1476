"""Lists of photos are found by their tokens, and ranked only once they are needed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from explorer.library.catalog import Ids
from explorer.ui.viewer import photo_sequences
from explorer.ui.viewer.photo_sequences import PhotoSequence


def test_ids_are_found_once_however_many_ask() -> None:
    calls = list[int]()

    def find() -> Ids:
        calls.append(1)
        return np.arange(10, dtype=np.int64)

    sequence = PhotoSequence(find)
    assert not calls
    with ThreadPoolExecutor(8) as threads:
        positions = list(threads.map(sequence.position, range(12)))
    assert positions == [*range(10), None, None]
    assert len(calls) == 1


def test_the_same_list_has_the_same_token() -> None:
    one = photo_sequences.register(PhotoSequence([3, 1, 2]), "search", {"q": "red"})
    assert photo_sequences.register(PhotoSequence([3, 1, 2]), "search", {"q": "red"}) == one
    assert photo_sequences.register(PhotoSequence([3, 2, 1]), "search", {"q": "red"}) != one
    assert photo_sequences.register(PhotoSequence([3, 1, 2]), "search", {"q": "blue"}) != one
    found = photo_sequences.find(one)
    assert found is not None and found.ids().tolist() == [3, 1, 2]


def test_a_list_that_is_registered_again_keeps_what_was_found() -> None:
    token = photo_sequences.register(PhotoSequence(lambda: np.array([7], np.int64)), "lazy")
    first = photo_sequences.find(token)
    assert photo_sequences.register(PhotoSequence(lambda: np.zeros(0, np.int64)), "lazy") == token
    assert photo_sequences.find(token) is first


def test_only_the_latest_lists_are_remembered() -> None:
    first = photo_sequences.register(PhotoSequence([1]), "first")
    for number in range(100):
        last = photo_sequences.register(PhotoSequence([number]), "others")
    assert photo_sequences.find(first) is None
    assert photo_sequences.find(last) is not None
