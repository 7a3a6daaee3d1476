"""Headings of a list: every photo is below exactly one."""

from __future__ import annotations

import datetime as dt

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.search.results.list_sections import Heading, local_dates, sections_of

DATES = np.array(
    [20210714120000, 20210714090000, 20210700000000, 20210630120000, 20210000000000, 0, 0], np.int64
)


def test_sections_are_runs_of_one_day() -> None:
    sections = sections_of(DATES, "day")
    assert sections.starts.tolist() == [0, 2, 3, 4, 5]
    assert sections.days.tolist() == [20210714, 20210700, 20210630, 20210000, 0]


def test_sections_are_runs_of_one_month() -> None:
    sections = sections_of(DATES, "month")
    assert sections.starts.tolist() == [0, 3, 4, 5]
    assert sections.days.tolist() == [20210700, 20210600, 20210000, 0]


def test_without_headings_there_is_one_section() -> None:
    assert sections_of(DATES, "none").starts.tolist() == [0]
    for heading in ("day", "month", "none"):
        assert len(sections_of(DATES[:0], heading).starts) == 0


@given(
    st.lists(st.sampled_from(DATES.tolist()), max_size=40),
    st.sampled_from(["day", "month", "none"]),
)
def test_counts_of_sections_sum_to_the_list(dates: list[int], heading: Heading) -> None:
    starts, days = sections_of(np.array(dates, np.int64), heading)
    counts = np.diff(np.append(starts, len(dates)))
    assert counts.sum() == len(dates) and (counts > 0).all()
    assert len(days) == len(starts)
    if heading == "day":
        assert np.repeat(days, counts).tolist() == [date // 10**6 for date in dates]


def test_unix_times_are_local_days() -> None:
    noon = dt.datetime(2020, 7, 14, 12).astimezone().timestamp()
    last = dt.datetime(2020, 7, 14, 23, 59, 59).astimezone().timestamp()
    found = local_dates(np.array([noon, last, last + 1, 0.0, 1e30]))
    assert found.tolist() == [20200714000000, 20200714000000, 20200715000000, 0, 0]
