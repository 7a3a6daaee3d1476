"""Holidays by name: on which days of a year they are celebrated."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import NamedTuple

_MONDAY, _THURSDAY, _SUNDAY = 0, 3, 6
YEARS = range(1900, 2100)
"""Those in which a date of a phrase may lie."""


def _fixed(month: int, day: int) -> Callable[[int], dt.date]:
    return lambda year: dt.date(year, month, day)


def _nth(number: int, weekday: int, month: int) -> Callable[[int], dt.date]:
    """The nth such weekday of a month."""

    def day(year: int) -> dt.date:
        first = dt.date(year, month, 1)
        return first + dt.timedelta((weekday - first.weekday()) % 7 + 7 * (number - 1))

    return day


def _last(weekday: int, month: int) -> Callable[[int], dt.date]:
    """The last such weekday of a month that has 31 days."""

    def day(year: int) -> dt.date:
        end = dt.date(year, month, 31)
        return end - dt.timedelta((end.weekday() - weekday) % 7)

    return day


def _easter(after: int = 0) -> Callable[[int], dt.date]:
    """So many days after Easter Sunday by the Gregorian calendar (Meeus, Jones and Butcher)."""

    def day(year: int) -> dt.date:
        century, of_century = divmod(year, 100)
        golden = year % 19
        correction = century - century // 4 - (8 * century + 13) // 25
        moon = (19 * golden + correction + 15) % 30
        moon -= (golden + 11 * moon) // 319
        sunday = (2 * (century % 4) + 2 * (of_century // 4) - of_century % 4 - moon + 32) % 7
        month, last = divmod(moon + sunday + 114, 31)
        return dt.date(year, month, last + 1) + dt.timedelta(after)

    return day


class _Holiday(NamedTuple):
    names: str
    """A regular expression for text in lower case. Longer names come before shorter ones."""
    day: Callable[[int], dt.date]
    """The day itself, in a year."""
    before: int = 0
    """How many days before it are celebrated, too."""
    after: int = 0
    movable: bool = False
    """Whether it is on other days in other years."""


_HOLIDAYS = (
    _Holiday("christmas eve", _fixed(12, 24)),
    _Holiday("christmas day", _fixed(12, 25)),
    _Holiday("(?:christmas(?:time)?|xmas)", _fixed(12, 25), 1, 1),
    _Holiday("new year['’]?s eve", _fixed(12, 31)),
    _Holiday("new year(?:['’]?s)? day", _fixed(1, 1)),
    _Holiday("new year(?:['’]?s)?", _fixed(1, 1), 1),
    _Holiday("halloween", _fixed(10, 31)),
    _Holiday("valentine['’]?s day", _fixed(2, 14)),
    _Holiday("good friday", _easter(-2), movable=True),
    _Holiday("easter sunday", _easter(), movable=True),
    _Holiday("easter monday", _easter(1), movable=True),
    _Holiday("easter(?: weekend)?", _easter(), 2, 1, movable=True),
    _Holiday("canadian thanksgiving(?: day)?", _nth(2, _MONDAY, 10), movable=True),
    _Holiday("thanksgiving(?: day)?", _nth(4, _THURSDAY, 11), movable=True),
    _Holiday("mothering sunday", _easter(-21), movable=True),
    _Holiday("mother['’]?s['’]? day", _nth(2, _SUNDAY, 5), movable=True),
    _Holiday("father['’]?s['’]? day", _nth(3, _SUNDAY, 6), movable=True),
    _Holiday("memorial day", _last(_MONDAY, 5), movable=True),
    _Holiday("labor day", _nth(1, _MONDAY, 9), movable=True),
)
ANY_HOLIDAY = f"(?:{'|'.join(each.names for each in _HOLIDAYS)})"
"""A holiday, as a regular expression for text in lower case."""


def is_holiday(name: str) -> bool:
    """Whether a text in lower case is the name of a holiday."""
    return _named(name) is not None


def is_movable(name: str) -> bool:
    """Whether a text in lower case is a holiday that is on other days in other years."""
    found = _named(name)
    return found is not None and found.movable


def day_of(name: str, year: int) -> dt.date:
    """The day of a holiday itself. name: matches ANY_HOLIDAY."""
    return _known(name).day(year)


def days_of(name: str, year: int) -> tuple[dt.date, dt.date]:
    """The first and last day on which a holiday is celebrated: Christmas on three days, and New
    Year from the day before, which is in another year. name: matches ANY_HOLIDAY."""
    found = _known(name)
    day = found.day(year)
    return day - dt.timedelta(found.before), day + dt.timedelta(found.after)


def period_of(name: str, year: int) -> str:
    """The days of a holiday as the field `date` takes them. name: matches ANY_HOLIDAY."""
    first, last = days_of(name, year)
    return str(first) if first == last else f"{first}..{last}"


def all_days(name: str) -> list[str]:
    """The days of a holiday in all YEARS, `YYYY-MM-DD`. name: matches ANY_HOLIDAY."""
    found = _known(name)
    offsets = range(-found.before, found.after + 1)
    return [str(found.day(year) + dt.timedelta(each)) for year in YEARS for each in offsets]


def _known(name: str) -> _Holiday:
    found = _named(name)
    if found is None:
        raise ValueError(f"“{name}” is not a holiday")
    return found


def _named(name: str) -> _Holiday | None:
    return next((each for each in _HOLIDAYS if re.fullmatch(each.names, name)), None)
