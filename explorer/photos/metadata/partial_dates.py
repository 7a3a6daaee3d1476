"""Parse the dates that cameras and programs write, which are often incomplete.

Parsing keeps what is certain: a date with an invalid time becomes a day, and one whose day is blank
or zero becomes a month.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Any, NamedTuple, get_args

from explorer.photos.decoded_photo import Precision

PRECISIONS: tuple[Precision, ...] = get_args(Precision)
# The number of known characters of `YYYY-MM-DDTHH:MM:SS`.
_LENGTH = dict(zip(PRECISIONS, (4, 7, 10, 16, 19), strict=True))

# The dates of clocks that were never set: the epochs of Unix (a day earlier west of Greenwich) and
# of the Mac.
_CLOCK_EPOCHS = frozenset({"1970-01-01", "1969-12-31", "1904-01-01"})
# The epoch of DOS, which some archives give to files. In EXIF it may be someone's guess for an old
# paper photo.
_DOS_EPOCH = "1980-01-01"
# The year of the oldest surviving photograph, Niépce's view from his window at Le Gras.
_OLDEST = dt.datetime(1826, 1, 1)

# A part may be blank or padded with blanks, except in compact dates (`20150822`).
_SPACED = r"(?P<year>\d{4})(?:\s*[-:./]\s*(?P<month>\d{0,2})\s*(?:[-:./]\s*(?P<day>\d{0,2}))?)?"
_COMPACT = r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
_TIME = (
    r"(?P<hour>\d{1,2})\s*:\s*(?P<minute>\d{0,2})(?:\s*:\s*(?P<second>\d{0,2})(?:[.,]\d*)?)?"
    r"\s*(?P<half>[ap]\.?m\b)?"
)
_COMPACT_TIME = r"(?P<hour>\d\d):?(?P<minute>\d\d)?:?(?P<second>\d\d)?(?:[.,]\d*)?"
_ZONE = r"\s*(?P<zone>Z|[+-]\d\d:?\d\d)?"
# Text after a time (`rest`) is ignored.
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
    """A date that may be known only in part."""

    text: str
    """`YYYY-MM-DDTHH:MM:SS`, with unknown parts set to their lowest values."""
    precision: Precision
    zone: str = ""
    """`Z` or `+HH:MM`; '' if none is given."""

    @property
    def iso(self) -> str:
        """The known part in ISO 8601: `2015`, `2015-08`, `2015-08-22`, `2015-08-22T10:08`,
        `2015-08-22T10:08:59+02:00`."""
        return known_part(self.text, self.precision) + (
            self.zone if self.precision in ("minute", "second") else ""
        )

    def refined_by(self, other: PartialDate | None) -> bool:
        """Whether another date agrees with this one and is more precise."""
        known = known_part(self.text, self.precision)
        return (
            other is not None
            and _LENGTH[other.precision] > len(known)
            and other.text.startswith(known)
        )


def known_part(text: str, precision: str | None) -> str:
    """A stored date without its padding. precision: None, as in older libraries, means `second`."""
    return text[: _LENGTH.get(precision or "second", 19)]  # type: ignore[call-overload]


def latest_moment(text: str, precision: str | None) -> dt.datetime:
    """The last second that a stored date can stand for. Raises ValueError if it is not a date."""
    start = dt.datetime.fromisoformat(text)
    if precision == "year":
        return start.replace(month=12, day=31, hour=23, minute=59, second=59)
    if precision == "month":
        last = calendar.monthrange(start.year, start.month)[1]
        return start.replace(day=last, hour=23, minute=59, second=59)
    return start + {
        "day": dt.timedelta(hours=23, minutes=59, seconds=59),
        "minute": dt.timedelta(seconds=59),
    }.get(precision or "", dt.timedelta())


def from_parts(*parts: Any) -> PartialDate | None:
    """Build a date from a year and, as far as they are known, month, day, hour, minute and second.

    The parts are numbers or strings of digits; they may be absent or blank, and month and day may
    be 0. Hour 24 becomes 0, and second 60 (a leap second, or rounding) becomes 59. An invalid
    second reduces the precision to the minute; an invalid minute or hour, to the day. Returns None
    without a year, and for a month or day that does not exist. The date need not be plausible.
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
    """The same date; None if it is before the invention of photography, in the future, or from a
    clock that was never set."""
    if date is None:
        return None
    if date.precision not in ("year", "month") and date.text[:10] in _CLOCK_EPOCHS:
        return None
    start, tomorrow = dt.datetime.fromisoformat(date.text), dt.datetime.now() + dt.timedelta(days=1)
    return date if _OLDEST <= start <= tomorrow else None


def parse_date(text: str | None) -> PartialDate | None:
    """Parse a date in the formats of EXIF and XMP and their common variations: `2015:08:22
    10:08:59`, `2015-08-22T10:08+02:00`, `2015: 8:22`, `2015-08`, `20150822T100859`.

    None for text that is not a date. The date need not be plausible.
    """
    text = " ".join((text or "").split())
    for form in _FORMS:
        if found := form.match(text):
            date = _from_groups(found.groupdict())
            # Text that merely begins with a year is not a date.
            if date is not None and (
                found.end() == len(text) or date.precision not in ("year", "month")
            ):
                return date
    return None


def _from_groups(parts: dict[str, str | None]) -> PartialDate | None:
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
    # A time zone is meaningless for a date without a time.
    timed = date is not None and date.precision in ("minute", "second")
    return date._replace(zone=zone if timed else "") if date else None


def to_24_hours(hour: int, half: str) -> int:
    """Convert an hour of a 12-hour clock to 0–23.

    half: AM or PM, beginning with `a` or `p`. Hours outside 1–12 are returned unchanged.
    """
    if not 1 <= hour <= 12:
        return hour
    return hour % 12 + (12 if half[:1].lower() == "p" else 0)


def is_blank(text: str | None) -> bool:
    """Whether a date field contains only blanks, zeros and separators, which mean “unknown”."""
    return _BLANK.fullmatch(text or "") is not None


def mtime_date(mtime: float | None) -> PartialDate | None:
    """A file's modification time (Unix seconds) in local time; None if it was never set or is
    implausible."""
    if mtime is None:
        return None
    try:
        moment = dt.datetime.fromtimestamp(int(mtime))
    except (ValueError, OverflowError, OSError):
        return None
    date = plausible(PartialDate(moment.isoformat(), "second"))
    return None if date is None or date.text.startswith(_DOS_EPOCH) else date
