"""Times in phrases that return every year, week or day: `in June`, `on Christmas Eve`, `June 4`,
`last summer`, `on weekends`, `taken at night`.

A month, a day or a holiday without a year is that of every year, unless `since` says that the
latest one is meant. Seasons and holidays are also what photos show, so without `last`, `this` or a
year they are read only where nothing else is said: `in winter`, but not `dog in winter`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from explorer.search.language import single_dates
from explorer.search.language.date_links import OR, TAKEN, TO
from explorer.search.language.holidays import ANY_HOLIDAY, days_of, is_movable, period_of
from explorer.search.language.query_tree import FieldValue
from explorer.search.language.single_dates import (
    DAY,
    DAY_OF_MONTH,
    MONTH,
    MONTHS,
    NUMBER,
    UNIT,
    WEEKDAYS,
    YEAR,
)
from explorer.search.language.typed_dates import days_of_year

_IN = rf"(?:{TAKEN} (?:(?:in|on|from|during|over) )?|(?:in|on|from|during|over) )"
# `May` and `march` are also other words. Short names are also those of people: `photos from Jan`.
_ANY_MONTH = rf"(?:{'|'.join(MONTHS)})\b"
_PLAIN_MONTH = rf"(?:{'|'.join(each for each in MONTHS if each not in ('may', 'march'))})\b"
_POINT = rf"(?:{DAY_OF_MONTH}|{_ANY_MONTH})"
# `25.12.`; the full stop at the end of a phrase is dropped.
_NUMBERS_OF_DAY = r"[0-3]?[0-9]\.(?:0[1-9]|1[0-2])(?:\.(?![0-9])|(?![\w.]))"
# Not `on the march`.
_IN_POINT = (
    rf"(?:{_IN}{DAY_OF_MONTH}|(?!on ){_IN}{_ANY_MONTH}"
    rf"|(?:{TAKEN} (?:on )?|on ){_NUMBERS_OF_DAY})"
)
_DAYS = rf"(?:{MONTH} {DAY}{TO}{DAY}|(?:the )?{DAY}{TO}{DAY} (?:of )?{MONTH})"
_RANGE = rf"(?:{_POINT}{TO}{_POINT}|{_DAYS})"
_AMBIGUOUS_MONTH = r"(?:may|march)\b"
_BETWEEN = rf"(?:{TAKEN} )?between {_POINT} and {_POINT}"
_SINCE = rf"(?:{TAKEN} )?since (?:{_POINT}|{ANY_HOLIDAY})"
# Not `the week before June`, nor `the night before Christmas`.
_PERIODS = ("day", "days", "night", "week", "weeks", "month", "months", "year", "years", "just")
_BEFORE = rf"(?:{TAKEN} )?{''.join(f'(?<!{each} )' for each in _PERIODS)}before {_POINT}"
_AT_HOLIDAY = rf"(?:{TAKEN} at |{_IN}|at ){ANY_HOLIDAY}"
_SEASON = r"(?:spring|summer|autumn|fall|winter)(?: ?time)?\b"
_ONE_SEASON = (
    rf"{_IN}?(?:the )?(?:(?:last|this) {_SEASON}"
    rf"|{_SEASON}(?: of|,)? {YEAR}(?: ?[/–-] ?(?:[0-9]{{2}}|{YEAR})(?![0-9-]))?)"
)
_WEEKDAY = rf"(?:{'|'.join(WEEKDAYS)})"
_TIMES_OF_DAY = {
    "in the morning": "5..11", "at noon": "12", "at midday": "12", "in the afternoon": "12..17",
    "in the evening": "18..21", "at night": "22..4", "at midnight": "0",
}  # fmt: skip

# Also of what photos show: `trees older than 100 years`.
_AGE = rf"(?:older|newer) than {NUMBER} {UNIT}s?\b(?! ago)"
_THIS_DAY = "(?:on|from) this day"
_DATED = (
    rf"(?:{_BETWEEN}|{_SINCE}|{_BEFORE}|{_IN}?{_RANGE}|{_IN_POINT}|{DAY_OF_MONTH}|{_PLAIN_MONTH}"
    rf"|{_ONE_SEASON}|{_AT_HOLIDAY}(?:,? {YEAR})?"
    rf"|(?:on|at) (?:the )?weekends?|on (?:a )?{_WEEKDAY}s|on a {_WEEKDAY}|from {_WEEKDAY}"
    rf"|{TAKEN} (?:{'|'.join(_TIMES_OF_DAY)})|{_AGE}|{_THIS_DAY})"
)
_ONE = rf"(?:{_DATED}|{_IN}?(?:the )?{_SEASON}|weekends?|{_WEEKDAY}s?)"
# Possessive (`*+`): of the many ways to read a long list, only the first is tried.
RECURRING = rf"(?:{_ONE}|{_AMBIGUOUS_MONTH}(?={OR}))(?:{OR}(?:{_ONE}|{_AMBIGUOUS_MONTH}))*+"
"""Any of these times, or several, as a regular expression for text in lower case."""
RECURRING_AFTER = rf"(?:{_IN}{_RANGE}|{_IN_POINT}(?:{OR}{_POINT}){{0,3}}|{_BETWEEN}|{_ONE_SEASON})"
"""Those that are read between other words, before a preposition: `dog in June at home`."""

_ALSO_SHOWN = re.compile(
    rf"(?:{_IN}?(?:the )?{_SEASON}|(?:at|during|in|on|over) {ANY_HOLIDAY}(?:,? {YEAR})?|weekends?"
    rf"|{_WEEKDAY}s?|{_AGE}|{_THIS_DAY})"
)
_BARE = re.compile(rf"(?:{_POINT}|{_RANGE})(?:{OR}(?:{_POINT}|{_RANGE}))*+")
_RECURRING = re.compile(RECURRING)
_IN_ANY = re.compile(rf"(?:{TAKEN} at |{_IN}|at )(?:the )?")
_OR_NEXT = re.compile(OR)
Test = tuple[str, tuple[FieldValue, ...]]


def may_be_shown(expression: str) -> bool:
    """Whether a time, in lower case, is also what a photo may show, and so is a time only where
    nothing else is said: `in summer`."""
    return _ALSO_SHOWN.fullmatch(expression) is not None


def may_be_person(expression: str) -> bool:
    """Whether a time, in lower case, is also a person's name: `photos of June`."""
    return expression in ("april", "june", "august")


