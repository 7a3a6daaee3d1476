"""Values of fields, as bounds that a filter can use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.search.language.parse_query import parse
from explorer.search.language.query_fields import FIELDS, typed_value
from explorer.search.language.query_tree import Comparison, FieldValue
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.search.language.typed_dates import DateRange, DaysOfYear, Hours, SeasonTime
from explorer.search.language.typed_values import Choice, NumberRange, Place, TextValue, TypedValue

COMPARISONS: list[Comparison] = ["=", "<", "<=", ">", ">="]


def value(field: str, text: str, comparison: Comparison = "=") -> TypedValue:
    return typed_value(field, FieldValue(text, comparison))


@pytest.mark.parametrize(
    ("field", "text", "comparison", "expected"),
    [
        ("iso", "800", "=", NumberRange(800, 800)),
        ("month", "June", "=", DaysOfYear("06-01", "06-30")),
        ("month", "2", "=", DaysOfYear("02-01", "02-29")),
        ("month", "November..feb", "=", DaysOfYear("11-01", "02-29")),
        ("month", "december 24", "=", DaysOfYear("12-24", "12-24")),
        ("month", "24. Dec .. 12-26", "=", DaysOfYear("12-24", "12-26")),
        ("month", "25.12.", "=", DaysOfYear("12-25", "12-25")),
        ("season", "Fall", "=", SeasonTime("autumn")),
        ("season", "summer 2019", "=", SeasonTime("summer", DateRange("2019-01-01", "2019-12-31"))),
        ("hour", "8", "=", Hours(8, 8)),
        ("hour", "22 .. 4", "=", Hours(22, 4)),
        ("iso", "800", ">", NumberRange(low=800, low_included=False)),
        ("iso", "800", ">=", NumberRange(low=800)),
        ("iso", "800", "<", NumberRange(high=800, high_included=False)),
        ("iso", "800", "<=", NumberRange(high=800)),
        ("iso", "100..200", "=", NumberRange(100, 200)),
        ("iso", "..200", "=", NumberRange(high=200)),
        ("iso", "100..", "=", NumberRange(low=100)),
        ("focal", "85mm", ">=", NumberRange(low=85)),
        ("focal", "50", "=", NumberRange(49.5, 50.5, high_included=False)),
        ("exposure", "1/250", "<", NumberRange(high=0.004, high_included=False)),
        ("size", "5MB", ">", NumberRange(low=5e6, low_included=False)),
        ("size", "5mb", "=", NumberRange(4.5e6, 5.5e6, high_included=False)),
        ("size", "5 megabytes", ">", NumberRange(low=5e6, low_included=False)),
        ("size", "1234", "=", NumberRange(1234, 1234)),
        ("size", "1kb..2 GB", "=", NumberRange(1e3, 2e9)),
        ("rating", "3", ">=", NumberRange(low=3)),
    ],
)
def test_numbers_are_parsed(
    field: str, text: str, comparison: Comparison, expected: NumberRange
) -> None:
    assert value(field, text, comparison) == expected


def test_an_f_number_is_the_one_that_cameras_call_so() -> None:
    found = value("f", "1.8")
    assert isinstance(found, NumberRange) and found.low and found.high
    assert found.low < 1.78 < found.high < 2
    assert value("f", "2.8", "<") == NumberRange(high=2.8, high_included=False)


@pytest.mark.parametrize(
    ("text", "comparison", "since", "until"),
    [
        ("2019", "=", "2019-01-01", "2019-12-31"),
        ("2019-02", "=", "2019-02-01", "2019-02-28"),
        ("2020-12", "=", "2020-12-01", "2020-12-31"),
        ("2019-06-04", "=", "2019-06-04", "2019-06-04"),
        ("20190604", "=", "2019-06-04", "2019-06-04"),
        ("2016-W18-3", "=", "2016-05-04", "2016-05-04"),
        ("2016-w18", "=", "2016-05-02", "2016-05-08"),
        ("2019-06..2019-08", "=", "2019-06-01", "2019-08-31"),
        ("2019..", "=", "2019-01-01", None),
        ("..2019", "=", None, "2019-12-31"),
        ("2019", ">", "2020-01-01", None),
        ("2019", ">=", "2019-01-01", None),
        ("2019-03", "<", None, "2019-02-28"),
        ("2019-03", "<=", None, "2019-03-31"),
        ("9999", "=", "9999-01-01", "9999-12-31"),
        ("9999-12", "<=", None, "9999-12-31"),
        ("9999-W52", "=", "9999-12-27", "9999-12-31"),
        ("9999-12-31", "<=", None, "9999-12-31"),
        ("9999-12-30", ">", "9999-12-31", None),
        ("0001-01-01", ">=", "0001-01-01", None),
        ("0001-01-02", "<", None, "0001-01-01"),
        ("2020-02", "=", "2020-02-01", "2020-02-29"),
        ("2019-12", "=", "2019-12-01", "2019-12-31"),
    ],
)
def test_dates_are_parsed(
    text: str, comparison: Comparison, since: str | None, until: str | None
) -> None:
    assert value("date", text, comparison) == DateRange(since, until)


def test_after_and_before_include_their_day_and_the_whole_year() -> None:
    assert value("after", "2019-06-04") == DateRange(since="2019-06-04")
    assert value("before", "2019-06-04") == DateRange(until="2019-06-04")
    assert value("after", "2019") == DateRange(since="2019-01-01")
    assert value("before", "2019-06") == DateRange(until="2019-06-30")


def test_places_are_parsed() -> None:
    assert value("near", "48.85,2.35") == Place(48.85, 2.35, 10)
    assert value("near", "-33.9, 151.2, 500m") == Place(-33.9, 151.2, 0.5)
    assert value("near", "48.85,2.35,2km") == value("near", "48.85,2.35,2") == Place(48.85, 2.35, 2)


def test_choices_in_any_case_and_in_other_spellings() -> None:
    assert value("is", "Blurred") == value("is", "blurry") == Choice("blurred")
    assert value("format", "JPG") == Choice("jpeg")


def test_text_is_unchanged() -> None:
    assert value("folder", "Summer  2019") == TextValue("Summer  2019")


@pytest.mark.parametrize(
    ("field", "text", "comparison", "said"),
    [
        (
            "iso",
            "fast",
            "=",
            "“fast” does not fit “iso:”: that is not a number. Write it like this: iso:>800.",
        ),
        ("iso", "1/2", "=", "not a number"),
        ("iso", "-5", "=", "not a number"),
        ("iso", "200..100", "=", "ends before it begins"),
        ("iso", "..", "=", "at least one end"),
        ("iso", "1..2..3", "=", "two ends"),
        ("iso", "1...3", "=", "two ends"),
        ("iso", "1..3", ">", "a range cannot be compared"),
        ("exposure", "1/0", "=", "divided by 0"),
        ("size", "5 apples", ">", "no unit “apples”"),
        ("rating", "6", "=", "the highest is 5"),
        ("iso", "1" * 400, "=", "not a number"),
        ("date", "June", "=", "not a date"),
        ("date", "2019-13", "=", "not a date"),
        ("date", "2019-02-30", "=", "not a date"),
        ("date", "0000", "=", "not a date"),
        ("date", "9999", ">", "no day comes after it"),
        ("date", "9999-W52", ">", "no day comes after it"),
        ("date", "0001", "<", "no day comes before it"),
        ("date", "2020..2019", "=", "ends before it begins"),
        ("after", "2019..2020", "=", "not a date"),
        ("date", "２０１９", "=", "not a date"),
        ("after", "2019", ">", "cannot be compared with “>”"),
        ("camera", "x", "<", "cannot be compared"),
        ("near", "Paris", "=", "not a latitude and a longitude"),
        ("near", "91,0", "=", "from -90 to 90"),
        ("near", "0,181", "=", "from -180 to 180"),
        ("near", "0,0,0km", "=", "above 0"),
        ("near", "0,0,9 miles", "=", "km or m"),
        ("near", "0,0,99999", "=", "at most"),
        ("is", "blured", "=", "Did you mean “blurred”?"),
        ("has", "wings", "=", "It can be gps, date,"),
        ("camera", "  ", "=", "needs a value, such as camera:canon|nikon"),
        ("camra", "canon", "=", "There is no field “camra:”. Did you mean “camera:”?"),
        ("zzz", "x", "=", "put a space after the colon"),
    ],
)
def test_an_invalid_value_is_reported_in_one_line(
    field: str, text: str, comparison: Comparison, said: str
) -> None:
    with pytest.raises(QuerySyntaxError) as error:
        value(field, text, comparison)
    assert said in str(error.value) and "\n" not in str(error.value)
    assert len(str(error.value)) < 250


@given(
    st.sampled_from([*FIELDS]),
    st.text() | st.from_regex(r"[0-9./,-]{0,12}[a-z]{0,2}", fullmatch=True),
    st.sampled_from(COMPARISONS),
)
def test_any_text_is_a_value_or_an_error(field: str, text: str, comparison: Comparison) -> None:
    try:
        found = value(field, text, comparison)
    except QuerySyntaxError:
        return
    if isinstance(found, NumberRange) and found.low is not None and found.high is not None:
        assert found.low <= found.high
    if isinstance(found, DateRange):
        assert found.since or found.until


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("date:5/6/2019", "date:2019-06-05|2019-05-06"), ("date:\"since 2015\"", "date:>=2015"),
        ("date:25.12.2019..31.12.2019", "date:2019-12-25..2019-12-31"),
        ("date:25.12.2019..", "date:2019-12-25.."), ("date:>25.12.2019", "date:>2019-12-25"),
        ('date:"2019 or 2020"', "date:2019|2020"), ("date:2019-W01..2019-W05",) * 2,
    ],
)  # fmt: skip
def test_the_field_takes_dates_as_they_are_written_in_phrases(text: str, same: str) -> None:
    assert parse(text) == parse(same)


@pytest.mark.parametrize("text", ["date:>5/6/2019", "after:5/6/2019", "date:2018..5/6/2019"])
def test_one_of_two_possible_days_has_to_be_chosen(text: str) -> None:
    with pytest.raises(QuerySyntaxError, match="may be 2019-06-05 or 2019-05-06"):
        parse(text)
