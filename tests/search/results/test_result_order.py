"""Orders of results: nothing is lost, months stay together, and the best of a day is the best."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.search.results.result_order import Sorting, sort_results

IDS = np.array([5, 3, 9, 1, 7, 2], np.int64)
DATES = np.array(
    [20200315120000, 20210101000000, 0, 20200315090000, 20200301000000, 20190000000000], np.int64
)


@pytest.mark.parametrize(
    ("sorting", "by_month", "expected"),
    [
        ("best", False, [5, 3, 9, 1, 7, 2]),
        ("newest", False, [3, 5, 1, 7, 2, 9]),
        ("oldest", False, [2, 7, 1, 5, 3, 9]),
        # 5 is a better match than 1 of the same day; of 2, only the year is known.
        ("day", False, [3, 5, 7]),
        ("best", True, [3, 5, 1, 7, 2, 9]),
        ("newest", True, [3, 5, 1, 7, 2, 9]),
    ],
)
def test_results_are_ordered_as_requested(
    sorting: Sorting, by_month: bool, expected: list[int]
) -> None:
    assert sort_results(IDS, DATES, sorting, by_month=by_month).tolist() == expected


def test_the_better_match_comes_first_within_a_month() -> None:
    dates = np.array([20200301000000, 20200330000000, 20200401000000], np.int64)
    ids = np.array([1, 2, 3], np.int64)
    assert sort_results(ids, dates, "best", by_month=True).tolist() == [3, 1, 2]
    assert sort_results(ids, dates, "newest", by_month=True).tolist() == [3, 2, 1]


@given(
    st.lists(st.sampled_from([0, *DATES.tolist()]), max_size=30),
    st.sampled_from(["best", "newest", "oldest"]),
    st.booleans(),
)
def test_ordering_keeps_every_photo_and_months_together(
    dates: list[int], sorting: Sorting, by_month: bool
) -> None:
    ids = np.arange(len(dates), dtype=np.int64)
    order = sort_results(ids, np.array(dates, np.int64), sorting, by_month=by_month)
    assert sorted(order.tolist()) == ids.tolist()
    if by_month or sorting != "best":
        months = [dates[i] // 10**8 for i in order.tolist()]
        runs = [month for at, month in enumerate(months) if at == 0 or months[at - 1] != month]
        assert len(runs) == len(set(runs))
