"""Parsed values of the fields for times: days, and times that return every year, week or day."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from explorer.errors import UsageError
from explorer.library.queries.filters import parse_day
from explorer.search.language.holidays import is_movable
from explorer.search.language.query_tree import Comparison
from explorer.search.language.single_dates import MONTH_NAMES, MONTHS

SEASONS: Mapping[str, tuple[str, str]] = {
    "spring": ("03", "05"), "summer": ("06", "08"), "autumn": ("09", "11"), "winter": ("12", "02"),
}  # fmt: skip
"""The first and last month of each season in the north."""
SOUTHERN: Mapping[str, str] = {
    "spring": "autumn", "summer": "winter", "autumn": "spring", "winter": "summer",
}  # fmt: skip
"""Season in the south → the season that the north has then."""


@dataclass(frozen=True)
class DateRange:
    """Days from `since` to `until`, both `YYYY-MM-DD` and included; None: no bound."""

    since: str | None = None
    until: str | None = None


@dataclass(frozen=True)
class DaysOfYear:
    """Days from `first` to `last` of every year, both `MM-DD` and included; over New Year if `last`
    comes before `first`."""

    first: str
    last: str


@dataclass(frozen=True)
class SeasonTime:
    """A season, a key of SEASONS, of every year or within a range of days."""

    name: str
    within: DateRange = DateRange()


@dataclass(frozen=True)
class Hours:
    """The time of day from the beginning of one hour to the end of another, 0 to 23; over midnight
    if `last` is below `first`."""

    first: int
    last: int


@dataclass(frozen=True)
class MovableHoliday:
    """The days of a holiday that is on other days in other years, by its name in lower case."""

    name: str


RecurringTime = DaysOfYear | SeasonTime | Hours | MovableHoliday


def range_ends(text: str, comparison: Comparison) -> tuple[str, str]:
    """The two ends of a range."""
    low, _, high = text.partition("..")
    if comparison != "=":
        raise ValueError("a range cannot be compared")
    if ".." in high or high.startswith("."):
        raise ValueError("a range has only two ends")
    if not low.strip() and not high.strip():
        raise ValueError("a range needs at least one end")
    return low, high


def date_range(text: str, comparison: Comparison) -> DateRange:
    """Parse a date or range as typed: `2019`, `2019-06`, `2019-W23`, a day as `parse_day` takes it,
    or a range of these. Raises ValueError, whose message says what is wrong."""
    if ".." in text:
        low, high = (part.strip() for part in range_ends(text, comparison))
        since = _period(low)[0].isoformat() if low else None
        until = _period(high)[1].isoformat() if high else None
        if since and until and since > until:
            raise ValueError("the range ends before it begins")
        return DateRange(since, until)
    first, last = _period(text.strip())
    day = dt.timedelta(days=1)
    match comparison:
        case "=" | "==":
            return DateRange(first.isoformat(), last.isoformat())
        case ">":
            if last == dt.date.max:
                raise ValueError("no day comes after it")
            return DateRange(since=(last + day).isoformat())
        case ">=":
            return DateRange(since=first.isoformat())
        case "<":
            if first == dt.date.min:
                raise ValueError("no day comes before it")
            return DateRange(until=(first - day).isoformat())
        case "<=":
            return DateRange(until=last.isoformat())


def first_day(text: str) -> DateRange:
    """Parse a first day; for a year, month or week, its first day. Raises ValueError."""
    return DateRange(since=_period(text.strip())[0].isoformat())


def last_day(text: str) -> DateRange:
    """Parse a last day; for a year, month or week, its last day. Raises ValueError."""
    return DateRange(until=_period(text.strip())[1].isoformat())


def _period(text: str) -> tuple[dt.date, dt.date]:
    """The first and last day of the period that a date names."""
    try:
        return _days(text.upper())
    except (ValueError, UsageError):
        raise ValueError("that is not a date") from None


def _days(text: str) -> tuple[dt.date, dt.date]:
    if not text.isascii():
        raise ValueError("no date")
    if re.fullmatch(r"\d{4}", text):
        return dt.date(int(text), 1, 1), dt.date(int(text), 12, 31)
    if match := re.fullmatch(r"(\d{4})-(\d\d)", text):
        first = dt.date(int(match[1]), int(match[2]), 1)
        return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
    if match := re.fullmatch(r"(\d{4})-?W(\d\d)", text):
        first = dt.date.fromisocalendar(int(match[1]), int(match[2]), 1)
        # The last week of the year 9999 is cut off by the end of the calendar.
        return first, first + min(dt.timedelta(days=6), dt.date.max - first)
    day = parse_day(text)
    return day, day


# Every month has its last day here in some year.
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY_OF_YEAR = re.compile(r"-{0,2}(\d{1,2})(?:-(\d{1,2}))?", re.ASCII)
_NUMBERED_DAY = re.compile(r"(\d{1,2})\. ?(\d{1,2})\.", re.ASCII)
_NAMED_DAY = re.compile(rf"({'|'.join(MONTH_NAMES)})\.?(?: (\d{{1,2}}))?", re.ASCII)
_DAY_FIRST = re.compile(rf"(\d{{1,2}})\.? ({'|'.join(MONTH_NAMES)})\.?", re.ASCII)


def days_of_year(text: str) -> DaysOfYear:
    """Parse a month or a day of every year, or a range of these: `june`, `6`, `06-04`, `june 4`,
    `11..2`, `12-24..12-26`. Raises ValueError, whose message says what is wrong."""
    if ".." not in text:
        return DaysOfYear(*_part_of_year(text))
    low, high = range_ends(text, "=")
    if not low.strip() or not high.strip():
        raise ValueError("a range of months needs two ends")
    return DaysOfYear(_part_of_year(low)[0], _part_of_year(high)[1])


def days_or_holiday(text: str) -> DaysOfYear | MovableHoliday:
    """Parse what `days_of_year` takes, or a movable holiday: `easter`. Raises ValueError."""
    name = " ".join(text.lower().split())
    return MovableHoliday(name) if is_movable(name) else days_of_year(text)


def _part_of_year(text: str) -> tuple[str, str]:
    """The first and last day, as `MM-DD`, of a month or a day."""
    text = " ".join(text.lower().split())
    if match := _DAY_OF_YEAR.fullmatch(text):
        month, day = int(match[1]), match[2]
    elif match := _NUMBERED_DAY.fullmatch(text):
        month, day = int(match[2]), match[1]
    elif (match := _NAMED_DAY.fullmatch(text)) or (match := _DAY_FIRST.fullmatch(text)):
        name, day = (match[1], match[2]) if match.re is _NAMED_DAY else (match[2], match[1])
        month = next(at for at, full in enumerate(MONTHS, 1) if full[:3] == name[:3])
    else:
        raise ValueError("that is not a month")
    if not 1 <= month <= 12:
        raise ValueError("there are 12 months")
    if day is None:
        return f"{month:02d}-01", f"{month:02d}-{_LENGTHS[month - 1]}"
    if not 1 <= int(day) <= _LENGTHS[month - 1]:
        raise ValueError("that month has no such day")
    return (f"{month:02d}-{int(day):02d}",) * 2


def season_time(text: str) -> SeasonTime:
    """Parse a season, alone or with a period as `date_range` takes it: `summer`, `summer 2019`,
    `winter 2018-12..2019-02`. Raises ValueError, whose message says what is wrong."""
    name, _, period = text.strip().partition(" ")
    name = {"fall": "autumn"}.get(name.lower(), name.lower())
    if name not in SEASONS:
        raise ValueError("that is not a season")
    return SeasonTime(name, date_range(period, "=") if period.strip() else DateRange())


def hours(text: str) -> Hours:
    """Parse an hour of the day or a range of them: `8`, `6..11`, `22..4`. Raises ValueError, whose
    message says what is wrong."""
    low, high = range_ends(text, "=") if ".." in text else (text, text)
    found = [part.strip() for part in (low, high)]
    if not all(re.fullmatch(r"[0-9]{1,2}", part) and int(part) < 24 for part in found):
        raise ValueError("an hour is a number from 0 to 23")
    return Hours(int(found[0]), int(found[1]))
