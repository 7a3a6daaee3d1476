"""The edits that are available to users, as changes for `edit_store.edit_photos`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from explorer.errors import UsageError
from explorer.library.edits.edit_fields import USER, ColumnValues, EditField, PhotoValues
from explorer.library.rows import stored_keywords
from explorer.library.stores.edit_store import Change
from explorer.library.text.text_folding import fold
from explorer.photos.metadata.partial_dates import parse_date
from explorer.places.coordinates import check_degrees, parse_degrees
from explorer.text_format import excerpt, typed_line

MAX_TEXT_LENGTH = 2000
"""The maximum length of a title, a description or a keyword, in characters; longer ones are
truncated."""
MAX_STARS = 5
_YEARS = 1000, 9999


class EditOperation(NamedTuple):
    """An edit that can be applied to any photos."""

    summary: str
    """A description, such as “rated 4 stars”."""
    change: Change


def combined(operations: Sequence[EditOperation]) -> EditOperation:
    """Combine several edits into one. Each sees the result of the earlier ones."""

    def change(current: PhotoValues) -> Mapping[EditField, ColumnValues | None]:
        wanted: dict[EditField, ColumnValues | None] = {}
        shown = dict(current.shown)
        for operation in operations:
            for field, values in operation.change(PhotoValues(shown, current.unedited)).items():
                wanted[field] = values
                shown[field] = current.unedited[field] if values is None else values
        return wanted

    summary = ", ".join(operation.summary for operation in operations)
    return EditOperation(summary[:1].upper() + summary[1:], change)


def set_favourite(favourite: bool) -> EditOperation:
    """Mark photos as favorites, or unmark them."""
    summary = "marked as favorite" if favourite else "no longer a favorite"
    return EditOperation(summary, lambda _: {"favourite": [int(favourite)]})


def set_rating(stars: float) -> EditOperation:
    """Rate photos with 1 to 5 stars; 0 removes the rating. Raises UsageError for other numbers."""
    if not 0 <= stars <= MAX_STARS:
        raise UsageError(f"A rating is 0 to {MAX_STARS} stars, not {stars:g}.")
    words = f"rated {stars:g} {'star' if stars == 1 else 'stars'}" if stars else "rating removed"
    return EditOperation(words, lambda _: {"rating": [float(stars) or None]})


def set_text(field: EditField, text: str) -> EditOperation:
    """Set the title or the description; an empty one removes it."""
    value = _text(text) or None
    words = f"{field} set" if value else f"{field} removed"
    return EditOperation(words, lambda _: {field: [value]})


def change_keywords(add: Sequence[str] = (), remove: Sequence[str] = ()) -> EditOperation:
    """Add keywords to photos and remove others. Case and accents are ignored in comparisons."""
    new, old = ([word for word in map(_text, words) if word] for words in (add, remove))
    gone = set(map(fold, old))

    def change(current: PhotoValues) -> Mapping[EditField, ColumnValues | None]:
        (stored,) = current.shown["keywords"]
        known = stored_keywords(stored if isinstance(stored, str) else None)
        found = dict[str, str]()
        for word in (*known, *new):
            # Keep one spelling of each keyword, that of the photo first.
            found.setdefault(fold(word), word)
        kept = [word for key, word in found.items() if key not in gone]
        if kept == known:
            return {}
        return {"keywords": [json.dumps(kept, ensure_ascii=False) if kept else None]}

    parts = [f"added {_keyword_list(new)}"] if new else []
    if old:
        parts.append(f"removed {_keyword_list(old)}")
    return EditOperation(", ".join(parts) or "keywords unchanged", change)


def set_date(text: str) -> EditOperation:
    """Set the date of photos: a year, a month, a day or a time, such as `1985`, `1985-07`,
    `1985-07-04` or `1985-07-04 10:30`. Raises UsageError for anything else."""
    date = parse_date(text.strip().replace("T", " "))
    if date is None or not _YEARS[0] <= int(date.text[:4]) <= _YEARS[1]:
        raise UsageError(
            f"“{excerpt(text)}” is not a date: write it as far as it is known, such as 1985,"
            " 1985-07, 1985-07-04 or 1985-07-04 10:30."
        )
    values: ColumnValues = [date.text, date.precision, USER]
    return EditOperation(f"dated {date.iso}", lambda _: {"date": values})


def shift_dates(by: dt.timedelta) -> EditOperation:
    """Shift the dates of photos, to correct a wrong camera clock. Photos without a time are not
    changed."""

    def change(current: PhotoValues) -> Mapping[EditField, ColumnValues | None]:
        taken_at, precision, source = current.shown["date"]
        to_the_minute = precision in (None, "minute", "second")
        if not isinstance(taken_at, str) or not to_the_minute or source == "file":
            return {}
        try:
            moved = dt.datetime.fromisoformat(taken_at) + by
        except (ValueError, OverflowError):
            return {}
        return {"date": [moved.isoformat(timespec="seconds"), precision or "second", USER]}

    sign = "later" if by >= dt.timedelta() else "earlier"
    return EditOperation(f"dates moved {abs(by)} {sign}", change)


def change_date(date: str | None, shift: str | None) -> list[EditOperation]:
    """The edits for a typed date and a typed shift of dates. None means that nothing was typed. An
    empty date restores that of the file. Raises UsageError for both at once, and for invalid
    texts."""
    if date is not None and shift is not None:
        raise UsageError("Give either a date or a time to shift dates by, not both.")
    if date is not None:
        return [set_date(date) if typed_line(date) else reset_fields(["date"])]
    return [] if shift is None else [shift_dates(parse_shift(shift))]


def change_place(text: str) -> EditOperation:
    """The edit for typed coordinates; an empty text restores those of the file. Raises UsageError
    for an invalid one."""
    return set_place(*parse_coordinates(text)) if typed_line(text) else reset_fields(["place"])


def set_place(latitude: float, longitude: float) -> EditOperation:
    """Set the coordinates of photos, in degrees. Raises UsageError if they are out of range."""
    try:
        check_degrees(latitude, longitude)
    except ValueError as error:
        raise UsageError(f"There is no place {latitude:g}, {longitude:g}: {error}.") from None
    return EditOperation(
        f"placed at {latitude:g}, {longitude:g}", lambda _: {"place": [latitude, longitude]}
    )


def parse_coordinates(text: str) -> tuple[float, float]:
    """Parse a latitude and a longitude as typed or copied from a map, such as `48.85, 2.35`. Raises
    UsageError for anything else."""
    try:
        return parse_degrees(text.split(","))
    except ValueError as error:
        raise UsageError(
            f"“{excerpt(text)}” is not a place: {error}. Write it in degrees, such as 48.85,2.35."
        ) from None


def reset_fields(fields: Sequence[EditField]) -> EditOperation:
    """Restore the files' values of these fields."""
    wanted: dict[EditField, ColumnValues | None] = dict.fromkeys(fields)
    return EditOperation(f"{', '.join(fields)} as in the file", lambda _: wanted)


