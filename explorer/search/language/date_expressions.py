"""Dates as people write them in a phrase: `June 4, 2019`, `4th of June 2019`, `since 2015`,
`June to August 2019`, `2019 or 2020`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from explorer.search.language.query_tree import Comparison, FieldValue

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_COMPARISONS: dict[str, Comparison] = {
    "since": ">=", "until": "<=", "before": "<", "after": ">",
}  # fmt: skip
_MONTH_NAMES = (*MONTHS, *(month[:3] for month in MONTHS), "sept")
_MONTH = rf"(?:{'|'.join(sorted(_MONTH_NAMES, key=len, reverse=True))})\b\.?"
_YEAR = r"(?:19|20)[0-9]{2}(?![0-9])"
_DAY = r"[0-3]?[0-9](?![0-9])(?:st|nd|rd|th)?"
_DAY_OF_MONTH = rf"(?:(?:the )?{_DAY} (?:of )?{_MONTH}|{_MONTH} (?:the )?{_DAY})"
_DAY_OR_MONTH = rf"(?:{_DAY_OF_MONTH}|{_MONTH})"
_BEFORE_YEAR = r"(?:,? | of )"
_NAMED = rf"(?:{_DAY_OR_MONTH}{_BEFORE_YEAR}{_YEAR}|{_YEAR} {_DAY_OR_MONTH})"
_DATE = rf"(?:{_YEAR}-[0-9]{{2}}(?![0-9])(?:-[0-9]{{2}}(?![0-9]))?|{_NAMED}|{_YEAR})"
_TO = r"(?: ?[-–—] ?| to | until | till | through )"
_OR = r"(?:,? or |,? and | & )"
_LINK = rf"(?:{_TO}|{_OR})"
_IN = r"(?:(?:(?:taken|shot|made) )?(?:in|on|from|of|during) )"
_COMPARED = rf"(?:(?:taken |shot |made )?(?:{'|'.join(_COMPARISONS)}) {_DATE})"
# `June to August 2019`, `June 4-6, 2019`, `4-6 June 2019`: the first takes what it lacks from the
# one after it.
_SHARING = (
    rf"(?:{_DAY_OR_MONTH}(?={_LINK}{_NAMED})"
    rf"|{_MONTH} {_DAY}{_LINK}{_DAY},? {_YEAR}"
    rf"|(?:the )?{_DAY}{_LINK}{_DAY} (?:of )?{_MONTH}{_BEFORE_YEAR}{_YEAR})"
)
_BETWEEN = rf"(?:taken )?between {_DATE} and {_DATE}"
_ITEM = rf"(?:{_BETWEEN}|{_IN}?(?:{_DATE}|{_SHARING}))"
DATES = rf"(?:{_COMPARED}|{_ITEM})(?:{_LINK}{_ITEM}|,? or {_COMPARED})*"
"""One or several dates, as a regular expression for text in lower case."""

_RULES: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "to": _TO,
        "or": _OR,
        "in": _IN,
        "compared": rf"(?:taken |shot |made )?({'|'.join(_COMPARISONS)}) ({_DATE})",
        "between": rf"(?:taken )?between ({_DATE}) and ({_DATE})",
        "date": _DATE,
        "of next year": (
            rf"({_DAY_OR_MONTH})(?=(?:({_TO})|{_OR})({_DAY_OR_MONTH}){_BEFORE_YEAR}({_YEAR}))"
        ),
        "month first": rf"({_MONTH}) ({_DAY})({_LINK})({_DAY}),? ({_YEAR})",
        "days first": (
            rf"(?:the )?({_DAY})({_LINK})({_DAY}) (?:of )?({_MONTH}){_BEFORE_YEAR}({_YEAR})"
        ),
    }.items()
}
_NUMBER = re.compile(r"[0-9]+")
_MONTH_NAME = re.compile(_MONTH)
_INNER_COMMA = re.compile(
    # `2019 June 4, 2020` are two dates.
    rf"(?<![\w-])(?<!(?:19|20)[0-9][0-9] )(?:{_MONTH} {_DAY}{_LINK}{_DAY}|{_DAY_OR_MONTH})"
    rf"(, ){_YEAR}(?![\w-])",
    re.IGNORECASE,
)


def _after(ends: Iterable[str]) -> str:
    """A lookbehind for any of these, each of a fixed width, as words of their own and before a
    space."""
    return "|".join(rf"(?<=^{end} )|(?<=[\s(,]{end} )" for end in ends)


_YEARS = ("(?:19|20)[0-9][0-9]", "[0-9]{4}-[0-9]{2}", "[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAYS = ("[0-9]", "[0-9]{2}", "[0-9](?:st|nd|rd|th)", "[0-9]{2}(?:st|nd|rd|th)")
DASH = (
    rf"(?i:(?:{_after(_YEARS)})-(?= {_DATE}(?![\w-]))"
    rf"|(?:{_after(name + end for name in _MONTH_NAMES for end in ('', '[.]'))})"
    rf"-(?= {_NAMED}(?![\w-]))"
    rf"|(?:{_after(_DAYS)})-(?= (?:{_DAY_OF_MONTH}{_BEFORE_YEAR}|{_DAY},? ){_YEAR}(?![\w-])))"
)
"""The dash between two dates, `2015 - 2019`, which subtracts nothing; as a regular expression."""
_DASH = re.compile(DASH)


def is_dash_of_dates(before: str, after: str) -> bool:
    """Whether ` - ` between these texts would join two dates."""
    return _DASH.match(f"{before} - {after}", len(before) + 1) is not None


def inner_commas(text: str) -> set[int]:
    """Where commas stand within a date: `June 4, 2019`."""
    return {match.start(1) for match in _INNER_COMMA.finditer(text)}


def date_values(text: str) -> tuple[FieldValue, ...]:
    """The values of the field `date` for dates in lower case, any of which may match; none for
    other text."""
    return _Reader(text).values()


class _Reader:
    """Reads a list of dates from left to right."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def values(self) -> tuple[FieldValue, ...]:
        found = self._item()
        while found and self._at < len(self._text):
            if self._take("to"):
                found = self._range(found, self._item())
            elif self._take("or"):
                more = self._item()
                found = [*found, *more] if more else []
            else:
                return ()
        return tuple(found)

    def _take(self, rule: str) -> re.Match[str] | None:
        match = _RULES[rule].match(self._text, self._at)
        self._at = match.end() if match else self._at
        return match

    def _item(self) -> list[FieldValue]:
        if match := self._take("compared"):
            return [FieldValue(_period(match[2]), _COMPARISONS[match[1]])]
        if match := self._take("between"):
            return [_span(_period(match[1]), _period(match[2]))]
        self._take("in")
        readers: tuple[tuple[str, Callable[[re.Match[str]], list[FieldValue]]], ...] = (
            ("date", lambda match: [FieldValue(_period(match[0]))]),
            ("of next year", lambda match: [FieldValue(_sharing_year(*match.groups()))]),
            ("month first", lambda m: self._days(m[2], m[3], m[4], f"{m[1]} {m[5]}")),
            ("days first", lambda m: self._days(m[1], m[2], m[3], f"{m[4]} {m[5]}")),
        )
        for rule, read in readers:
            if match := self._take(rule):
                return read(match)
        return []

    def _days(self, first: str, link: str, last: str, month: str) -> list[FieldValue]:
        found = [FieldValue(_period(f"{day} {month}")) for day in (first, last)]
        if _RULES["to"].fullmatch(link):
            return self._range(found[:1], found[1:])
        return found

    @staticmethod
    def _range(low: list[FieldValue], high: list[FieldValue]) -> list[FieldValue]:
        """The first dates, with the last of them extended to the next date."""
        if len(high) != 1 or ".." in low[-1].text + high[0].text or high[0].comparison != "=":
            return []
        if low[-1].comparison not in ("=", ">="):
            return []
        return [*low[:-1], _span(low[-1].text, high[0].text)]


def _sharing_year(first: str, to: str | None, last: str, year: str) -> str:
    """The first of two dates, of which only the last names the year: `December to February 2020`
    begins in 2019."""
    low, high = _period(f"{first} {year}"), _period(f"{last} {year}")
    common = min(len(low), len(high))
    return _period(f"{first} {int(year) - 1}") if to and low[:common] > high[:common] else low


def _span(low: str, high: str) -> FieldValue:
    """The range between two dates, whichever is first."""
    common = min(len(low), len(high))
    if low[:common] > high[:common]:
        low, high = high, low
    return FieldValue(f"{low}..{high}")


def _period(date: str) -> str:
    """One date as the field `date` takes it: `june 4, 2019` → `2019-06-04`."""
    name = _MONTH_NAME.search(date)
    if not name:
        return date
    month = next(at for at, full in enumerate(MONTHS, 1) if full[:3] == name[0][:3])
    numbers = _NUMBER.findall(date)
    year = next(number for number in numbers if len(number) == 4)
    days = [f"-{int(number):02d}" for number in numbers if len(number) < 4]
    return f"{year}-{month:02d}{''.join(days)}"
