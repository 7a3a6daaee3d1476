"""What a page shows of results: any range of them, good matches first, and no photo twice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.library.catalog import Ids
from explorer.search.ranking.ranked_photos import RankedIds
from explorer.search.results import result_view
from explorer.search.results.result_order import Dates
from explorer.search.results.result_stacks import NO_STACKS, PhotoStacks
from explorer.search.results.result_view import ResultView


def array(*ids: int) -> Ids:
    return np.array(ids, np.int64)


def by_id(ids: Ids) -> Dates:
    """Photo n was taken in month n of 2020."""
    return 2020 * 10**10 + ids * 10**8 + 10**6


def test_good_matches_are_sorted_and_the_others_follow_by_match() -> None:
    ranked = RankedIds(array(3, 1, 2, 9, 8), good=3)
    view = ResultView(ranked, NO_STACKS, "newest", dates=by_id)
    assert view.tiles(9).tolist() == [3, 2, 1, 9, 8]
    assert view.sections() == (3, 5)


def test_the_best_of_each_day_come_from_all_results() -> None:
    ranked = RankedIds(array(3, 1, 2, 9, 8), good=3)
    view = ResultView(ranked, NO_STACKS, "day", dates=lambda ids: by_id(ids // 2 * 2 + 1))
    assert view.tiles(9).tolist() == [3, 1]
    assert view.sections() == (2, 2)


def test_without_grades_the_best_results_are_sorted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_view, "UNGRADED_MATCHES", 2)
    ranked = RankedIds(array(3, 4, 5, 1))
    assert ResultView(ranked, NO_STACKS, "newest", dates=by_id).tiles(4).tolist() == [4, 3, 5, 1]
    assert ResultView(ranked, NO_STACKS, dates=by_id).sections() == (4, 4)
    assert ResultView(ranked, NO_STACKS, "newest", dates=by_id).sections() == (2, 4)


def test_without_a_good_match_the_nearest_are_shown() -> None:
    view = ResultView(RankedIds(array(5, 4), good=0), NO_STACKS)
    assert view.sections() == (0, 2)
    assert view.tiles(2).tolist() == [5, 4]


def test_a_stack_has_the_rank_of_its_best_photo_and_only_results() -> None:
    stacks = PhotoStacks.of([(1, 2), (2, 3), (3, 4)])
    view = ResultView(RankedIds(array(8, 3, 1, 9, 2), good=2), stacks)
    assert view.tiles(9).tolist() == [8, 3, 9]
    assert view.sections() == (2, 3)
    assert view.stack_of(3).tolist() == [3, 1, 2]
    assert view.stack_of(9).tolist() == [9]


@given(
    st.lists(st.integers(1, 12), unique=True, max_size=12),
    st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), max_size=8),
    st.sampled_from(["best", "newest", "oldest", "day"]),
    st.booleans(),
    st.integers(0, 12),
    st.integers(1, 4),
)
def test_pages_together_contain_all_results(
    ids: list[int], pairs: list[tuple[int, int]], sorting: str, month: bool, good: int, size: int
) -> None:
    ranked = RankedIds(array(*ids), min(good, len(ids)))
    view = ResultView(ranked, PhotoStacks.of(pairs), sorting, month, by_id)  # type: ignore[arg-type]
    first, count = view.sections()
    pages = [view.tiles(at + size)[at:].tolist() for at in range(0, count + size, size)]
    whole = [i for page in pages for i in page]
    assert whole == view.tiles(count + 1).tolist()
    assert len(whole) == count >= first
    assert len(set(whole)) == count
    if sorting != "day":
        assert sorted(j for i in whole for j in view.stack_of(i).tolist()) == sorted(ids)
