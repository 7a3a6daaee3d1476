"""Read a removal plan that `write_plan` wrote and the user, a script or a spreadsheet program may
have edited.

A plan is rejected as a whole only if its entries cannot be determined. Otherwise entries are
independent: a problem with one is reported on one line, and the others are carried out.
"""

from __future__ import annotations

import codecs
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

from explorer.library.paths import printable
from explorer.removal.plan_formats import HOW_TO_MAKE, PlanError, UnreadableEntry, plan_entries
from explorer.removal.removal_paths import is_possible_path
from explorer.removal.results import Removal

# Size in bytes of the largest plan that is read. It fits in memory, and holds over a million
# removals.
MAX_BYTES = 512 << 20
# Bytes. No file system has files of this size.
_MAX_FILE_SIZE = 1 << 63
_HASH = re.compile(r"[0-9a-f]{32}")
_DIGITS = re.compile(r"[0-9]{1,19}")
# UTF-32 first: its little-endian mark begins with that of UTF-16.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class BadEntry(NamedTuple):
    """An entry that is not carried out."""

    where: str
    """“entry 3” (JSON) or “line 4” (CSV)."""
    path: str | None
    """The path in the entry; None if none can be shown."""
    reason: str
    """The problem and its correction, on one line."""


class Plan(NamedTuple):
    """The content of a plan."""

    removals: list[Removal]
    """The removals of the valid entries, in order."""
    bad: list[BadEntry]
    """The invalid entries, in order."""


class _InvalidEntry(Exception):
    """One entry is invalid; the message says why."""


def read_plan(path: str | os.PathLike[str]) -> Plan:
    """Read a plan in UTF-8 or UTF-16, as JSON or CSV (with commas, semicolons or tabs). The format
    is recognized by the content.

    Raises PlanError, with one line for the user, if it cannot be read or is not a plan.
    """
    shown = printable(str(path))
    removals, bad, first = list[Removal](), list[BadEntry](), dict[str, str]()
    for where, entry in plan_entries(_read_text(path, shown), shown):
        try:
            removal = _removal(entry)
            if removal.path in first:
                raise _InvalidEntry(f"this file is in {first[removal.path]} already")
        except _InvalidEntry as problem:
            bad.append(BadEntry(where, _shown_path(entry), str(problem)))
            continue
        first[removal.path] = where
        removals.append(removal)
    return Plan(removals, bad)


def _read_text(path: str | os.PathLike[str], shown: str) -> str:
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PlanError(f"The plan {shown} cannot be read: {error.strerror or error}.") from error
    if len(data) > MAX_BYTES:
        raise PlanError(
            f"{shown} is not a plan: it is larger than {MAX_BYTES >> 20} MB; {HOW_TO_MAKE}."
        )
    try:
        return data.decode(_encoding(data))
    except UnicodeDecodeError:
        raise PlanError(f"{shown} is not a plan: it is not text; {HOW_TO_MAKE}.") from None


def _encoding(data: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding
    # UTF-16 without a mark: every other byte of the ASCII characters at the beginning is 0.
    if data[:1] == b"\0":
        return "utf-16-be"
    return "utf-16-le" if data[1:2] == b"\0" else "utf-8"


def _removal(entry: object) -> Removal:
    """The removal that an entry asks for. Raises _InvalidEntry."""
    if isinstance(entry, UnreadableEntry):
        raise _InvalidEntry(entry.reason)
    if not isinstance(entry, dict):
        raise _InvalidEntry("it must be an object with “path” and “hash”")
    path = _path(entry, "path", "the file")
    if path is None:
        raise _InvalidEntry("“path” must be the full path of a file")
    digest = _hash(entry, "hash", "the file")
    if digest is None:
        raise _InvalidEntry("“hash” must be the 32 digits of the file's content hash")
    keep = _path(entry, "keep", "the file that is kept")
    keep_hash = _hash(entry, "keep_hash", "the file that is kept")
    if keep is not None and keep_hash is None:
        raise _InvalidEntry(
            "“keep_hash” is missing, without which the file that is kept cannot be checked"
        )
    if keep is None and keep_hash is not None:
        raise _InvalidEntry(
            "“keep” is missing although “keep_hash” is there: "
            "it is unclear whether a file is to be kept for it"
        )
    return Removal(
        path,
        digest,
        keep,
        keep_hash,
        _bytes(entry.get("bytes")),
        _text(entry, "tier"),
        _text(entry, "why"),
    )


def _path(entry: dict[str, Any], key: str, what: str) -> str | None:
    """The absolute path in an entry; None if there is none. what: names the file in messages.
    Raises _InvalidEntry for a path that no file can have."""
    value = entry.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not os.path.isabs(value):
        raise _InvalidEntry(f"“{key}” must be the full path of {what}")
    if not is_possible_path(value):
        raise _InvalidEntry(f"“{key}” has characters that no file name can have")
    if any(part in (".", "..") for part in re.split(r"[/\\]" if os.sep == "\\" else "/", value)):
        raise _InvalidEntry(
            f"“{key}” must be the full path of {what} without “.” and “..”, as the library shows it"
        )
    return value


def _hash(entry: dict[str, Any], key: str, what: str) -> str | None:
    value = entry.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise _InvalidEntry(f"“{key}” must be the 32 digits of the content hash of {what}")
    return value


def _bytes(value: object) -> int:
    """A file's size in bytes, for display only; 0 if it is missing. Raises _InvalidEntry."""
    if value is None or value == "":
        return 0
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MAX_FILE_SIZE:
        raise _InvalidEntry("“bytes” must be the file's size, a whole number")
    return value


def _text(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    if value is not None and not isinstance(value, str):
        raise _InvalidEntry(f"“{key}” must be text")
    return value or ""


def _shown_path(entry: object) -> str | None:
    """The path in a bad entry, cut to a length that can be shown; None if it is not text."""
    path = entry.get("path") if isinstance(entry, dict) else None
    return (
        printable(path[:1000]).encode("utf-8", "replace").decode()
        if isinstance(path, str)
        else None
    )
