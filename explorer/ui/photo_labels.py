"""Format a photo's metadata for display, and escape text for Markdown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from explorer.library.rows import PhotoRow
from explorer.ui.localized import day, moment, month, short_number

# The note on where a date comes from; none if the camera wrote it.
_DATE_SOURCES = {
    "exif": "",
    "gps": " (from GPS)",
    "name": " (from the file's name)",
    "file": " (the file's own date)",
    "user": " (set by you)",
    "sidecar": " (from its sidecar)",
    "takeout": " (from Google Takeout, in UTC)",
}


# Characters with a meaning in Markdown or in Streamlit's directives.
_SPECIAL = set(r"\`*_{}[]()<>#+-!|~:$&@./=\"'")
# The syntax of icons, emoji and links, which Streamlit still recognizes after unescaping.
_LATE_SYNTAX = re.compile(r"\\[:@]|www(?=\\\.)", re.IGNORECASE)


def escape_markdown(text: str) -> str:
    """Escape text for Markdown, so that every character is shown as itself.

    File names and error messages can contain anything. They must not become links, lists or markup;
    line breaks become spaces.
    """
    shown = "".join(
        f"\\{c}" if c in _SPECIAL else " " if c in "\r\n\t\v\f\x85\u2028\u2029" else c for c in text
    )
    # A word joiner has no width and breaks the syntax.
    return _LATE_SYNTAX.sub(lambda found: found[0] + "\u2060", shown)


def taken(photo: PhotoRow) -> str:
    """When a photo was taken, to the known precision, and where the date comes from if the camera
    did not write it."""
    if not photo["taken_at"]:
        return "No date"
    when = dt.datetime.fromisoformat(photo["taken_at"])
    known: dict[str, Callable[[], str]] = {
        "year": lambda: str(when.year),
        "month": lambda: month(when),
        "day": lambda: day(when),
    }
    words = known.get(photo["taken_precision"] or "second", lambda: moment(when))()
    return f"{words}{_DATE_SOURCES.get(photo['taken_source'] or '', '')}"


def exposure(photo: PhotoRow) -> str:
    """A photo's exposure, such as `1/250 s · ƒ/2.8 · ISO 100 · 35 mm`, without unknown parts."""
    parts = list[str]()
    if seconds := photo["exposure_time"]:
        fraction = f"1/{1 / seconds:.0f}"
        parts.append(f"{fraction if seconds < 0.3 else short_number(seconds)} s")
    if photo["f_number"]:
        parts.append(f"ƒ/{short_number(photo['f_number'])}")
    if photo["iso"]:
        parts.append(f"ISO {photo['iso']:.0f}")
    if photo["focal_length"]:
        parts.append(f"{short_number(photo['focal_length'])} mm")
    return " · ".join(parts)


def place(photo: PhotoRow) -> str:
    """A photo's coordinates, such as `45.4375° N, 12.3358° E`; '' if it has none. The decimal
    separator is a point in every locale, as in queries."""
    latitude, longitude = photo["latitude"], photo["longitude"]
    if latitude is None or longitude is None:
        return ""
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude):.4f}° {north}, {abs(longitude):.4f}° {east}"
