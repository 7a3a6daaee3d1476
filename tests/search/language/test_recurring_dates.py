"""Times in phrases that return every year, week or day."""

from __future__ import annotations

import datetime as dt

import pytest

from explorer.search.language import single_dates
from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.parse_query import parse
from explorer.search.language.print_query import print_query
from explorer.search.language.query_chips import chips
from tests.search.language.meant_queries import meant


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("in june", "month:06"), ("from June", "month:06"), ("june", "month:06"),
        ("taken in may", "month:05"), ("during march", "month:03"),
        ("june 4", "month:06-04"), ("on the 4th of July", "month:07-04"),
        ("on 25.12.", "month:12-25"), ("taken 4.06.", "month:06-04"),
        ("24 Dec.", "month:12-24"), ("December 24-26", "month:12-24..12-26"),
        ("24 to 26 december", "month:12-24..12-26"), ("june to august", "month:06..08"),
        ("from november until february", "month:11..02"), ("june or july", "month:06|07"),
        ("march and april", "month:03|04"), ("in june or march to may", "month:06|03..05"),
        ("in june, july", "month:06|07"), ("between june and august", "month:06..08"),
        ("between june 4 and july 2", "month:06-04..07-02"),
        ("from christmas", "month:12-24..12-26"), ("taken at christmas", "month:12-24..12-26"),
        ("from christmas eve", "month:12-24"), ("from new year", "month:12-31..01-01"),
        ("from christmas 2019", "date:2019-12-24..2019-12-26"),
        ("from new year 2019", "date:2018-12-31..2019-01-01"),
        ("from easter", "month:easter"), ("taken at Easter", "month:easter"),
        ("from easter 2019", "date:2019-04-19..2019-04-22"),
        ("from thanksgiving 2019", "date:2019-11-28"),
        ("summer 2019", 'season:"summer 2019"'), ("summer of 2019", 'season:"summer 2019"'),
        ("in the fall of 2019", 'season:"autumn 2019"'),
        ("winter 2018/19", 'season:"winter 2018-07..2019-06"'),
        ("winter 2018-2019", 'season:"winter 2018-07..2019-06"'),
        ("winter 1999/00", 'season:"winter 1999-07..2000-06"'),
        ("on weekends", "weekday:weekend"), ("at the weekend", "weekday:weekend"),
        ("on a sunday", "weekday:sunday"), ("on Sundays", "weekday:sunday"),
        ("taken at night", "hour:22..4"), ("shot in the morning", "hour:5..11"),
    ],
)  # fmt: skip
def test_times_without_a_year_are_read_after_other_words(text: str, test: str) -> None:
    assert meant(text) == meant(f"photos {text}") == test
    assert meant(f"dog {text}") == f"dog {test}"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("summer", "season:summer"), ("in the Summer", "season:summer"), ("fall", "season:autumn"),
        ("winter photos", "season:winter"), ("photos from summer", "season:summer"),
        ("winter photos of the house", "the house season:winter"),
        ("photos at christmas", "month:12-24..12-26"), ("weekend", "weekday:weekend"),
        ("sunday pictures", "weekday:sunday"), ("not in winter", "-season:winter"),
        ("dog in June at home", "dog at home month:06"),
        ("in June at the beach", "at the beach month:06"),
        ("june photos", "month:06"), ("beach, june, 2019", "beach date:2019-06"),
        ("june OR july", "month:06|07"),
        ("(june OR august)", "month:06|08"), ("2019 dog in june", "dog date:2019 month:06"),
        ("at easter", "month:easter"), ("on mother's day", 'month:"mother\'s day"'),
        ("summer, winter", "season:summer|winter"), ("summer or winter", "season:summer|winter"),
    ],
)  # fmt: skip
def test_what_may_be_shown_is_a_time_where_nothing_else_is_said(text: str, meaning: str) -> None:
    assert meant(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "25.12", "version from 2.12", "on 25.13.", "on 31.06.", "the week before june",
        "since june and july", "before june and july",
        "since christmas or may",
        "summer dress", "June bug", "christmas tree", "christmas", "autumn leaves", "dog in winter",
        "snow in winter", "may", "march", "people march", "dogs may", "anna and june", "with june",
        "photos of june", "october fest", "4th of july fireworks", "monday morning", "at night",
        "city at night", "in the morning", "house at christmas", "toy during christmas",
        "june 31", "31 to 32 june", "early june", "weekend trip", "Friday night", "summer holidays",
        "the sunday times", "winter coat", "photos from jan", "spring flowers", "fall leaves",
        "new year's eve", "since", "between june", "in june or", "on sunday",
        "until june", "photos until June", "next june", "soldiers on the march", "on march",
        "people in the march", "grandma June", "my sister April",
        "easter", "easter eggs", "house at easter", "trees older than 100 years",
        "this day", "dog on this day",
    ],
)  # fmt: skip
def test_things_named_like_times_stay(text: str) -> None:
    assert interpret(parse(text)) == parse(text)


@pytest.mark.parametrize(
    ("day", "text", "value"),
    [
        ("2024-07-10", "last summer", "2023-06..2024-05"),
        ("2024-07-10", "this summer", "2023-09..2024-08"),
        ("2024-12-01", "last winter", "2023-12..2024-11"),
        ("2024-02-29", "last summer", "2022-12..2023-11"),
        ("2024-02-29", "this winter", "2023-03..2024-02"),
    ],
)  # fmt: skip
def test_last_summer_lies_in_the_year_before_this_season(
    day: str, text: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_dates, "today", lambda: dt.date.fromisoformat(day))
    assert meant(f"beach {text}") == f'beach season:"{text.split()[1]} {value}"'


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("last easter", "date:2024-03-29..2024-04-01"), ("since easter", "date:>=2024-03-29"),
        ("last thanksgiving", "date:2023-11-23"), ("since thanksgiving", "date:>=2023-11-23"),
        ("last new year", "date:2023-12-31..2024-01-01"),
        ("on this day", "month:07-10"), ("photos from this day", "month:07-10"),
        ("photos older than 10 years", "date:<2014-07-10"),
        ("newer than a week", "date:>2024-07-03"),
    ],
)  # fmt: skip
def test_times_that_depend_on_today(
    text: str, meaning: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_dates, "today", lambda: dt.date(2024, 7, 10))
    assert meant(text) == meaning


@pytest.mark.parametrize(
    ("text", "label", "printed"),
    [
        ("in June", "taken in June", "in June"),
        ("june to august", "taken June to August", "june to august"),
        ("24 December", "taken on 24 December", "24 December"),
        ("not in June", "not taken in June", "not in June"),
        ("Summer 2019", "taken in summer 2019", "Summer 2019"),
        ("fall", "taken in autumn (September to November; in the south, March to May)", "fall"),
        ("winter 2018/19", "taken in winter, July 2018 to June 2019", "winter 2018/19"),
        ("on weekends", "taken at a weekend", "on weekends"),
        ("on Mother's Day", "taken on Mother's Day", "on Mother's Day"),
        ("taken at night", "taken between 22:00 and 4:59", "taken at night"),
    ],
)  # fmt: skip
def test_a_chip_says_which_time_is_meant(text: str, label: str, printed: str) -> None:
    tree = interpret(parse(text))
    (chip,) = chips(tree)
    assert chip.label == label
    assert print_query(tree) == printed
    assert chip.as_phrase and interpret(chip.as_phrase) == chip.as_phrase
