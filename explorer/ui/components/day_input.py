"""A box for the first or last day of a filter, which a year or a month fills as well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from explorer.search.language import typed_values


def day_input(
    label: str,
    key: str,
    *,
    value: str | None = None,
    on_change: Callable[..., None] | None = None,
    args: Sequence[Any] = (),
) -> str:
    """Draw the box; returns what is in it, which `day_of` understands.

    It is a box for text: the calendar of `st.date_input` cannot be filled by keyboard alone, and
    takes a typed date only once the box is left.
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
    """The day in a box as `YYYY-MM-DD`: the first or last day of a year or month. Anything that is
    no date is returned as it is, so that the page can say so; '' for an empty box."""
    typed = (text or "").strip()
    try:
        parse = typed_values.last_day if last else typed_values.first_day
        found = parse(typed)
    except ValueError:
        return typed
    return (found.until if last else found.since) or typed
