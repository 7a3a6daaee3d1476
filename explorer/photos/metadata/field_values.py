"""Convert raw metadata values to text and numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

_MAX_LENGTH = 200
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""A character that XML does not allow."""
# Windows' ratings: the lowest percentage for each number of stars.
_STARS_BY_PERCENT = ((1, 1), (13, 2), (38, 3), (63, 4), (88, 5))
_NUMBER = r"\d+(?:\.\d+)?(?:/\d+)?"
_MARK = r"(?:deg|min|sec|[,:\s°º'’′\"”″])"
_COORDINATE = re.compile(
    rf"(?P<sign>[+-]?)\s*(?P<parts>{_NUMBER}(?:{_MARK}+{_NUMBER}){{0,2}}){_MARK}*(?P<side>north|south|east|west|[NSEW])?",
    re.IGNORECASE,
)


def decode_text(value: bytes) -> str:
    """Decode bytes of an unknown encoding: as UTF-8 if valid, else as Windows-1252."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


def clean_text(value: Any, max_length: int = _MAX_LENGTH) -> str | None:
    """Clean a text for display: cut it at the first NUL, collapse whitespace, and truncate it.

    None for an empty text, and for values that are not text.
    """
    if isinstance(value, bytes):
        value = decode_text(value.split(b"\0")[0])
    if not isinstance(value, str):
        return None
    return (
        " ".join("".join(c if c.isprintable() else " " for c in value.split("\0")[0]).split())[
            :max_length
        ]
        or None
    )


def positive_number(value: Any, *, zero: bool = False) -> float | None:
    """A value as a positive finite number, the first one if there are several; None for anything
    else. zero: also accept 0."""
    first = next(iter(as_list(value)), None) if isinstance(value, tuple | list) else value
    try:
        found = float(first)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return found if math.isfinite(found) and (found > 0 or (zero and found == 0)) else None


def as_list(value: Any) -> list[Any]:
    """A tuple or list as a list, and a single number as a list of one; [] for None and text."""
    if isinstance(value, tuple | list):
        return list(value)
    return [] if value is None or isinstance(value, str | bytes) else [value]


def xml_text(text: str) -> str:
    """A text on one line, without the characters that XML does not allow."""
    return " ".join(NOT_XML.sub(" ", text).split())


def unique_keywords(values: Iterable[str | None]) -> tuple[str, ...]:
    """Keywords with whitespace collapsed, without empty ones and duplicates."""
    return tuple(dict.fromkeys(text for value in values if (text := xml_text(value or ""))))


def parse_rating(value: Any) -> float | None:
    """A rating in stars, above 0 and up to 5; None for 0 (“not rated”) and -1 (“rejected”).

    Raises ValueError or TypeError for anything else.
    """
    if isinstance(value, bytes):
        value = decode_text(value)
    if isinstance(value, str):
        value = value.strip("\0 \t\r\n")
        if not value:
            return None
    stars: float = float(value[0] if isinstance(value, tuple | list) and value else value)
    if not -1 <= stars <= 5:
        raise ValueError("not a rating")
    return stars if stars > 0 else None


def rating_from_percent(value: Any) -> float | None:
    """Convert Windows' rating in percent (1, 25, 50, 75, 99) to stars; None for 0.

    Raises ValueError or TypeError for anything else.
    """
    percent = float(value[0] if isinstance(value, tuple | list) and value else value)
    if not 0 <= percent <= 100:
        raise ValueError("not a rating")
    return next(
        (float(stars) for least, stars in reversed(_STARS_BY_PERCENT) if percent >= least), None
    )


def parse_coordinate(text: str, side: str | None, axis: str, limit: float) -> float:
    """Degrees of a latitude or longitude written as `48,51.5N`, `48,51,30N`, `48° 51' 30" N`,
    `-18.545426`, or `18.545426` with its hemisphere given separately.

    side: the hemisphere if it is given separately, else None. axis: `NS` or `EW`. Without a
    hemisphere, the sign of a decimal number decides. Raises ValueError for anything else, and for
    degrees beyond the limit.
    """
    found = _COORDINATE.fullmatch(text.strip())
    if not found:
        raise ValueError("not a coordinate")
    parts = [_fraction(part) for part in re.findall(_NUMBER, found["parts"])]
    half = (found["side"] or side or "").strip()[:1].upper()
    if (
        (half and half not in axis)
        or (not half and len(parts) > 1)
        or (found["sign"] == "-" and half == axis[0])
    ):
        raise ValueError("not a hemisphere")
    degrees = decimal_degrees(parts)
    if degrees > limit:
        raise ValueError("beyond the pole")
    return -degrees if half == axis[1] or found["sign"] == "-" else degrees


def decimal_degrees(parts: Iterable[float]) -> float:
    """Convert degrees, minutes and seconds to decimal degrees."""
    return math.fsum(part / 60**power for power, part in enumerate(parts))


def _fraction(text: str) -> float:
    above, _, below = text.partition("/")
    if below and not float(below):
        raise ValueError("not a number")
    return float(above) / float(below or 1)
