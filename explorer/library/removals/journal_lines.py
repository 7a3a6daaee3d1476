"""Parse and validate the lines of the removal journal.

The journal is a text file that people and other programs can change, and that a power cut can
damage. A line counts only if every value has the type and range of its field, and every path is
absolute and can be passed to the system. `removal/` makes its own checks before it acts on a line.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

JournalLine = dict[str, Any]

# The id of a run: when it began, and a random number.
RUN_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4,32}")
_HASH = re.compile(r"[0-9a-f]{32}")
_FACTS = ("size", "mtime_ns", "atime_ns", "inode", "device", "drive", "freed", "mode")
# File ids may have 128 bits.
_MAX_INT = 1 << 128
# Times of files may be beyond 64 bits of nanoseconds, which end in the year 2262: many file
# systems have 64 bits of seconds.
_MAX_MOMENT = (1 << 63) * 10**9
# 31 December 9999, the last day that `datetime` can show.
_LATEST = 253_402_300_799.0


def parse_journal(data: bytes) -> Iterator[JournalLine]:
    """The well-formed lines of a journal, in order; others are skipped."""
    for text in data.split(b"\n"):
        line = _object(text)
        if line is not None and _fits(line):
            yield line


def _object(text: bytes) -> JournalLine | None:
    try:
        value = json.loads(text) if text.strip() else None
    except (ValueError, RecursionError):
        # Truncated by a power cut: its step had not begun. Or forged: numbers of thousands of
        # digits, lists nested without end.
        return None
    return value if isinstance(value, dict) else None


def _fits(line: JournalLine) -> bool:
    step = line.get("step")
    needed = _NEEDED.get(step) if isinstance(step, str) else None
    if needed is None or not (_is_run(line.get("run")) and _is_time(line.get("at"))):
        return False
    if not all(key in line and check(line[key]) for key, check in needed.items()):
        return False
    return all(check(line[key]) for key, check in _OPTIONAL.items() if key in line)


def _is_run(value: object) -> bool:
    return isinstance(value, str) and RUN_ID.fullmatch(value) is not None


def _is_time(value: object) -> bool:
    return (
        # Numbers that are not finite fail the comparison.
        isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LATEST
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_path(value: object) -> bool:
    """Whether it is an absolute path that can be passed to the system."""
    if not isinstance(value, str) or "\0" in value or not os.path.isabs(value):
        return False
    try:
        os.fsencode(value)
    except UnicodeEncodeError:
        return False
    return True


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def _is_facts(value: object) -> bool:
    if (
        not isinstance(value, dict)
        or not {"size", "mtime_ns", "atime_ns", "inode", "device"} <= value.keys()
    ):
        return False
    numbers = all(
        isinstance(value.get(key, 0), int) and abs(value.get(key, 0)) < _MAX_INT for key in _FACTS
    )
    return (
        numbers
        and all(_is_moment(value[key]) for key in ("mtime_ns", "atime_ns"))
        and isinstance(value.get("link", ""), str)
    )


def _is_moment(value: object) -> bool:
    """Whether it is a file time in nanoseconds that the system can set."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MAX_MOMENT


def _is_sidecar(value: object) -> bool:
    if not isinstance(value, dict) or not (
        _is_path(value.get("path")) and _is_hash(value.get("after"))
    ):
        return False
    times, before = value.get("times"), value.get("before")
    if before is None:
        return times is None
    try:
        base64.b64decode(before, validate=True)
    except (TypeError, ValueError):
        return False
    return isinstance(times, list) and len(times) == 2 and all(map(_is_moment, times))


def _is_along(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, dict) and _is_entry(each) for each in value
    )


def _is_entry(line: Mapping[str, Any]) -> bool:
    return all(key in line and check(line[key]) for key, check in _ENTRY.items()) and all(
        check(line[key]) for key, check in _OPTIONAL.items() if key in line
    )


def _or_none(check: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or check(value)


def _is_where(value: object) -> bool:
    return value == "trash" or _is_path(value)


_ENTRY: Mapping[str, Callable[[object], bool]] = {
    "number": _is_count, "path": _is_path, "hash": _is_hash, "keeper": _or_none(_is_path),
    "where": _is_where, "root": _is_path,
    "facts": _is_facts,
}  # fmt: skip
_NUMBERED: Mapping[str, Callable[[object], bool]] = {"number": _is_count}
# Fields that each step must have.
_NEEDED: Mapping[str, Mapping[str, Callable[[object], bool]]] = {
    "begin": {"where": _is_where, "planned": _is_count},
    "intended": _ENTRY,
    "moved": {**_NUMBERED, "target": _is_path},
    "sidecar": {**_NUMBERED, "sidecar": _is_sidecar},
    "undoing": {**_NUMBERED, "back": _is_path},
    "undone": _NUMBERED,
    "sidecars": {"planned": _is_count},
    "write": {**_NUMBERED, "path": _is_path, "sidecar": _is_sidecar},
    "unwritten": _NUMBERED,
    "end": {},
}
# Fields that any step may have.
_OPTIONAL: Mapping[str, Callable[[object], bool]] = {
    "along": _is_along, "target": _or_none(_is_path), "info": _or_none(_is_path),
    "back": _or_none(_is_path), "reason": _is_text,
    "keeper_hash": _or_none(_is_hash),
}  # fmt: skip
