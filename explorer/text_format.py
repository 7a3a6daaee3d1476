"""Format numbers and untrusted text for display."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

NumberFormat = Callable[[float, int], str]
"""Formats a number with the given number of decimals."""
MAX_NAME_LENGTH = 80
"""The maximum length of a name that a user gives to an album, a concept or a search."""
_EXCERPT = 40
# Unicode categories of control and format characters (including those that change the writing
# direction), and of line and paragraph separators.
_CONTROLS = ("Cc", "Cf", "Zl", "Zp")
# Characters that a typed text must not contain: control characters, line and paragraph separators,
# and lone surrogates, which UTF-8 cannot encode. Format characters stay, because emoji and some
# scripts need them.
_UNFIT = ("Cc", "Cs", "Zl", "Zp")
# Characters that are invisible on their own: format characters, spaces and combining marks.
_INVISIBLE = ("Cf", "Zs", "Mn", "Me")


def one_line(text: str) -> str:
    """Escape control characters, so that text stays on one line.

    A file name must not be able to move a terminal's cursor or forge a log entry.
    """
    return "".join(f"\\x{ord(c):02x}" if unicodedata.category(c) in _CONTROLS else c for c in text)


def excerpt(text: str) -> str:
    """A typed text as an error message quotes it: on one line, and truncated if it is long."""
    return one_line(text if len(text) <= _EXCERPT else f"{text[: _EXCERPT - 1]}…")


def typed_line(text: str, max_length: int = MAX_NAME_LENGTH) -> str:
    """Clean a text that a user typed or pasted, so that it can be stored, printed and shown on one
    line. Control characters and lone surrogates become spaces, and runs of spaces become one.
    Longer texts are truncated; '' if nothing visible remains."""
    kept = "".join(" " if unicodedata.category(c) in _UNFIT else c for c in text)
    line = " ".join(kept.split())[:max_length].strip()
    return line if any(unicodedata.category(c) not in _INVISIBLE for c in line) else ""


def whole_number(text: str, most: int = 2**63 - 1) -> int | None:
    """Parse a number in ASCII digits, from 0 to `most` (by default SQLite's largest integer); None
    for any other text, however long."""
    digits = text.lstrip("0") or text[:1]
    # Python raises an error for numbers of several thousand digits.
    if not (text.isascii() and text.isdigit()) or len(digits) > len(str(most)):
        return None
    number = int(digits)
    return number if number <= most else None


def count(number: int, what: str = "") -> str:
    """A count with its noun: `1,234 photos`, `1 photo`. Without a noun, just the number."""
    plural = "" if number == 1 else "s"
    return f"{number:,} {what}{plural}" if what else f"{number:,}"


def duration(seconds: float) -> str:
    """Format seconds as `12 s`, `3 min` or `2 h 05 min`."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def _number(value: float, decimals: int = 0) -> str:
    return f"{value:,.{decimals}f}"


def milliseconds(seconds: float, number: NumberFormat = _number) -> str:
    """Format seconds as `230 ms` or `4.1 ms`. number: formats the number."""
    value = 1000 * seconds
    return f"{number(value, 1 if value < 10 else 0)} ms"


def size(value: float, number: NumberFormat = _number) -> str:
    """Format a number of bytes as `4.2 MB`. number: formats the number."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000:
            return f"{number(value, 0 if unit == 'bytes' else 1)} {unit}"
        value /= 1000
    return f"{number(value, 1)} TB"


def ordinal(number: int) -> str:
    """Format an ordinal number: `1st`, `22nd`, `1,013th`."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{'th' if number % 100 in (11, 12, 13) else ending}"
