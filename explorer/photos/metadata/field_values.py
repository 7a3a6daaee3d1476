"""Values as files hold them → text and numbers that can be kept."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

_LONGEST = 200
# What XML cannot hold.
_CONTROL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Windows gives ratings in percent.
_PERCENT = ((1, 1), (13, 2), (38, 3), (63, 4), (88, 5))
_NUMBER = r"\d+(?:\.\d+)?(?:/\d+)?"
_MARK = r"(?:deg|min|sec|[,:\s°º'’′\"”″])"
_COORDINATE = re.compile(
    rf"(?P<sign>[+-]?)\s*(?P<parts>{_NUMBER}(?:{_MARK}+{_NUMBER}){{0,2}}){_MARK}*(?P<side>north|south|east|west|[NSEW])?",
    re.IGNORECASE,
)


def decode_text(value: bytes) -> str:
    """Bytes of an unknown encoding → text: UTF-8 where they are that, else Latin-1 as Windows
    extends it."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


def clean_text(value: Any) -> str | None:
    """Text for a person: up to the first NUL, blanks single, at most 200 characters; None for
    anything else or nothing."""
    if isinstance(value, bytes):
        value = decode_text(value.split(b"\0")[0])
    if not isinstance(value, str):
        return None
    return (
        " ".join("".join(c if c.isprintable() else " " for c in value.split("\0")[0]).split())[
            :_LONGEST
        ]
        or None
    )


def positive_number(value: Any, *, zero: bool = False) -> float | None:
    """A positive (or, with `zero`, not negative) finite number, or None; of several the first."""
    first = next(iter(as_list(value)), None) if isinstance(value, tuple | list) else value
    try:
        found = float(first)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return found if math.isfinite(found) and (found > 0 or (zero and found == 0)) else None


def as_list(value: Any) -> list[Any]:
    """The parts of a value that has some; a single number is its only part."""
    if isinstance(value, tuple | list):
        return list(value)
    return [] if value is None or isinstance(value, str | bytes) else [value]


def unique_keywords(values: Iterable[str | None]) -> tuple[str, ...]:
    """Keywords without blanks around them, each once."""
    return tuple(
        dict.fromkeys(
            text for value in values if (text := " ".join(_CONTROL.sub(" ", value or "").split()))
        )
    )


def parse_rating(value: Any) -> float | None:
    """Stars above 0 and up to 5, or None: 0 is “not rated”, -1 “rejected”. Raises ValueError for
    what is no rating."""
    if isinstance(value, bytes):
        value = decode_text(value)
    if isinstance(value, str):
        value = value.strip("\0 \t\r\n")
        if not value:
            return None
    stars: float = float(value[0] if isinstance(value, tuple | list) and value else value)
    if not -1 <= stars <= 5:
        raise ValueError("a rating that is none")
    return stars if stars > 0 else None


def rating_from_percent(value: Any) -> float | None:
    """Windows' rating in percent (1, 25, 50, 75, 99) → stars. Raises ValueError for what is none."""
    percent = float(value[0] if isinstance(value, tuple | list) and value else value)
    if not 0 <= percent <= 100:
        raise ValueError("a rating that is none")
    return next((float(stars) for least, stars in reversed(_PERCENT) if percent >= least), None)


def parse_coordinate(text: str, side: str | None, axis: str, limit: float) -> float:
    """Degrees of a latitude or longitude in words: `48,51.5N`, `48,51,30N`, `18.545426` with its
    hemisphere apart, `-18.545426`, `48° 51' 30" N`. A decimal number without any hemisphere is
    taken by its sign.

    side: the hemisphere where it is said apart. axis: `NS` or `EW`. Raises ValueError for anything
    else, or beyond the limit.
    """
    found = _COORDINATE.fullmatch(text.strip())
    if not found:
        raise ValueError("no coordinate")
    parts = [_fraction(part) for part in re.findall(_NUMBER, found["parts"])]
    half = (found["side"] or side or "").strip()[:1].upper()
    if (
        (half and half not in axis)
        or (not half and len(parts) > 1)
        or (found["sign"] == "-" and half == axis[0])
    ):
        raise ValueError("no hemisphere")
    degrees = decimal_degrees(parts)
    if degrees > limit:
        raise ValueError("beyond the pole")
    return -degrees if half == axis[1] or found["sign"] == "-" else degrees


def decimal_degrees(parts: Iterable[float]) -> float:
    """Degrees, minutes and seconds → degrees."""
    return math.fsum(part / 60**power for power, part in enumerate(parts))


def _fraction(text: str) -> float:
    above, _, below = text.partition("/")
    if below and not float(below):
        raise ValueError("no number")
    return float(above) / float(below or 1)
