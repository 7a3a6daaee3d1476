"""Dates as cameras and programs write them, of which often only a part is known.

Parsing keeps what is certain: a date whose time makes no sense is a day, one whose day is blank or
zero is a month.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, NamedTuple, get_args

from explorer.photos.decoded_photo import Precision

PRECISIONS: tuple[Precision, ...] = get_args(Precision)
# Characters of `YYYY-MM-DDTHH:MM:SS` that each precision covers.
_LENGTH = dict(zip(PRECISIONS, (4, 7, 10, 16, 19), strict=True))

# What clocks show that were never set: the beginnings of Unix's (west of Greenwich the day before)
# and of the Mac's time.
_UNSET = frozenset({"1970-01-01", "1969-12-31", "1904-01-01"})
# The beginning of DOS's time, which archives give to files. In EXIF it may be a person's guess at
# an old paper photo.
_UNSET_FILE = "1980-01-01"
# The oldest photograph there is, Niépce's view from his window.
_OLDEST = dt.datetime(1826, 1, 1)

# A part may be blank or padded with blanks. Compact dates (`20150822`) have neither separators nor
# blanks.
_SPACED = r"(?P<year>\d{4})(?:\s*[-:./]\s*(?P<month>\d{0,2})\s*(?:[-:./]\s*(?P<day>\d{0,2}))?)?"
_COMPACT = r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
_TIME = r"(?P<hour>\d{1,2})\s*:\s*(?P<minute>\d{0,2})(?:\s*:\s*(?P<second>\d{0,2})(?:[.,]\d*)?)?\s*(?P<half>[ap]\.?m\b)?"
_COMPACT_TIME = r"(?P<hour>\d\d):?(?P<minute>\d\d)?:?(?P<second>\d\d)?(?:[.,]\d*)?"
_ZONE = r"\s*(?P<zone>Z|[+-]\d\d:?\d\d)?"
# `rest`: what stands behind a time is not looked at.
_FORMS = tuple(
    re.compile(rf"{form}(?P<rest>(?!\d).*)", re.IGNORECASE)
    for form in (
        rf"{_COMPACT}[T\s]?{_COMPACT_TIME}{_ZONE}",
        rf"{_COMPACT}[T\s]\s*{_TIME}{_ZONE}",
        rf"{_SPACED}[T\s]\s*{_TIME}{_ZONE}",
    )
) + tuple(re.compile(rf"{date}(?!\d)[\s:]*(?P<zone>Z)?") for date in (_COMPACT, _SPACED))
_BLANK = re.compile(r"[\s0:\-./TZ]*", re.IGNORECASE)


class PartialDate(NamedTuple):
    """A date as far as it is known.

    text: `YYYY-MM-DDTHH:MM:SS`, unknown parts filled up with the earliest value. zone: `Z`,
    `+HH:MM` or '' where none is given.
    """

    text: str
    precision: Precision
    zone: str = ""

    @property
    def iso(self) -> str:
        """The known part in ISO 8601: `2015`, `2015-08`, `2015-08-22`, `2015-08-22T10:08`,
        `2015-08-22T10:08:59+02:00`."""
        return known_part(self.text, self.precision) + (
            self.zone if self.precision in ("minute", "second") else ""
        )

    def refined_by(self, other: PartialDate | None) -> bool:
        """Whether another date says the same and more."""
        known = known_part(self.text, self.precision)
        return (
            other is not None
            and _LENGTH[other.precision] > len(known)
            and other.text.startswith(known)
        )


def known_part(text: str, precision: str | None) -> str:
    """A stored date without the parts that were filled up; None, of older libraries, is to the
    second."""
    return text[: _LENGTH.get(precision or "second", 19)]  # type: ignore[call-overload]


def latest_moment(text: str, precision: str | None) -> dt.datetime:
    """The last second that a stored date may stand for. Raises ValueError for text that is no date."""
    start = dt.datetime.fromisoformat(text)
    if precision == "year":
        return start.replace(month=12, day=31, hour=23, minute=59, second=59)
    if precision == "month":
        following = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
        return following - dt.timedelta(seconds=1)
    return start + {
        "day": dt.timedelta(hours=23, minutes=59, seconds=59),
        "minute": dt.timedelta(seconds=59),
    }.get(precision or "", dt.timedelta())


def from_parts(*parts: Any) -> PartialDate | None:
    """Year and, as far as they are given, month, day, hour, minute and second (numbers, or digits)
    → a date as precise as they allow, whether a camera can have meant it or not; None without a
    year, or where month or day are in no calendar.

    Month and day may be absent, blank or 0. A time is believed as far as it makes sense: hour 24 is
    hour 0, second 60 (a leap second, or rounding) is 59; any larger second leaves the minute, a
    larger minute or hour the day.
    """
    try:
        year, month, day, hour, minute, second = [*map(_number, parts), *[None] * 6][:6]
        start = dt.date(year or 0, month or 1, (day or 1) if month else 1)
    except (TypeError, ValueError, OverflowError):
        return None
    if not month or not day:
        return PartialDate(f"{start}T00:00:00", "month" if month else "year")
    if hour is None or minute is None or not 0 <= hour <= 24 or not 0 <= minute <= 59:
        return PartialDate(f"{start}T00:00:00", "day")
    if second is None or not 0 <= second <= 60:
        return PartialDate(f"{start}T{hour % 24:02}:{minute:02}:00", "minute")
    return PartialDate(f"{start}T{hour % 24:02}:{minute:02}:{min(second, 59):02}", "second")


def _number(part: Any) -> int | None:
    return None if part is None or (isinstance(part, str) and not part.strip()) else int(part)


def plausible(date: PartialDate | None) -> PartialDate | None:
    """The date, or None where no camera can have meant it: before photography, in the future, or
    what a clock shows that was never set."""
    if date is None:
        return None
    if date.precision not in ("year", "month") and date.text[:10] in _UNSET:
        return None
    start, tomorrow = dt.datetime.fromisoformat(date.text), dt.datetime.now() + dt.timedelta(days=1)
    return date if _OLDEST <= start <= tomorrow else None


def parse_date(text: str | None) -> PartialDate | None:
    """A date as EXIF, XMP or careless programs write it: `2015:08:22 10:08:59`,
    `2015-08-22T10:08+02:00`, `2015: 8:22`, `2015-08`, `20150822T100859`. None for what is no date;
    whether a camera can have meant it is `plausible`'s to say."""
    text = " ".join((text or "").split())
    for form in _FORMS:
        if found := form.match(text):
            date = _of_groups(found.groupdict())
            # Words that begin with a year are no date.
            if date is not None and (
                found.end() == len(text) or date.precision not in ("year", "month")
            ):
                return date
    return None


