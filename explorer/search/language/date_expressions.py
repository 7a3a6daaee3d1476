"""One or several dates in a phrase: `since 2015`, `June, July and August 2019`, `2019 or 2020`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from explorer.search.language.date_links import OR, TAKEN, TO
from explorer.search.language.query_tree import Comparison, FieldValue
from explorer.search.language.single_dates import (
    BEFORE_YEAR,
    DATE,
    DAY,
    DAY_OF_MONTH,
    DAY_OR_MONTH,
    HOLIDAY,
    MONTH,
    MONTH_NAMES,
    NAMED,
    YEAR,
    periods,
)

_COMPARISONS: dict[str, Comparison] = {
    "since": ">=", "until": "<=", "before": "<", "after": ">", "older than": "<",
    "newer than": ">", "earlier than": "<", "later than": ">", "up to": "<=",
}  # fmt: skip
_SIGNS: dict[str, Comparison] = {
    ">=": ">=", "<=": "<=", "≥": ">=", "≤": "<=", ">": ">", "<": "<",
}  # fmt: skip
_LINK = rf"(?:{TO}|{OR})"
_IN = rf"(?:{TAKEN} (?:(?:in|on|from|of|during) )?|(?:in|on|from|of|during) )"
_COMPARED = rf"(?:(?:{TAKEN} )?(?:{'|'.join(_COMPARISONS)}) (?:{DATE}|{HOLIDAY}))"
# `date > 2015`.
_TYPED = rf"(?:date|year) ?(?:{'|'.join(_SIGNS)}) ?{DATE}(?![\w.-])"
_LATER = "(?: (?:and )?onwards?| (?:or|and) (?:later|newer|after|since))"
_EARLIER = "(?: (?:or|and) (?:earlier|older|before))"
_NOW = rf"(?:{TO}(?:now|(?:the )?present(?: day)?|today))"
# Not `2015 on the beach`.
_OPEN = (
    rf"(?:(?:{_IN}|since )?{DATE}(?:{_LATER}|{_EARLIER}|{_NOW})(?![\w-])"
    rf"|(?:from|since) {DATE} on(?! \w|\w))"
)
# Lists are possessive (`++`, `*+`): `4 may 4 may …` has very many ways to be read, of which only
# the first is tried.
# `June, July and August 2019`: all take the year from the last.
_LISTED = (
    rf"(?:{DAY_OR_MONTH}(?:{_LINK}|, | )(?={DAY_OR_MONTH}))++{DAY_OR_MONTH}{BEFORE_YEAR}{YEAR}"
)
# `June 4-6, 2019`, `4-6 June 2019`.
_DAYS_OF_MONTH = (
    rf"(?:{MONTH} {DAY}{_LINK}{DAY},? {YEAR}"
    rf"|(?:the )?{DAY}{_LINK}{DAY} (?:of )?{MONTH}{BEFORE_YEAR}{YEAR})"
)
_BETWEEN = rf"(?:{TAKEN} )?between (?:{DATE}|{DAY_OR_MONTH}|{DAY}) and (?:{DATE}|{DAY},? {YEAR})"
_ITEM = rf"(?:{_BETWEEN}|{_IN}?(?:{_LISTED}|{DATE}|{_DAYS_OF_MONTH}))"
DATES = rf"(?:{_TYPED}|{_OPEN}|{_COMPARED}|{_ITEM})(?:{_LINK}{_ITEM}|,? or {_COMPARED})*+"
"""One or several dates, as a regular expression for text in lower case."""

_RULES: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "to": TO,
        "or": OR,
        "in": _IN,
        "compared": (rf"(?:{TAKEN} )?({'|'.join(_COMPARISONS)}) ({HOLIDAY}|{DATE})"),
        "between": (
            rf"(?:{TAKEN} )?between ({DATE}|{DAY_OR_MONTH}|{DAY}) and ({DATE}|{DAY},? {YEAR})"
        ),
        "typed": rf"(?:date|year) ?({'|'.join(_SIGNS)}) ?({DATE})",
        "later": rf"(?:{_IN}|since )?({DATE})(?:{_LATER}|{_NOW})(?![\w-])",
        "earlier": rf"{_IN}?({DATE}){_EARLIER}(?![\w-])",
        "on": rf"(?:from|since) ({DATE}) on(?! \w|\w)",
        "listed": _LISTED,
        "date": DATE,
        "month first": rf"({MONTH}) ({DAY})({_LINK})({DAY}),? ({YEAR})",
        "days first": (rf"(?:the )?({DAY})({_LINK})({DAY}) (?:of )?({MONTH}){BEFORE_YEAR}({YEAR})"),
    }.items()
}
_OPEN_ENDED: dict[str, Comparison] = {"later": ">=", "earlier": "<=", "on": ">="}
_LISTED_DATES = re.compile(rf"({_LINK}|, | |^)({DAY_OR_MONTH})")
# `2019 June 4, 2020` are two dates.
_STARTS = r"(?<![\w-])(?<!(?:19|20)[0-9][0-9] )"
_INNER_COMMA = re.compile(
    rf"{_STARTS}(?:{MONTH} {DAY}{_LINK}{DAY}|{DAY_OR_MONTH})(, ){YEAR}(?![\w-])", re.IGNORECASE
)
_INNER_COMMAS = re.compile(rf"{_STARTS}{_LISTED}(?![\w-])", re.IGNORECASE)


def _after(ends: Iterable[str]) -> str:
    """A lookbehind for any of these, each of a fixed width, as words of their own and before a
    space."""
    return "|".join(rf"(?<=^{end} )|(?<=[\s(,]{end} )" for end in ends)


_YEARS = ("(?:19|20)[0-9][0-9]", "[0-9]{4}-[0-9]{2}", "[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAYS = ("[0-9]", "[0-9]{2}", "[0-9](?:st|nd|rd|th)", "[0-9]{2}(?:st|nd|rd|th)")
DASH = (
    rf"(?i:(?:{_after(_YEARS)})-(?= {DATE}(?![\w-]))"
    rf"|(?:{_after(name + end for name in MONTH_NAMES for end in ('', '[.]'))})"
    rf"-(?= {NAMED}(?![\w-]))"
    rf"|(?:{_after(_DAYS)})-(?= (?:{DAY_OF_MONTH}{BEFORE_YEAR}|{DAY},? ){YEAR}(?![\w-])))"
)
"""The dash between two dates, `2015 - 2019`, which subtracts nothing; as a regular expression."""
_DASH = re.compile(DASH)


def is_dash_of_dates(before: str, after: str) -> bool:
    """Whether ` - ` between these texts would join two dates."""
    return _DASH.match(f"{before} - {after}", len(before) + 1) is not None


def inner_commas(text: str) -> set[int]:
    """Where commas stand within a date or a list of dates with one year: `June 4, 2019`, `June,
    July and August 2019`."""
    listed = {
        match.start() + at
        for match in _INNER_COMMAS.finditer(text)
        for at, character in enumerate(match[0])
        if character == ","
    }
    return listed | {match.start(1) for match in _INNER_COMMA.finditer(text)}


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
                found = _range(found, self._item())
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
        if match := self._take("typed"):
            return _compared(match[2], _SIGNS[match[1]])
        for rule, comparison in _OPEN_ENDED.items():
            if match := self._take(rule):
                return _compared(match[1], comparison)
        if match := self._take("compared"):
            return _compared(match[2], _COMPARISONS[match[1]])
        if match := self._take("between"):
            found = _Reader(f"{match[1]} to {match[2]}").values()
            return [*found] if len(found) == 1 and ".." in found[0].text else []
        self._take("in")
        readers: tuple[tuple[str, Callable[[re.Match[str]], list[FieldValue]]], ...] = (
            ("listed", lambda match: _listed(match[0])),
            ("date", lambda match: [FieldValue(each) for each in periods(match[0])]),
            ("month first", lambda m: _days(m[2], m[3], m[4], f"{m[1]} {m[5]}")),
            ("days first", lambda m: _days(m[1], m[2], m[3], f"{m[4]} {m[5]}")),
        )
        for rule, read in readers:
            if match := self._take(rule):
                return read(match)
        return []


def _compared(date: str, comparison: Comparison) -> list[FieldValue]:
    """The value for a comparison; none with a date of several meanings."""
    found = periods(date)
    if len(found) != 1:
        return []
    first, _, last = found[0].partition("..")
    return [FieldValue(last if last and comparison in ("<=", ">") else first, comparison)]


def _listed(text: str) -> list[FieldValue]:
    """Dates of which only the last names the year: `june, july and august 2019`. A range that ends
    before it begins, `december to february 2020`, begins in the year before."""
    year = text[-4:]
    found = list[FieldValue]()
    for link, date in _LISTED_DATES.findall(text):
        value = periods(f"{date} {year}")[0]
        if found and _RULES["to"].fullmatch(link):
            low = found.pop().text
            if ".." in low:
                return []
            common = min(len(low), len(value))
            if low[:common] > value[:common]:
                low = f"{int(year) - 1}{low[4:]}"
            value = f"{low}..{value}"
        found.append(FieldValue(value))
    return found


def _days(first: str, link: str, last: str, month: str) -> list[FieldValue]:
    found = [FieldValue(each) for day in (first, last) for each in periods(f"{day} {month}")]
    return _range(found[:1], found[1:]) if _RULES["to"].fullmatch(link) else found


def _range(low: list[FieldValue], high: list[FieldValue]) -> list[FieldValue]:
    """The first dates, with the last of them extended to the next date."""
    if len(high) != 1 or ".." in low[-1].text + high[0].text or high[0].comparison != "=":
        return []
    if low[-1].comparison not in ("=", ">="):
        return []
    return [*low[:-1], _span(low[-1].text, high[0].text)]


def _span(low: str, high: str) -> FieldValue:
    """The range between two dates, whichever is first."""
    common = min(len(low), len(high))
    if low[:common] > high[:common]:
        low, high = high, low
    return FieldValue(f"{low}..{high}")
