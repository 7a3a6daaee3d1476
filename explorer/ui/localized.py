"""Format numbers, sizes and dates in the locale of the reader's browser, for the pages' texts.

The words are English, except for the names of months in dates, which the headings that the browser
formats have in its language, too. Digits are Latin and years Gregorian in every language.
`explorer/text_format.py` has the fixed formats of the command line.
"""

from __future__ import annotations

import datetime as dt
import re

from babel import Locale, dates, numbers

from explorer import text_format
from explorer.ui.reader_locale import reader_locale

# The languages, and for Portuguese the countries, that write 1234 without a separator and 12.345
# with one: those whose `minimumGroupingDigits` in CLDR is 2, which Babel does not support.
_LATE_GROUPING = frozenset(
    ("be", "bg", "es", "et", "hu", "hy", "ia", "ie", "it", "ka", "lv", "pl", "sl", "sq")
)
_LATE_GROUPING_PORTUGUESE = frozenset(
    ("AO", "CH", "CV", "GQ", "GW", "LU", "MO", "MZ", "PT", "ST", "TL")
)
# The era in a date pattern, with the space beside it.
_ERA = re.compile(r"G+ | ?G+")
# Spanish in Latin America groups as English does.
_EUROPEAN_SPANISH = frozenset((None, "ES", "EA", "IC", "GQ", "PH"))


def number(value: float, decimals: int = 0) -> str:
    """A number with the locale's separators, rounded to the given number of decimals."""
    locale = reader_locale()
    value = round(value, decimals)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    grouped = abs(value) >= 10_000 or not _groups_late(locale)
    return numbers.format_decimal(
        value, pattern, locale, group_separator=grouped, numbering_system="latn"
    )


def short_number(value: float) -> str:
    """A number with up to six significant digits, and no more than it needs: `2.8`, `35`."""
    locale = reader_locale()
    return numbers.format_decimal(float(f"{value:g}"), "0.######", locale, numbering_system="latn")


def count(value: int, what: str = "") -> str:
    """A count with its noun: `1,234 photos`, `1 photo`. Without a noun, just the number."""
    return f"{number(value)} {what}{'' if value == 1 else 's'}" if what else number(value)


def percent(share: float) -> str:
    """A fraction from 0 to 1 as a percentage without decimals."""
    return numbers.format_percent(
        share, locale=reader_locale(), numbering_system="latn", group_separator=True
    )


def size(value: float) -> str:
    """A number of bytes as `4.2 MB`."""
    return text_format.size(value, number)


def milliseconds(seconds: float) -> str:
    """Seconds as `230 ms` or `4.1 ms`."""
    return text_format.milliseconds(seconds, number)


def ordinal(value: int) -> str:
    """An ordinal number, such as `1st`, `22nd` or `1,013th`."""
    return number(value) + text_format.ordinal(value)[-2:]


def day(date: dt.date) -> str:
    """A day, such as `May 4, 2016`."""
    pattern = dates.get_date_format("long", reader_locale()).pattern
    # The Thai pattern has the era, which browsers leave out.
    return dates.format_date(date, _ERA.sub("", pattern), reader_locale())


def iso_day(text: str) -> str:
    """A day given as `YYYY-MM-DD`; any other text as it is."""
    try:
        return day(dt.date.fromisoformat(text))
    except ValueError:
        return text


def month(date: dt.date) -> str:
    """A month with its year, such as `May 2016`."""
    return dates.format_skeleton("yMMMM", date, locale=reader_locale())


def moment(when: dt.datetime, *, seconds: bool = False) -> str:
    """A day and the time of day, such as `May 4, 2016, 1:05 PM`, to the minute or to the second.
    The time is not converted to another time zone."""
    locale = reader_locale()
    time = dates.format_time(when.time(), "medium" if seconds else "short", locale=locale)
    pattern = str(dates.get_datetime_format("medium", locale=locale)).replace("'", "")
    return pattern.replace("{0}", time).replace("{1}", day(when.date()))


def iso_moment(text: str) -> str:
    """A date given as `YYYY-MM`, `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM` or `YYYY-MM-DDTHH:MM:SS`, to that
    precision; any other text as it is."""
    try:
        when = dt.datetime.fromisoformat(f"{text}-01" if len(text) == len("YYYY-MM") else text)
    except ValueError:
        return text
    if len(text) == len("YYYY-MM"):
        return month(when)
    if len(text) == len("YYYY-MM-DD"):
        return day(when)
    return moment(when, seconds=len(text) > len("YYYY-MM-DDTHH:MM"))


def _groups_late(locale: Locale) -> bool:
    """Whether a locale writes numbers of four digits without a separator."""
    if locale.language == "pt":
        return locale.territory in _LATE_GROUPING_PORTUGUESE
    if locale.language == "es":
        return locale.territory in _EUROPEAN_SPANISH
    return locale.language in _LATE_GROUPING
