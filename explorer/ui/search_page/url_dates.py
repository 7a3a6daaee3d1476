"""The dates in a page's URL: the parameters `since` and `until`."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from explorer.errors import UsageError
from explorer.library.queries.filters import parse_day

_PARAMETERS = _SINCE, _UNTIL = "since", "until"

# The range of dates that can be chosen: from the year of the oldest surviving photograph to dates
# of clocks that are far ahead.
OLDEST, NEWEST = dt.date(1826, 1, 1), dt.date(2100, 12, 31)


def url_date(text: str | None) -> dt.date | None:
    """A date from the URL; None if it is not a date or is out of range, which `wrong_dates`
    reports."""
    try:
        day = parse_day(text) if text else None
    except UsageError:
        return None
    return day if day and OLDEST <= day <= NEWEST else None


def wrong_dates() -> list[str]:
    """A sentence for each date in the URL that is ignored."""
    problems = list[str]()
    for key in _PARAMETERS:
        try:
            day = parse_day(text) if (text := st.query_params.get(key, "").strip()) else OLDEST
            if day > NEWEST if key == _SINCE else day < OLDEST:
                problems.append(f"“{text}” is ignored: no photo can be from that time.")
        except UsageError as error:
            problems.append(str(error))
    return problems