def is_bare(expression: str) -> bool:
    """Whether a time, in lower case, has no word before it that says that it is one: `june 4`."""
    return _BARE.fullmatch(expression) is not None


def recurring_test(text: str) -> Test | None:
    """The field and its values for a time in lower case; None for another text."""
    if not _RECURRING.fullmatch(text):
        return None
    if found := _single_test(text):
        return found
    tests = [_single_test(each) for each in _OR_NEXT.split(text)]
    several = [test for test in tests if test and test[1][0].comparison == "="]
    if len(several) < max(2, len(tests)) or len({field for field, _ in several}) > 1:
        return None
    return several[0][0], tuple(value for _, values in several for value in values)


def _single_test(text: str) -> Test | None:
    for rule, read in _WHOLE:
        if match := rule.fullmatch(text):
            return read(match)
    rest = text[match.end() :] if (match := _IN_ANY.match(text)) else text
    for rule, read in _AFTER_PREPOSITIONS:
        if match := rule.fullmatch(rest):
            return read(match)
    return None


def _since_test(match: re.Match[str]) -> Test:
    return "date", (FieldValue(_latest(match[2]), ">=" if match[1] == "since" else "<"),)


def _holiday_test(match: re.Match[str]) -> Test | None:
    name, year = match[1], match[2]
    if year:
        return "date", (FieldValue(period_of(name, int(year))),)
    if is_movable(name):
        return "month", (FieldValue(name),)
    first, last = (f"{day:%m-%d}" for day in days_of(name, single_dates.today().year))
    return _month_test([first if first == last else f"{first}..{last}"])


def _time_of_day_test(match: re.Match[str]) -> Test:
    return "hour", (FieldValue(_TIMES_OF_DAY[match[1]]),)


def _weekday_test(match: re.Match[str]) -> Test:
    if match[1] == "from" and match[2] in WEEKDAYS and not match[3]:
        return "date", (FieldValue(single_dates.periods(f"last {match[2]}")[0]),)
    return "weekday", (FieldValue(match[2]),)


def _range_test(low: str, high: str) -> Test | None:
    return _month_test([f"{_canonical(low)}..{_canonical(high)}"])


def _month_test(values: list[str]) -> Test | None:
    """The test for any of these months and days; None if a month has no such day."""
    try:
        for value in values:
            days_of_year(value)
    except ValueError:
        return None
    return "month", tuple(map(FieldValue, values))


