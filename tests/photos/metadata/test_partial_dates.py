from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.photos.decoded_photo import Precision
from explorer.photos.metadata.partial_dates import (
    PRECISIONS,
    PartialDate,
    from_parts,
    is_blank,
    known_part,
    latest_moment,
    mtime_date,
    parse_date,
    plausible,
    to_24_hours,
)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2015:08:22 10:08:59", "2015-08-22T10:08:59"),
        # A known day is kept, whatever the time says.
        ("2015:08:22 24:08:19", "2015-08-22T00:08:19"),
        ("2015:08:22 25:08:19", "2015-08-22"),
        ("2015:08:22 10:60:00", "2015-08-22"),
        ("2015:08:22 10:59:00", "2015-08-22T10:59:00"),
        ("2015:08:22 10:08:60", "2015-08-22T10:08:59"),
        ("2015:08:22 10:08:61", "2015-08-22T10:08"),
        ("2015:08:22 99:99:99", "2015-08-22"),
        ("2015:08:22 no time", "2015-08-22"),
        # Parts that are blank, zero or left out.
        ("2015:08:22", "2015-08-22"),
        ("2015:08:22   :  :  ", "2015-08-22"),
        ("2015:08:22 10:08:  ", "2015-08-22T10:08"),
        ("2015:08:00 00:00:00", "2015-08"),
        ("2015:08:  ", "2015-08"),
        ("2015-08", "2015-08"),
        ("2015:00:00 00:00:00", "2015"),
        ("2015:00:22 00:00:00", "2015"),
        ("2015:  :     :  :  ", "2015"),
        ("2015", "2015"),
        ("2015: 8:22  9:08: 5", "2015-08-22T09:08:05"),
        # ISO 8601, with and without separators.
        ("2015-08-22T10:08", "2015-08-22T10:08"),
        ("2015-08-22T10:08:59.25Z", "2015-08-22T10:08:59Z"),
        ("2015-08-22T10:08:59,25+02:00", "2015-08-22T10:08:59+02:00"),
        ("2015-08-22T10:08-0330", "2015-08-22T10:08-03:30"),
        ("20150822", "2015-08-22"),
        ("20150822T100859Z", "2015-08-22T10:08:59Z"),
        ("20150822 100859+0200", "2015-08-22T10:08:59+02:00"),
        ("20150822100859", "2015-08-22T10:08:59"),
        ("20150822T10:08:59", "2015-08-22T10:08:59"),
        # Careless programs.
        ("2015/08/22 10.08.59", "2015-08-22"),
        ("2015.08.22 10:08:59", "2015-08-22T10:08:59"),
        ("  2015-08-22\t10:08:59 trailing", "2015-08-22T10:08:59"),
        ("2015:08:22 02:30:00 PM", "2015-08-22T14:30:00"),
        ("2015:08:22 12:30:00 a.m", "2015-08-22T00:30:00"),
        ("2015-08-22Z", "2015-08-22"),
    ],
)
def test_the_certain_part_of_a_date_is_kept(text: str, iso: str) -> None:
    date = parse_date(text)
    assert date is not None and date.iso == iso


@pytest.mark.parametrize(
    "text",
    [
        "",
        None,
        "yesterday",
        "0000:00:00 00:00:00",
        "2015:13:01",
        "2015:02:30 10:00:00",
        "2015 was good",
        "22/08/2015",
        "201508",
        "15:08:22",
    ],
)
def test_text_that_is_not_a_date(text: str | None) -> None:
    assert parse_date(text) is None


def test_unknown_parts_are_padded_with_the_earliest_value() -> None:
    assert parse_date("2015") == ("2015-01-01T00:00:00", "year", "")
    assert parse_date("2015-08") == ("2015-08-01T00:00:00", "month", "")
    assert parse_date("2015-08-22") == ("2015-08-22T00:00:00", "day", "")
    assert parse_date("2015-08-22T10:08Z") == ("2015-08-22T10:08:00", "minute", "Z")
    assert parse_date("2015-08-22T10:08:59+02:00") == ("2015-08-22T10:08:59", "second", "+02:00")


@pytest.mark.parametrize(
    ("parts", "text", "precision"),
    [
        ((2015,), "2015-01-01T00:00:00", "year"),
        (("2015", "", "22"), "2015-01-01T00:00:00", "year"),
        ((2015, 2, None), "2015-02-01T00:00:00", "month"),
        ((2015, 2, 28, 23, None, None), "2015-02-28T00:00:00", "day"),
        ((2015, 2, 28, -1, 0, 0), "2015-02-28T00:00:00", "day"),
        ((2015, 2, 28, 0, -1, 0), "2015-02-28T00:00:00", "day"),
        ((2015, 2, 28, 0, 0, -1), "2015-02-28T00:00:00", "minute"),
        ((2015, 2, 28, 0, 0, 0), "2015-02-28T00:00:00", "second"),
        ((2015, 2, 28, 23.9, 59.9, 59.9), "2015-02-28T23:59:59", "second"),
    ],
)
def test_parts(parts: tuple[object, ...], text: str, precision: str) -> None:
    date = from_parts(*parts)
    assert date is not None and (date.text, date.precision) == (text, precision)


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (0, 1, 1),
        ("x", 1, 1),
        (2015, 13, 1),
        (2015, 2, 29),
        (2015, 1, float("nan")),
        (10_000, 1, 1),
        (None, 1),
    ],
)
def test_dates_that_the_calendar_does_not_have(parts: tuple[object, ...]) -> None:
    assert from_parts(*parts) is None


