"""Stacks in results: every photo is in one place, and the best of a stack stands for it."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.duplicates.connected_components import connected_components
from explorer.library.catalog import Ids
from explorer.search.results.result_stacks import NO_STACKS, PhotoStacks

_IDS = st.integers(1, 40)
PAIRS = st.lists(st.tuples(_IDS, _IDS), max_size=40)
ORDERS = st.lists(_IDS, unique=True, max_size=40)


def array(ids: list[int]) -> Ids:
    return np.array(ids, np.int64)


def contains(order: list[int]) -> Callable[[Ids], np.ndarray]:
    return lambda ids: np.isin(ids, array(order))


def test_pairs_that_share_a_photo_are_one_stack() -> None:
    stacks = PhotoStacks.of([(5, 7), (7, 9), (2, 3)])
    assert stacks.members(9).tolist() == [5, 7, 9]
    assert stacks.members(4).tolist() == [4]
    assert stacks.collapse(array([4, 9, 3, 5, 2, 7])).tolist() == [4, 9, 3]


def test_without_pairs_everything_is_shown() -> None:
    assert NO_STACKS.collapse(array([3, 1, 2])).tolist() == [3, 1, 2]
    assert NO_STACKS.hidden(contains([1, 2])) == 0
    assert PhotoStacks.of([]).members(8).tolist() == [8]


def test_a_long_chain_is_one_stack() -> None:
    ends = np.random.default_rng(3).permutation(500).tolist()
    stacks = PhotoStacks.of(itertools.pairwise(ends))
    assert stacks.members(7).tolist() == list(range(500))


@given(PAIRS)
def test_photos_are_in_one_stack_exactly_if_pairs_join_them(pairs: list[tuple[int, int]]) -> None:
    graph = {i: {i} for i in range(1, 41)}
    for one, other in pairs:
        graph[one].add(other)
        graph[other].add(one)
    stacks = PhotoStacks.of(pairs)
    for component in connected_components(graph):
        for photo in component:
            assert stacks.members(photo).tolist() == sorted(component)


@given(PAIRS, ORDERS)
def test_each_photo_is_shown_or_stacked_below_a_better_one(
    pairs: list[tuple[int, int]], order: list[int]
) -> None:
    stacks = PhotoStacks.of(pairs)
    shown = stacks.collapse(array(order)).tolist()
    assert shown == [i for i in order if i in set(shown)]
    for photo in order:
        best = min(order.index(i) for i in stacks.members(photo).tolist() if i in order)
        assert (photo in shown) == (order.index(photo) == best)
    assert len(order) - len(shown) == stacks.hidden(contains(order))


@given(PAIRS, ORDERS, st.integers(0, 50))
def test_the_first_stacks_are_found_without_the_rest(
    pairs: list[tuple[int, int]], order: list[int], wanted: int
) -> None:
    stacks = PhotoStacks.of(pairs)
    whole = stacks.collapse(array(order)).tolist()
    first = stacks.collapse_first(lambda n: array(order)[:n], wanted, len(order)).tolist()
    assert first == whole[: len(first)]
    assert len(first) >= min(wanted, len(whole))


def test_a_long_list_is_ranked_no_further_than_needed() -> None:
    asked = list[int]()
    stacks = PhotoStacks.of([(1, i) for i in range(2, 400)])

    def top(number: int) -> Ids:
        asked.append(number)
        return np.arange(1, number + 1)

    assert stacks.collapse_first(top, 90, 1_000_000)[:3].tolist() == [1, 400, 401]
    assert asked == [190, 379, 568]


@given(PAIRS, ORDERS, st.sets(_IDS, max_size=20))
def test_what_is_not_first_represents_a_stack_only_where_there_is_nothing_else(
    pairs: list[tuple[int, int]], order: list[int], not_first: set[int]
) -> None:
    plain, stacks = PhotoStacks.of(pairs), PhotoStacks.of(pairs, not_first)
    shown, ids = stacks.collapse(array(order)).tolist(), array(order)
    before = plain.collapse(ids).tolist()
    assert len(shown) == len(before) and set(shown) <= set(order)
    for one, first in zip(shown, before, strict=True):
        listed = [i for i in order if i in set(stacks.members(first).tolist())]
        others = [i for i in listed if i not in not_first]
        # A single photo stays, whatever it is.
        assert one == (others or listed)[0] and first == listed[0]
    assert ids.tolist() == order
