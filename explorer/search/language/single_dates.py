"""One date as people write it: `June 4, 2019`, `25.12.2019`, `last week`, `Christmas 2019`."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from explorer.search.language.holidays import ANY_HOLIDAY, day_of, days_of, is_holiday, period_of

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
# `may` once: with each name twice, a list of them could be read in very many ways.
MONTH_NAMES = tuple(dict.fromkeys([*MONTHS, *(month[:3] for month in MONTHS), "sept"]))
MONTH = rf"(?:{'|'.join(sorted(MONTH_NAMES, key=len, reverse=True))})\b\.?"
YEAR = r"(?:19|20)[0-9]{2}(?![0-9])"
DAY = r"[0-3]?[0-9](?![0-9])(?:st|nd|rd|th)?"
DAY_OF_MONTH = rf"(?:(?:the )?{DAY} (?:of )?{MONTH}|{MONTH} (?:the )?{DAY})"
DAY_OR_MONTH = rf"(?:{DAY_OF_MONTH}|{MONTH})"
BEFORE_YEAR = r"(?:,? | of )"
NAMED = rf"(?:{DAY_OR_MONTH}{BEFORE_YEAR}{YEAR}|{YEAR} {DAY_OR_MONTH})"
_NUMBER_OF_MONTH = "(?:0?[1-9]|1[0-2])(?![0-9])"
_NUMBER_OF_DAY = "[0-3]?[0-9](?![0-9])"
# With a dash, a month or a day has two digits: `2019-2` is no date.
_NUMERIC = "|".join(
    [
        rf"{YEAR}-[0-9]{{2}}(?![0-9])(?:-[0-9]{{2}}(?![0-9]))?",
        *(rf"{YEAR}{sign}{_NUMBER_OF_MONTH}{sign}{_NUMBER_OF_DAY}" for sign in ("/", "[.]")),
        rf"{YEAR}/{_NUMBER_OF_MONTH}",
        *(rf"{_NUMBER_OF_DAY}{sign}{_NUMBER_OF_DAY}{sign}{YEAR}" for sign in ("/", "[.]", "-")),
        rf"{_NUMBER_OF_MONTH}/{YEAR}",
    ]
)
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
            "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12}  # fmt: skip
NUMBER = rf"(?:[1-9][0-9]{{0,2}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
UNIT = "(?:day|week|month|year)"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAMED_TIME = rf"(?:{'|'.join(MONTHS)}|{'|'.join(WEEKDAYS)}|{ANY_HOLIDAY})"
_RELATIVE = (
    rf"(?:today|yesterday|(?:this|last) (?:week|month|year|{_NAMED_TIME})|(?:this|last) weekend"
    rf"|(?:(?:within|over) )?(?:the )?(?:last|past) {NUMBER} {UNIT}s?"
    r"|(?:(?:within|over) )?(?:the (?:last|past)|past) (?:week|month|year)"
    rf"|{NUMBER} {UNIT}s? ago(?: today)?)\b"
)
RELATIVE = re.compile(_RELATIVE)
"""A date that is counted from today: `last week`."""
_DECADE = r"(?:the (?:(?:19|20)|['’])?[0-9]0s|(?:19|20)[0-9]0s)\b"
_PARTS_OF_YEAR = {
    "early": ("01", "04"), "mid": ("05", "08"), "late": ("09", "12"),
    "(?:the )?(?:beginning|start) of": ("01", "03"), "(?:the )?middle of": ("05", "08"),
    "(?:the )?end of": ("10", "12"),
}  # fmt: skip
_PART_OF_YEAR = rf"(?:{'|'.join(_PARTS_OF_YEAR)})[ -]{YEAR}"
DATE = rf"(?:{_PART_OF_YEAR}|{_NUMERIC}|{NAMED}|{_DECADE}|{YEAR}|{_RELATIVE})"
"""A date, as a regular expression for text in lower case."""
HOLIDAY = rf"{ANY_HOLIDAY}{BEFORE_YEAR}{YEAR}"
"""A holiday of a year, which is a day only in comparisons: `christmas 2019` alone is not limited to
one day."""

_DIGITS = re.compile(r"[0-9]+")
_MONTH = re.compile(MONTH)
_SLASHED = re.compile("[/.]")
_AGO = re.compile(rf"({NUMBER}) (day|week|month|year)s? ago( today)?")
# `last week` is the one before this; `the last week` ends today.
_LAST = re.compile(
    rf"(?:(?:within|over) )?(?:the )?(?:last|past) (?:({NUMBER}) )?(day|week|month|year)s?"
)
_CALENDAR = frozenset({"last week", "last month", "last year"})
_DECADE_OF = re.compile(r"(?:the )?['’]?((?:19|20)?)([0-9])0s")
_HOLIDAY_OF = re.compile(rf"(.+?){BEFORE_YEAR}({YEAR})")


def today() -> dt.date:
    """The day that relative dates count from."""
    return dt.date.today()


def periods(date: str) -> list[str]:
    """What a date in lower case may mean, as the field `date` takes it: `june 4, 2019` →
    `2019-06-04`. Two periods for `06/04/2019`, of which nobody knows which number is the month;
    none for a day that no calendar has."""
    if found := _holiday(date) or _decade(date) or _part_of_year(date):
        return [found]
    if RELATIVE.fullmatch(date):
        return [_relative(date, today())]
    if month := _MONTH.search(date):
        return [_named(date, month[0])]
    numbers = _DIGITS.findall(date)
    if len(numbers) == 3 and len(numbers[0]) < 4:
        return _day_first_or_month_first(numbers, "/" in date or "-" in date)
    if _SLASHED.search(date):
        year, *others = numbers if len(numbers[0]) == 4 else reversed(numbers)
        return ["-".join([year, *(f"{int(number):02d}" for number in others)])]
    return [date]


def _holiday(date: str) -> str | None:
    match = _HOLIDAY_OF.fullmatch(date)
    return str(day_of(match[1], int(match[2]))) if match and is_holiday(match[1]) else None


def _decade(date: str) -> str | None:
    match = _DECADE_OF.fullmatch(date)
    if not match:
        return None
    century = match[1] or ("20" if match[2] in "012" else "19")
    return f"{century}{match[2]}0..{century}{match[2]}9"


def _part_of_year(date: str) -> str | None:
    for part, (first, last) in _PARTS_OF_YEAR.items():
        if match := re.fullmatch(rf"{part}[ -]([0-9]{{4}})", date):
            return f"{match[1]}-{first}..{match[1]}-{last}"
    return None


def _named(date: str, name: str) -> str:
    month = next(at for at, full in enumerate(MONTHS, 1) if full[:3] == name[:3])
    numbers = _DIGITS.findall(date)
    year = next(number for number in numbers if len(number) == 4)
    days = [f"-{int(number):02d}" for number in numbers if len(number) < 4]
    return f"{year}-{month:02d}{''.join(days)}"


def _day_first_or_month_first(numbers: list[str], either: bool) -> list[str]:
    """either: whether the month may come first. With full stops, the day does."""
    first, second, year = int(numbers[0]), int(numbers[1]), numbers[2]
    found = dict.fromkeys([(second, first), *([(first, second)] if either else [])])
    return [f"{year}-{month:02d}-{day:02d}" for month, day in found if 1 <= month <= 12]


def _relative(text: str, day: dt.date) -> str:
    """The period that a relative date means on a day: `last week` → `2019-W22`."""
    if match := _AGO.fullmatch(text):
        number, unit = _count(match[1]), match[2]
        return _before(number, unit, day) if not match[3] else str(_same_day(number, unit, day))
    if (match := _LAST.fullmatch(text)) and text not in _CALENDAR:
        return f"{_first_of(_count(match[1] or 'one'), match[2], day)}..{day}"
    if text in ("today", "yesterday"):
        return _before(int(text == "yesterday"), "day", day)
    which, unit = text.split(" ", 1)
    if unit == "weekend":
        monday = day - dt.timedelta(day.weekday() + 7 * (which == "last"))
        return f"{monday + dt.timedelta(5)}..{monday + dt.timedelta(6)}"
    if unit in ("week", "month", "year"):
        return _before(int(which == "last"), unit, day)
    return _named_time(unit, day, is_last=which == "last")


def _named_time(name: str, day: dt.date, *, is_last: bool) -> str:
    """The month, weekday or holiday of that name: that of this year or week or, if `is_last`, the
    latest that is over."""
    if name in WEEKDAYS:
        back = (day.weekday() - WEEKDAYS.index(name)) % 7 or 7
        if not is_last:
            back = day.weekday() - WEEKDAYS.index(name)
        return str(day - dt.timedelta(back))
    if name in MONTHS:
        number = MONTHS.index(name) + 1
        return f"{day.year - (is_last and number >= day.month):04d}-{number:02d}"
    if is_last:
        years = (day.year + 1, day.year, day.year - 1)
        return period_of(name, next(year for year in years if days_of(name, year)[1] < day))
    # New Year is called by the year in which it ends.
    first, last = days_of(name, day.year)
    return period_of(name, day.year + (first.year < last.year and day.month > 6))


def _count(number: str) -> int:
    return _NUMBERS.get(number) or int(number)


def _before(number: int, unit: str, day: dt.date) -> str:
    """The day, week, month or year that is so many before that of a day."""
    if unit == "day":
        return str(day - dt.timedelta(number))
    if unit == "week":
        year, week, _ = (day - dt.timedelta(7 * number)).isocalendar()
        return f"{year}-W{week:02d}"
    if unit == "year":
        return f"{day.year - number:04d}"
    months = 12 * day.year + day.month - 1 - number
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def _same_day(number: int, unit: str, day: dt.date) -> dt.date:
    """The same day so many days, weeks, months or years before."""
    if unit in ("day", "week"):
        return day - dt.timedelta(number * (7 if unit == "week" else 1))
    year, month = map(int, _before(number * (12 if unit == "year" else 1), "month", day).split("-"))
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def day_before(time: str) -> dt.date:
    """The day that lies so long before today: `10 years`."""
    number, unit = time.split()
    return _same_day(_count(number), unit.removesuffix("s"), today())


def _first_of(number: int, unit: str, day: dt.date) -> dt.date:
    """The first day of the last so many days, weeks, months or years that end with a day."""
    return _same_day(number, unit, day) + dt.timedelta(1)
