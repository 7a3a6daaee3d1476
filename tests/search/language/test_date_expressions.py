from __future__ import annotations

import datetime as dt

import pytest

from explorer.search.language import single_dates
from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.parse_query import parse
from tests.search.language.meant_queries import meant


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("june, july and august 2019", "2019-06|2019-07|2019-08"),
        ("June, July, and August of 2019", "2019-06|2019-07|2019-08"),
        ("june july august 2019", "2019-06|2019-07|2019-08"), ("June/July 2019", "2019-06|2019-07"),
        ("june 4, july 5 2019", "2019-06-04|2019-07-05"),
        ("between june and august 2019", "2019-06..2019-08"),
        ("between november and february 2020", "2019-11..2020-02"),
        ("between 4 and 6 june 2019", "2019-06-04..2019-06-06"),
        ("25.12.2019", "2019-12-25"), ("25/12/2019", "2019-12-25"), ("12/25/2019", "2019-12-25"),
        ("5.6.2019", "2019-06-05"), ("5/6/2019", "2019-06-05|2019-05-06"),
        ("2019/06/04", "2019-06-04"), ("2019.6.4", "2019-06-04"), ("6/2019", "2019-06"),
        ("2019/06", "2019-06"), ("2018/2019", "2018|2019"), ("25-12-2019", "2019-12-25"),
        ("in the 90s", "1990..1999"), ("from the 2000s", "2000..2009"), ("1980s", "1980..1989"),
        ("before the 90s", "<1990"), ("before christmas 2019", "<2019-12-25"),
        ("before easter 2019", "<2019-04-21"),
        ("early 2019", "2019-01..2019-04"), ("mid-2019", "2019-05..2019-08"),
        ("since late 2019", ">=2019-09"), ("the end of 2019", "2019-10..2019-12"),
        ("since New Year’s Eve 2018", ">=2018-12-31"), ("older than 2015", "<2015"),
        ("photographed in 2019", "2019"), ("taken 2019", "2019"),
        ("2015 onwards", ">=2015"), ("from 2015 on", ">=2015"), ("from 2015 until now", ">=2015"),
        ("2015 to present", ">=2015"), ("2015 or later", ">=2015"), ("up to 2015", "<=2015"),
        ("June 2015 and later", ">=2015-06"), ("2015 or earlier", "<=2015"),
        ("date > 2015", ">2015"), ("year>=2015", ">=2015"), ("date >= 2019-06", ">=2019-06"),
    ],
)  # fmt: skip
def test_dates_are_read(text: str, value: str) -> None:
    assert meant(f"dog {text}") == meant(f"dog, {text}") == f"dog date:{value}"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("taken today", "2024-03-01"), ("from yesterday", "2024-02-29"), ("this week", "2024-W09"),
        ("last week", "2024-W08"), ("last weekend", "2024-02-24..2024-02-25"),
        ("this month", "2024-03"), ("last month", "2024-02"), ("last year", "2023"),
        ("two years ago", "2022"), ("3 months ago", "2023-12"), ("a week ago", "2024-W08"),
        ("last 7 days", "2024-02-24..2024-03-01"), ("the past 2 weeks", "2024-02-17..2024-03-01"),
        ("last 3 months", "2023-12-02..2024-03-01"), ("last 2 years", "2022-03-02..2024-03-01"),
        ("since last month", ">=2024-02"), ("from last year", "2023"),
        ("in the last year", "2023-03-02..2024-03-01"), ("the last week", "2024-02-24..2024-03-01"),
        ("within the last week", "2024-02-24..2024-03-01"),
        ("one year ago today", "2023-03-01"), ("2 weeks ago today", "2024-02-16"),
        ("a month ago today", "2024-02-01"),
        ("last june", "2023-06"), ("in last february", "2024-02"), ("last march", "2023-03"),
        ("this march", "2024-03"), ("last christmas", "2023-12-24..2023-12-26"),
        ("last christmas eve", "2023-12-24"), ("this halloween", "2024-10-31"),
        ("last new year's eve", "2023-12-31"), ("last new year", "2023-12-31..2024-01-01"),
        ("last friday", "2024-02-23"), ("last sunday", "2024-02-25"), ("this monday", "2024-02-26"),
        ("this weekend", "2024-03-02..2024-03-03"), ("since last june", ">=2023-06"),
        ("from sunday", "2024-02-25"), ("since june", ">=2023-06"), ("since march", ">=2024-03"),
        ("since christmas", ">=2023-12-24"), ("since march 2", ">=2023-03-02"),
        ("before june", "<2023-06"), ("taken before march", "<2024-03"),
        ("since new year", ">=2023-12-31"),
    ],
)  # fmt: skip
def test_relative_dates_count_from_today(
    text: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_dates, "today", lambda: dt.date(2024, 3, 1))
    assert meant(f"dog {text}") == f"dog date:{value}"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("today", "date:2024-03-01"), ("photos from yesterday", "date:2024-02-29"),
        ("my pictures today", "date:2024-03-01"), ("dog, today", "dog date:2024-03-01"),
        ("not in the last week", "-date:2024-02-24..2024-03-01"),
        ("not the last week", "-date:2024-02-24..2024-03-01"),
        ("yesterday at the beach", "at the beach date:2024-02-29"),
        ("shot on iphone yesterday", "date:2024-02-29 camera:iphone"),
        ("dog shot on iphone last week", "dog date:2024-W08 camera:iphone"),
    ],
)  # fmt: skip
def test_days_are_read_beside_words_for_photos(
    text: str, meaning: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_dates, "today", lambda: dt.date(2024, 3, 1))
    assert meant(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "usa today", "usa today newspaper", "beatles yesterday", "the day today",
        "last week tonight", "last year in marienbad", "today is a good day", "2000 years ago",
        "date > 5",
        "the last month of school",
        "99/99/2019", "30.02.2019", "32/12/2019", "2019-2", "before 5/6/2019", "16/9", "last",
        "a year", "june to july to august 2019", "the last supper", "0 years ago",
    ],
)  # fmt: skip
def test_what_is_no_date_stays(text: str) -> None:
    assert interpret(parse(text)) == parse(text)
