"""What is known of a photo, as people read it."""

from __future__ import annotations

import datetime as dt
import re

from explorer.library.rows import PhotoRow

_SOURCE = {
    "exif": "",
    "gps": " (from GPS)",
    "name": " (from the file's name)",
    "file": " (the file's own date)",
}


# What Markdown, and Streamlit's own directives in it, would take for more than a character.
_SPECIAL = set(r"\`*_{}[]()<>#+-!|~:$&@./=\"'")

_LATE = re.compile(r"\\[:@]|www(?=\\\.)", re.IGNORECASE)


def plain(text: str) -> str:
    """Text from a file, a folder or an error for a place that shows Markdown: every character shows
    as itself.

    Addresses stay text too, and a line break is a space: what a file is called must not lead
    anywhere or start a list.
    """
    shown = "".join(
        f"\\{c}" if c in _SPECIAL else " " if c in "\r\n\t\v\f\x85\u2028\u2029" else c for c in text
    )
    # What is looked for in the text only after that: icons and emoji between colons, and addresses.
    # A joiner has no width.
    return _LATE.sub(lambda found: found[0] + "\u2060", shown)


def taken(photo: PhotoRow) -> str:
    """When a photo was taken, as far as that is known, and how that is known where its camera did
    not say."""
    if not photo["taken_at"]:
        return "No date"
    when = dt.datetime.fromisoformat(photo["taken_at"])
    known = {"year": f"{when.year}", "month": f"{when:%B %Y}", "day": f"{when.day} {when:%B %Y}"}
    day = known.get(photo["taken_precision"] or "second", f"{when.day} {when:%B %Y, %H:%M}")
    return f"{day}{_SOURCE.get(photo['taken_source'] or '', '')}"


def exposure(photo: PhotoRow) -> str:
    """`1/250 s · ƒ/2.8 · ISO 100 · 35 mm`, as far as it is known."""
    parts = list[str]()
    if seconds := photo["exposure_time"]:
        parts.append(f"1/{1 / seconds:.0f} s" if seconds < 0.3 else f"{seconds:g} s")
    if photo["f_number"]:
        parts.append(f"ƒ/{photo['f_number']:g}")
    if photo["iso"]:
        parts.append(f"ISO {photo['iso']:.0f}")
    if photo["focal_length"]:
        parts.append(f"{photo['focal_length']:g} mm")
    return " · ".join(parts)


def place(photo: PhotoRow) -> str:
    """`45.4375° N, 12.3358° E`, or nothing."""
    latitude, longitude = photo["latitude"], photo["longitude"]
    if latitude is None or longitude is None:
        return ""
    return f"{abs(latitude):.4f}° {'N' if latitude >= 0 else 'S'}, {abs(longitude):.4f}° {'E' if longitude >= 0 else 'W'}"
