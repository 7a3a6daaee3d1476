"""What the user can set for photos."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import UsageError
from explorer.library.edits.edit_fields import FieldValues, PhotoValues
from explorer.library.edits.edit_operations import (
    EditOperation,
    change_date,
    change_keywords,
    change_place,
    combined,
    parse_coordinates,
    parse_shift,
    reset_fields,
    set_date,
    set_favourite,
    set_place,
    set_rating,
    set_text,
    shift_dates,
)

CURRENT: FieldValues = {
    "favourite": [0],
    "rating": [None],
    "title": [None],
    "description": [None],
    "keywords": ['["Sea", "été"]'],
    "date": ["2020-05-01T23:30:00", "minute", "exif"],
    "place": [None, None],
}


# Any characters, lone surrogates as well.
ANY_TEXT = st.text(st.characters(), max_size=5)


def result(operation: EditOperation, **current: Any) -> Any:
    return operation.change(PhotoValues(cast(FieldValues, {**CURRENT, **current}), CURRENT))


def keywords(operation: EditOperation, **current: Any) -> list[str]:
    (stored,) = result(operation, **current).get("keywords", CURRENT["keywords"])
    return json.loads(stored) if stored else []


@pytest.mark.parametrize(("stars", "value"), [(0, None), (1, 1.0), (4.5, 4.5), (5, 5.0)])
def test_a_rating_is_set_or_removed(stars: float, value: float | None) -> None:
    assert result(set_rating(stars)) == {"rating": [value]}


@pytest.mark.parametrize("stars", [-1, 5.5, float("nan"), float("inf")])
def test_a_rating_has_bounds(stars: float) -> None:
    with pytest.raises(UsageError, match="0 to 5 stars"):
        set_rating(stars)


class TestKeywords:
    def test_keywords_are_added_once_and_keep_their_order(self) -> None:
        found = keywords(change_keywords(["  hills ", "SEA", "hills", ""]))
        assert found == ["Sea", "été", "hills"]

    def test_keywords_are_removed_whatever_their_case_and_accents(self) -> None:
        assert keywords(change_keywords(remove=["ETE"])) == ["Sea"]
        assert keywords(change_keywords(remove=["ete", "sea"])) == []

    def test_damaged_keywords_count_as_none(self) -> None:
        assert keywords(change_keywords(["a"]), keywords=["{"]) == ["a"]

    def test_keywords_are_one_line_that_can_be_stored(self) -> None:
        operation = change_keywords(["a\0b\udcff", "\ud800"], ["\udcffsea\n"])
        assert keywords(operation) == ["été", "a b"]
        assert operation.summary == "added keyword “a b”, removed keyword “sea”"

    @given(st.lists(ANY_TEXT), st.lists(ANY_TEXT))
    def test_adding_and_removing_the_same_leaves_none_of_them(
        self, add: list[str], remove: list[str]
    ) -> None:
        found = keywords(change_keywords(add, add + remove))
        assert set(found) <= {"Sea", "été"}


class TestDates:
    @pytest.mark.parametrize(
        ("text", "stored"),
        [
            ("1985", ["1985-01-01T00:00:00", "year", "user"]),
            (" 1985-07 ", ["1985-07-01T00:00:00", "month", "user"]),
            ("1985-07-04", ["1985-07-04T00:00:00", "day", "user"]),
            ("1985-07-04 10:30", ["1985-07-04T10:30:00", "minute", "user"]),
            ("1985-07-04T10:30:05", ["1985-07-04T10:30:05", "second", "user"]),
        ],
    )
    def test_a_date_is_set_as_far_as_it_is_known(self, text: str, stored: list[str]) -> None:
        assert result(set_date(text)) == {"date": stored}

    @pytest.mark.parametrize("text", ["", "summer", "85", "1985-13", "1985-02-30", "12345"])
    def test_anything_else_is_no_date(self, text: str) -> None:
        with pytest.raises(UsageError, match="is not a date"):
            set_date(text)

    def test_dates_are_moved(self) -> None:
        moved = result(shift_dates(dt.timedelta(hours=1)))
        assert moved == {"date": ["2020-05-02T00:30:00", "minute", "user"]}

    @pytest.mark.parametrize(
        "date",
        [
            [None, None, None],
            ["2020-05-01T00:00:00", "day", "exif"],
            ["2020-05-01T10:00:00", "second", "file"],
            ["9999-12-31T23:30:00", "second", "exif"],
        ],
    )
    def test_what_has_no_time_is_not_moved(self, date: list[str | None]) -> None:
        assert result(shift_dates(dt.timedelta(hours=1)), date=date) == {}

    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("+1h", 3600), ("1h", 3600), ("-2d", -172_800), ("+1:30", 5400), ("45m", 2700),
            ("-1d 2h", -93_600), ("30s", 30),
        ],
    )  # fmt: skip
    def test_a_shift_is_parsed(self, text: str, seconds: int) -> None:
        assert parse_shift(text) == dt.timedelta(seconds=seconds)

    @pytest.mark.parametrize("text", ["", "+", "1", "0h", "1x", "1:2:3", "99999999d", "-", "1.5h"])
    def test_anything_else_is_no_shift(self, text: str) -> None:
        with pytest.raises(UsageError, match="move dates by"):
            parse_shift(text)

    @given(st.text(st.characters(), max_size=12))
    def test_any_text_is_parsed_or_refused(self, text: str) -> None:
        for parse in (parse_shift, set_date, parse_coordinates):
            try:
                parse(text)
            except UsageError as error:
                assert "\n" not in str(error)


@pytest.mark.parametrize("place", [(90, 180), (-90, -180), (0, 0)])
def test_a_place_is_set(place: tuple[float, float]) -> None:
    assert result(set_place(*place)) == {"place": list(place)}


@pytest.mark.parametrize("place", [(90.1, 0), (0, 180.1), (float("nan"), 0)])
def test_a_place_is_on_earth(place: tuple[float, float]) -> None:
    with pytest.raises(UsageError, match="There is no place"):
        set_place(*place)


@pytest.mark.parametrize(
    ("text", "place"),
    [("48.85,2.35", (48.85, 2.35)), (" -33.9 , 151 ", (-33.9, 151.0)), ("+1,-2", (1.0, -2.0))],
)
def test_coordinates_are_parsed(text: str, place: tuple[float, float]) -> None:
    assert parse_coordinates(text) == place


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a latitude and a longitude"), ("48.85", "not a latitude and a longitude"),
        ("1,2,3", "not a latitude and a longitude"), ("nan,1", "not a latitude and a longitude"),
        ("１,2", "not a latitude and a longitude"), ("1e1,2", "not a latitude and a longitude"),
        ("91,2", "latitudes range"), ("1,-181", "longitudes range"),
    ],
)  # fmt: skip
def test_other_texts_are_no_coordinates(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=f"is not a place: .*{says}"):
        parse_coordinates(text)


def test_each_of_several_edits_sees_the_result_of_the_earlier_ones() -> None:
    words = combined([change_keywords(["hills"]), change_keywords(remove=["sea"])])
    assert keywords(words) == ["été", "hills"]
    assert words.summary == "Added keyword “hills”, removed keyword “sea”"
    moved = combined([set_date("2001-01-01 10:00"), shift_dates(dt.timedelta(hours=1))])
    assert result(moved) == {"date": ["2001-01-01T11:00:00", "minute", "user"]}
    reset = combined([reset_fields(["keywords"]), change_keywords(["hills"])])
    assert keywords(reset, keywords=['["mine"]']) == ["Sea", "été", "hills"]


def test_keywords_that_are_there_are_no_change() -> None:
    assert result(change_keywords(["SEA"], ["hills"])) == {}


def test_an_empty_date_or_place_is_that_of_the_file() -> None:
    (date,) = change_date(" ", None)
    assert result(combined([date, change_place("\0")])) == {"date": None, "place": None}
    assert change_date(None, None) == []
    assert result(change_place("1, 2")) == {"place": [1.0, 2.0]}
    for typed in ("1985", ""):
        with pytest.raises(UsageError, match="not both"):
            change_date(typed, "+1h")


def test_several_edits_are_one() -> None:
    both = combined([set_favourite(True), set_text("title", " A  b "), reset_fields(["rating"])])
    assert result(both) == {"favourite": [1], "title": ["A b"], "rating": None}
    assert both.summary == "Marked as favorite, title set, rating as in the file"
    assert result(set_text("title", " ")) == {"title": [None]}
    assert result(set_text("title", "a\0b\ud800\x1b")) == {"title": ["a b"]}
