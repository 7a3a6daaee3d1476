"""A text box for the first or last day of a filter, which also accepts a year or a month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from explorer.search.language import typed_dates


def day_input(
    label: str,
    key: str,
    *,
    value: str | None = None,
    on_change: Callable[..., None] | None = None,
    args: Sequence[Any] = (),
) -> str:
    """Draw the box; returns its text, which `day_of` parses.

    It is a text box because the calendar of `st.date_input` cannot be used by keyboard alone, and
    accepts a typed date only when the box loses focus.
    """
    return st.text_input(
        label,
        value or "",
        key=key,
        placeholder="2019, 2019-06 or 2019-06-04",
        help="A year, a month or a day",
        on_change=on_change,
        args=tuple(args),
    )


def day_of(text: str | None, *, last: bool) -> str:
    """The day in a box as `YYYY-MM-DD`: for a year or a month, its first or last day. Text that is
    not a date is returned as it is, so that the page can report it; '' for an empty box."""
    typed = (text or "").strip()
    try:
        parse = typed_dates.last_day if last else typed_dates.first_day
        found = parse(typed)
    except ValueError:
        return typed
    return (found.until if last else found.since) or typed
