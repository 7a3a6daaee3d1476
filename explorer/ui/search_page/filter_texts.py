"""Describe the filters by date and folder in words."""

from __future__ import annotations

from explorer.library.queries.filters import Filters
from explorer.ui.library_page import folder_choices
from explorer.ui.localized import iso_day


def filtered(filters: Filters) -> list[str]:
    """The filters in words, not escaped for Markdown."""
    since, until = filters.since, filters.until
    parts = list[str]()
    if since and since == until:
        parts.append(f"taken on {iso_day(since)}")
    elif since or until:
        days = [f"from {iso_day(since)}"] if since else []
        days += [f"to {iso_day(until)}"] if until else []
        parts.append(" ".join(["taken", *days]))
    if filters.folder:
        parts.append(f"in {folder_choices.folder_names()(filters.folder)}")
    return parts


def by_parameter(filters: Filters) -> dict[str, str]:
    """Each filter in words, by its URL parameter."""
    found = dict[str, str]()
    if filters.since:
        found["since"] = f"From {iso_day(filters.since)}"
    if filters.until:
        found["until"] = f"To {iso_day(filters.until)}"
    if filters.folder:
        found["folder"] = f"Folder {folder_choices.folder_names()(filters.folder)}"
    return found


def check(filters: Filters) -> str:
    """What is wrong with the filters, or ''."""
    if filters.since and filters.until and filters.since > filters.until:
        return "The first date is after the last one, so no photos can match."
    return ""