@given(st.datetimes(dt.datetime(1826, 1, 1), dt.datetime(2020, 1, 1)), st.sampled_from(PRECISIONS))
@settings(deadline=None)
def test_the_known_part_of_a_date_parses_to_the_same_date(
    moment: dt.datetime, precision: str
) -> None:
    text = moment.replace(microsecond=0).isoformat()
    short = known_part(text, precision)
    found = parse_date(short)
    assert found is not None and found.precision == precision and found.iso == short
    assert found.text <= text <= latest_moment(found.text, found.precision).isoformat()
    following = latest_moment(found.text, found.precision) + dt.timedelta(seconds=1)
    assert known_part(following.isoformat(), precision) > short


@given(st.text(alphabet="0123456789:-./ TZ+apm", max_size=30))
@settings(deadline=None)
def test_any_text_can_be_parsed(text: str) -> None:
    found = parse_date(text)
    if found is not None:
        assert dt.datetime.fromisoformat(found.text) and found.precision in PRECISIONS
        assert parse_date(found.iso) == found


def test_an_older_librarys_date_is_to_the_second() -> None:
    assert known_part("2015-08-22T10:08:59", None) == "2015-08-22T10:08:59"
    assert latest_moment("2015-08-22T10:08:59", None) == dt.datetime(2015, 8, 22, 10, 8, 59)


def test_the_end_of_a_year_and_of_december() -> None:
    assert (
        latest_moment("2015-12-01T00:00:00", "month")
        == latest_moment("2015-01-01T00:00:00", "year")
        == dt.datetime(2015, 12, 31, 23, 59, 59)
    )
    assert latest_moment("2016-02-01T00:00:00", "month") == dt.datetime(2016, 2, 29, 23, 59, 59)
    assert latest_moment("9999-12-01T00:00:00", "month") == dt.datetime(9999, 12, 31, 23, 59, 59)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("1826-01-01T00:00:00", True),
        ("1825-12-31T23:59:59", False),
        ("1970-01-01T05:00:00", False),
        ("1969-12-31T23:00:00", False),
        ("1904-01-01", False),
        ("1970-01-02", True),
        ("1970", True),
        ("1970-01", True),
        ("1969-12", True),
        ("9999-12-31", False),
    ],
)
def test_plausible_dates(text: str, fits: bool) -> None:
    assert (plausible(parse_date(text)) is not None) == fits


def test_a_camera_clock_may_be_a_day_ahead() -> None:
    now = dt.datetime.now().replace(microsecond=0)
    assert plausible(parse_date((now + dt.timedelta(hours=23)).isoformat()))
    assert plausible(parse_date((now + dt.timedelta(hours=25)).isoformat())) is None
    assert plausible(None) is None


KNOWN_PARTS: tuple[tuple[int, Precision], ...] = (
    (4, "year"),
    (7, "month"),
    (10, "day"),
    (19, "second"),
)


def test_dates_that_refine_another() -> None:
    year, month, day, second = (
        PartialDate("2015-08-22T10:08:59"[:n] + "0000-01-01T00:00:00"[n:], p)
        for n, p in KNOWN_PARTS
    )
    assert (
        year.refined_by(month)
        and year.refined_by(second)
        and month.refined_by(day)
        and day.refined_by(second)
    )
    assert not second.refined_by(day) and not day.refined_by(day) and not day.refined_by(None)
    assert not day.refined_by(PartialDate("2015-08-23T10:08:59", "second"))


def test_hours_of_a_12_hour_clock() -> None:
    assert [to_24_hours(hour, "AM") for hour in (12, 1, 11)] == [0, 1, 11]
    assert [to_24_hours(hour, "p.m.") for hour in (12, 1, 11)] == [12, 13, 23]
    assert [to_24_hours(hour, "PM") for hour in (0, 13, 23)] == [0, 13, 23]


def test_blank_dates() -> None:
    assert all(
        map(
            is_blank,
            ("", None, "    :  :     :  :  ", "0000:00:00 00:00:00", "0000-00-00T00:00:00Z"),
        )
    )
    assert not is_blank("2015") and not is_blank("x")


def test_file_times() -> None:
    moment = dt.datetime(2021, 5, 6, 7, 8, 9)
    assert mtime_date(moment.timestamp()) == ("2021-05-06T07:08:09", "second", "")
    assert mtime_date(None) is None and mtime_date(1e30) is None and mtime_date(0) is None
    assert mtime_date(dt.datetime(1980, 1, 1, 12).timestamp()) is None and mtime_date(
        dt.datetime(1980, 1, 2).timestamp()
    )
