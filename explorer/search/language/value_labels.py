"""Field tests in plain words: `Camera: Canon`, `taken in June 2019`, `black and white`."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping

from explorer.errors import UsageError
from explorer.library.paths import from_line, printable
from explorer.library.queries.filters import parse_day
from explorer.search.language.query_fields import typed_value
from explorer.search.language.query_tree import FieldTest, FieldValue
from explorer.search.language.single_dates import MONTHS
from explorer.search.language.typed_dates import (
    SEASONS,
    SOUTHERN,
    DateRange,
    DaysOfYear,
    Hours,
    MovableHoliday,
    RecurringTime,
    SeasonTime,
    days_of_year,
)
from explorer.search.language.typed_values import Area, Choice, Place

_NAMES: Mapping[str, str] = {
    "name": "Name", "keyword": "Keyword", "album": "Album", "concept": "Concept",
    "title": "Title", "description": "Description", "camera": "Camera", "lens": "Lens",
    "format": "Format", "iso": "ISO", "f": "f-number", "focal": "Focal length",
    "exposure": "Exposure time", "width": "Width", "height": "Height",
    "megapixels": "Megapixels", "size": "Size", "rating": "Rating",
}  # fmt: skip
_CHOICES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "format": {
        "jpeg": ("JPEG", ""), "png": ("PNG", ""), "webp": ("WebP", ""), "gif": ("GIF", ""),
        "bmp": ("BMP", ""), "tiff": ("TIFF", ""), "heic": ("HEIC", ""), "avif": ("AVIF", ""),
        "jxl": ("JPEG XL", ""), "dng": ("DNG", ""), "nef": ("NEF", ""), "cr2": ("CR2", ""),
        "cr3": ("CR3", ""), "arw": ("ARW", ""), "orf": ("ORF", ""), "rw2": ("RW2", ""),
        "raf": ("RAF", ""), "pef": ("PEF", ""), "srw": ("SRW", ""),
    },
    "has": {
        "gps": ("with a location", "without a location"), "date": ("with a date", "without a date"),
        "camera": ("camera known", "camera unknown"), "film": ("with a video", "without a video"),
        "keywords": ("with keywords", "without keywords"),
        "title": ("with a title", "without a title"),
        "description": ("with a description", "without a description"),
        "rating": ("rated", "not rated"),
        "sidecar": ("with a sidecar", "without a sidecar"),
    },
    "is": {
        "monochrome": ("black and white", "in color"),
        "duplicate": ("with duplicates", "without duplicates"),
        "favourite": ("favorites", "no favorites"), "raw": ("RAW files", "no RAW files"),
        "screenshot": ("screenshot", "no screenshots"), "panorama": ("panorama", "not a panorama"),
    },
    "orientation": {
        "landscape": ("landscape format", ""), "portrait": ("portrait format", ""),
        "square": ("square format", ""),
    },
    "weekday": {
        "monday": ("on a Monday", ""), "tuesday": ("on a Tuesday", ""),
        "wednesday": ("on a Wednesday", ""), "thursday": ("on a Thursday", ""),
        "friday": ("on a Friday", ""), "saturday": ("on a Saturday", ""),
        "sunday": ("on a Sunday", ""), "weekend": ("at a weekend", ""),
    },
    "sort": {
        "newest": ("newest first", ""), "oldest": ("oldest first", ""),
        "largest": ("largest first", ""),
    },
    "shape": {
        "square": ("nearly square", ""), "wide": ("wide", ""), "tall": ("tall", ""),
        "panorama": ("panorama shape", ""),
    },
}  # fmt: skip
"""Choices that are not called by their names: what they are called, and their opposites where
“not …” would not do."""
_LAST_DAYS = frozenset(days_of_year(str(month)).last for month in range(1, 13))
_BOUNDS: Mapping[str, str] = {
    "=": "", "==": "", "<": "below ", "<=": "at most ", ">": "above ", ">=": "at least ",
}  # fmt: skip
_TIMES: Mapping[str, str] = {
    "=": "in ", "==": "in ", "<": "before ", "<=": "until ", ">": "after ", ">=": "since ",
}  # fmt: skip


def field_label(test: FieldTest, negated: bool) -> str:
    """A field test, or its negation, in plain words."""
    if len(test.values) == 1 and test.field in _CHOICES:
        value = typed_value(test.field, test.values[0])
        named = _CHOICES[test.field].get(value.name) if isinstance(value, Choice) else None
        if named and negated and named[1]:
            return named[1]
    said = " or ".join(_value_label(test.field, value) for value in test.values)
    name = _NAMES.get(test.field)
    if name:
        return f"{name}: {'not ' if negated else ''}{said}"
    return f"{'not ' if negated else ''}{_lead(test.field)}{said}"


def _lead(field: str) -> str:
    """What comes before the values of a field without a name of its own."""
    return {
        "folder": "in folder ",
        "place": "in ",
        "date": "taken ",
        "after": "taken ",
        "before": "taken ",
        "month": "taken ",
        "season": "taken ",
        "weekday": "taken ",
        "hour": "taken ",
    }.get(field, "")


def _value_label(field: str, value: FieldValue) -> str:
    typed = typed_value(field, value)
    if isinstance(typed, Choice):
        return _CHOICES.get(field, {}).get(typed.name, (typed.name, ""))[0]
    if isinstance(typed, Area | Place):
        return _position_label(typed)
    if isinstance(typed, DateRange | RecurringTime):
        return _time_label(field, typed, value)
    if ".." in value.text and field in _NAMES and field not in ("name", "title", "description"):
        return _range_label(field, value.text)
    return _BOUNDS[value.comparison] + _text_label(field, value)


def _text_label(field: str, value: FieldValue) -> str:
    if field != "folder":
        return _with_unit(field, value.text)
    only = " without its subfolders" if value.comparison == "==" else ""
    return " ".join(printable(from_line(value.text)).split()) + only


def _position_label(typed: Area | Place) -> str:
    if isinstance(typed, Area):
        return f"in the area {typed.south:g}, {typed.west:g} to {typed.north:g}, {typed.east:g}"
    return f"within {typed.kilometers:g} km of {typed.latitude:g}, {typed.longitude:g}"


def _time_label(field: str, typed: DateRange | RecurringTime, value: FieldValue) -> str:
    if field in ("after", "before"):
        return f"{'since' if field == 'after' else 'until'} {_day_label(value.text)}"
    if isinstance(typed, DateRange):
        return _date_label(value)
    return _recurring_label(typed, value.text)


def _recurring_label(typed: RecurringTime, text: str) -> str:
    match typed:
        case DaysOfYear(first, last) if first == last:
            return f"on {_day_of_year_label(first)}"
        case DaysOfYear(first, last):
            months = first.endswith("-01") and last in _LAST_DAYS
            labels = [
                MONTHS[int(day[:2]) - 1].capitalize() if months else _day_of_year_label(day)
                for day in (first, last)
            ]
            return f"in {labels[0]}" if labels[0] == labels[1] else f"{labels[0]} to {labels[1]}"
        case SeasonTime(name, within) if within != DateRange():
            period = text.strip().partition(" ")[2]
            joint = " " if period.isdigit() else ", "
            return f"in {name}{joint}{_date_label(FieldValue(period)).removeprefix('in ')}"
        case SeasonTime(name):
            north, south = (
                " to ".join(MONTHS[int(month) - 1].capitalize() for month in SEASONS[each])
                for each in (name, SOUTHERN[name])
            )
            return f"in {name} ({north}; in the south, {south})"
        case MovableHoliday(name):
            return f"on {string.capwords(name)}"
        case Hours(first, last):
            return f"between {first}:00 and {last}:59"


def _day_of_year_label(text: str) -> str:
    return f"{int(text[3:])} {MONTHS[int(text[:2]) - 1].capitalize()}"


def _date_label(value: FieldValue) -> str:
    if ".." not in value.text:
        day = value.comparison == "=" and re.fullmatch(r"\d{8}|\d{4}-(\d\d|W\d\d)-\d+", value.text)
        return f"{'on ' if day else _TIMES[value.comparison]}{_day_label(value.text)}"
    low, _, high = value.text.partition("..")
    labels = [_day_label(part) if part.strip() else "" for part in (low, high)]
    if not all(labels):
        return f"since {labels[0]}" if labels[0] else f"until {labels[1]}"
    return f"{labels[0]} to {labels[1]}"


def _range_label(field: str, text: str) -> str:
    low, _, high = (_with_unit(field, part) for part in text.partition(".."))
    if not low or not high:
        return f"at least {low}" if low else f"at most {high}"
    return f"{low} to {high}"


def _with_unit(field: str, text: str) -> str:
    """A value; a size without a unit is one in bytes."""
    text = text.strip()
    return f"{text} bytes" if field == "size" and text[-1:].isdigit() else text


def _day_label(text: str) -> str:
    """A year, month, week or day in words."""
    text = text.strip().upper()
    if match := re.fullmatch(r"(\d{4})-(\d\d)", text):
        return f"{MONTHS[int(match[2]) - 1].capitalize()} {match[1]}"
    if match := re.fullmatch(r"(\d{4})-?W(\d\d)", text):
        return f"week {int(match[2])} of {match[1]}"
    try:
        day = parse_day(text)
    except UsageError:
        return text
    return f"{day.day} {MONTHS[day.month - 1].capitalize()} {day.year}"
