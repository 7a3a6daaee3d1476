"""Conditions on times that return every year, week or day, as SQL on `photo` (as p).

Only what is known of a photo's date counts: one that is known to the year meets no month, and one
that is known to the day no hour.
"""

from __future__ import annotations

from collections.abc import Collection

from explorer.library.queries.photo_conditions import PhotoCondition, any_of

_PRECISION = "coalesce(p.taken_precision, 'second')"
_MONTH, _MONTH_AND_DAY = "substr(p.taken_at, 6, 2)", "substr(p.taken_at, 6, 5)"
_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


def on_days_of_year(first: str, last: str) -> PhotoCondition:
    """Photos taken from one day of the year to another, both `MM-DD` and included; over New Year if
    the last comes before the first. A photo whose day is unknown may have been taken on any day of
    its month."""
    joint = "and" if first <= last else "or"
    return PhotoCondition(
        f"case {_PRECISION} when 'year' then 0"
        f" when 'month' then {_MONTH} >= ? {joint} {_MONTH} <= ?"
        f" else {_MONTH_AND_DAY} >= ? {joint} {_MONTH_AND_DAY} <= ? end",
        (first[:2], last[:2], first, last),
    )


def on_days(days: Collection[str]) -> PhotoCondition:
    """Photos taken on any of these days, `YYYY-MM-DD`."""
    marks = ", ".join("?" * len(days))
    return PhotoCondition(
        f"{_PRECISION} not in ('year', 'month') and substr(p.taken_at, 1, 10) in ({marks})",
        tuple(days),
    )


def in_season(
    north: tuple[str, str], south: tuple[str, str], *, elsewhere_south: bool
) -> PhotoCondition:
    """Photos taken in a season, by its first and last month (`MM`) in the north and in the south.
    elsewhere_south: whether photos of an unknown place are taken for southern ones."""
    sides = []
    for sign, (first, last) in ((">=", north), ("<", south)):
        months = on_days_of_year(f"{first}-01", f"{last}-31")
        sides.append(
            PhotoCondition(
                f"coalesce(p.latitude, ?) {sign} 0 and ({months.sql})",
                (-1 if elsewhere_south else 1, *months.values),
            )
        )
    return any_of(sides)


def on_weekday(name: str) -> PhotoCondition:
    """Photos taken on a day of the week, in lower case, or at a `weekend`."""
    days = ("saturday", "sunday") if name == "weekend" else (name,)
    numbers = ", ".join(f"'{_WEEKDAYS.index(day)}'" for day in days)
    return PhotoCondition(
        f"{_PRECISION} not in ('year', 'month')"
        f" and strftime('%w', substr(p.taken_at, 1, 10)) in ({numbers})"
    )


def in_hours(first: int, last: int) -> PhotoCondition:
    """Photos taken from the beginning of one hour to the end of another, 0 to 23; over midnight if
    the last is below the first."""
    hour, joint = "cast(substr(p.taken_at, 12, 2) as integer)", "and" if first <= last else "or"
    return PhotoCondition(
        f"{_PRECISION} in ('minute', 'second') and p.taken_at is not null"
        f" and ({hour} >= ? {joint} {hour} <= ?)",
        (first, last),
    )
