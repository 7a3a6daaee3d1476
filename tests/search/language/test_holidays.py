"""On which days holidays are."""

from __future__ import annotations

import datetime as dt

import pytest

from explorer.search.language.holidays import all_days, day_of, days_of, is_movable


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("easter", "1954-04-18"), ("easter", "1961-04-02"), ("easter", "2000-04-23"),
        ("easter", "2016-03-27"), ("easter", "2038-04-25"), ("easter monday", "2019-04-22"),
        ("good friday", "2021-04-02"), ("mothering sunday", "2023-03-19"),
        ("thanksgiving", "2018-11-22"), ("thanksgiving day", "2019-11-28"),
        ("canadian thanksgiving", "2019-10-14"), ("mother’s day", "2020-05-10"),
        ("fathers day", "2021-06-20"), ("memorial day", "2019-05-27"), ("labor day", "2022-09-05"),
    ],
)  # fmt: skip
def test_movable_holidays(name: str, day: str) -> None:
    assert is_movable(name)
    assert day_of(name, int(day[:4])) == dt.date.fromisoformat(day)
    assert day in all_days(name)


def test_some_holidays_are_celebrated_on_several_days() -> None:
    assert days_of("christmas", 2019) == (dt.date(2019, 12, 24), dt.date(2019, 12, 26))
    assert days_of("new year", 2020) == (dt.date(2019, 12, 31), dt.date(2020, 1, 1))
    assert len(all_days("easter")) == 4 * 200
    assert not is_movable("christmas") and not is_movable("dog")