def parse_shift(text: str) -> dt.timedelta:
    """Parse a shift of dates: `+1h`, `-2d`, `+1:30` (hours and minutes), `+45m`, or several of
    these, as in `+1d 2h`. Raises UsageError for anything else."""
    sign, rest = (-1, text.strip()[1:]) if text.strip().startswith("-") else (1, text.strip())
    total = dt.timedelta()
    words = rest.removeprefix("+").split()
    try:
        for word in words:
            total += _duration(word.lower())
    except (ValueError, OverflowError):
        words = []
    if not words or not total:
        raise UsageError(
            f"“{excerpt(text)}” is not a time to move dates by: write it like +1h, -2d, +1:30 or"
            " +1d 2h."
        )
    return sign * total


def _duration(word: str) -> dt.timedelta:
    if ":" in word:
        hours, minutes = word.split(":")
        return dt.timedelta(hours=_whole(hours), minutes=_whole(minutes))
    units: Mapping[str, Callable[[int], dt.timedelta]] = {
        "d": lambda number: dt.timedelta(days=number),
        "h": lambda number: dt.timedelta(hours=number),
        "m": lambda number: dt.timedelta(minutes=number),
        "s": lambda number: dt.timedelta(seconds=number),
    }
    if word[-1:] not in units:
        raise ValueError(word)
    return units[word[-1:]](_whole(word[:-1]))


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise ValueError(text)
    return int(text)


def _text(typed: str) -> str:
    return typed_line(typed, MAX_TEXT_LENGTH)


def _keyword_list(words: Sequence[str]) -> str:
    listed = ", ".join(f"“{word}”" for word in words)
    return f"keyword {listed}" if len(words) == 1 else f"keywords {listed}"