def _of_groups(parts: dict[str, str | None]) -> PartialDate | None:
    hour = parts.get("hour")
    if hour and parts.get("half"):
        hour = str(to_24_hours(int(hour), parts["half"] or ""))
    date = from_parts(
        parts["year"],
        parts.get("month"),
        parts.get("day"),
        hour,
        parts.get("minute"),
        parts.get("second"),
    )
    zone = (parts.get("zone") or "").upper()
    if date is not None and zone and zone != "Z" and ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:]}"
    return date._replace(zone=zone) if date else None


def to_24_hours(hour: int, half: str) -> int:
    """The hour of a 12-hour clock → 0 to 23. half: begins with `a` or `p`. Hours above 12 are of a
    24-hour clock, whatever follows."""
    if not 1 <= hour <= 12:
        return hour
    return hour % 12 + (12 if half[:1].lower() == "p" else 0)


def is_blank(text: str | None) -> bool:
    """Whether a date field holds nothing but blanks, zeros and separators, which is how “unknown”
    is written."""
    return _BLANK.fullmatch(text or "") is not None


def mtime_date(mtime: float | None) -> PartialDate | None:
    """A file's own time (Unix seconds) in local time; None where nobody set it."""
    if mtime is None:
        return None
    try:
        date = plausible(from_parts(*dt.datetime.fromtimestamp(int(mtime)).timetuple()[:6]))
    except (ValueError, OverflowError, OSError):
        return None
    return None if date is None or date.text.startswith(_UNSET_FILE) else date