def _canonical(point: str) -> str:
    """A month or a day as `MM` or `MM-DD`: `the 4th of june` → `06-04`, `25.12.` → `12-25`."""
    if not re.search("[a-z]", point):
        day_number, month_number = re.findall("[0-9]+", point)
        return f"{month_number}-{int(day_number):02d}"
    name = next(each for each in re.findall("[a-z]{3,}", point) if each != "the")
    month = next(at for at, full in enumerate(MONTHS, 1) if full[:3] == name[:3])
    day = re.search("[0-9]+", point)
    return f"{month:02d}-{int(day[0]):02d}" if day else f"{month:02d}"


def _latest(point: str) -> str:
    """The latest month, day or holiday of that name that has begun: `june` → `2019-06`."""
    today = single_dates.today()
    if re.fullmatch(ANY_HOLIDAY, point):
        starts = (days_of(point, year)[0] for year in (today.year, today.year - 1))
        return str(next(start for start in starts if start <= today))
    start = _canonical(point)
    return f"{today.year - (start > f'{today:%m-%d}'[: len(start)])}-{start}"


def _age(text: str) -> FieldValue:
    """The days of photos that are older or newer than some time."""
    day = single_dates.day_before(text.partition("than ")[2])
    return FieldValue(str(day), "<" if text.startswith("older") else ">")


def _season_test(match: re.Match[str]) -> Test:
    which, name, year, other = match.groups()
    name = "autumn" if name == "fall" else name
    if which:
        return "season", (FieldValue(f"{name} {_quarters(which)}"),)
    if year and other:
        last = int(other) if len(other) == 4 else int(year[:2] + other)
        last += 100 * (last == int(year) - 99)
        return "season", (FieldValue(f"{name} {year}-07..{last}-06"),)
    return "season", (FieldValue(f"{name} {year}" if year else name),)


def _quarters(which: str) -> str:
    """The year in which `last` or `this` summer lies, whichever half of the earth is meant: it ends
    with the quarter of this season, or with the one before."""
    today = single_dates.today()
    start = dt.date(today.year - (today.month < 3), today.month // 3 * 3 or 12, 1)
    months = 12 * start.year + start.month - 1 + (3 if which == "this" else 0)
    low, high = months - 12, months - 1
    return f"{low // 12}-{low % 12 + 1:02d}..{high // 12}-{high % 12 + 1:02d}"


_Rules = tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Test | None]], ...]
_WHOLE: _Rules = (
    (re.compile(rf"{TAKEN} ({'|'.join(_TIMES_OF_DAY)})"), _time_of_day_test),
    (re.compile(rf"(?:(on|at|from) )?(?:(?:a|the) )?({_WEEKDAY}|weekend)(s?)"), _weekday_test),
    (
        re.compile(rf"(?:{TAKEN} )?between ({_POINT}) and ({_POINT})"),
        lambda match: _range_test(match[1], match[2]),
    ),
    (re.compile(_AGE), lambda match: ("date", (_age(match[0]),))),
    (re.compile(_THIS_DAY), lambda _: _month_test([f"{single_dates.today():%m-%d}"])),
    (re.compile(rf"(?:{TAKEN} )?(since|before) ({_POINT}|{ANY_HOLIDAY})"), _since_test),
)
_AFTER_PREPOSITIONS: _Rules = (
    (
        re.compile(
            r"(?:the )?(?:(last|this) )?(spring|summer|autumn|fall|winter)(?: ?time)?(?:(?: of|,)? "
            rf"({YEAR})(?: ?[/–-] ?([0-9]{{2,4}}))?)?"
        ),
        _season_test,
    ),
    (re.compile(rf"({ANY_HOLIDAY})(?:,? ({YEAR}))?"), _holiday_test),
    (re.compile(rf"{_POINT}|{_NUMBERS_OF_DAY}"), lambda match: _month_test([_canonical(match[0])])),
    (re.compile(rf"({_POINT}){TO}({_POINT})"), lambda match: _range_test(match[1], match[2])),
    (
        re.compile(rf"({MONTH}) ({DAY}){TO}({DAY})"),
        lambda match: _range_test(f"{match[1]} {match[2]}", f"{match[1]} {match[3]}"),
    ),
    (
        re.compile(rf"(?:the )?({DAY}){TO}({DAY}) (?:of )?({MONTH})"),
        lambda match: _range_test(f"{match[3]} {match[1]}", f"{match[3]} {match[2]}"),
    ),
)
