"""Reads a removal plan that `write_plan` wrote and a person, a script or a spreadsheet may have
edited.

A plan as a whole is refused only where nobody can tell what its entries are. Otherwise each entry
stands for itself: what is wrong with one is reported in one line, and the others are carried out.
"""

from __future__ import annotations

import codecs
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

from explorer.library.paths import printable
from explorer.removal.plan_formats import HOW_TO_MAKE, PlanError, UnreadableEntry, plan_entries
from explorer.removal.results import Removal

# Bytes of the largest file that is read: more than a million removals take, and fits in memory.
MAX_BYTES = 512 << 20
# Larger than any file system's files, in bytes.
_MAX_SIZE = 1 << 63
_HASH = re.compile(r"[0-9a-f]{32}")
_DIGITS = re.compile(r"[0-9]{1,19}")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


class BadEntry(NamedTuple):
    """An entry that is not carried out. where: `entry 3` (JSON) or `line 4` (CSV). path: as the
    entry has it, if it has one that can be shown. reason: what is wrong and what would be right, on
    one line."""

    where: str
    path: str | None
    reason: str


class Plan(NamedTuple):
    """removals: of the sound entries, in order. bad: the others."""

    removals: list[Removal]
    bad: list[BadEntry]


class _Invalid(Exception):
    """What is wrong with one entry."""


def read_plan(path: str | os.PathLike[str]) -> Plan:
    """The entries of a plan: UTF-8 or UTF-16, JSON or CSV (with commas, semicolons or tabs), told
    apart by what is in it.

    Raises PlanError, with one line for a person, where it cannot be read or is no plan.
    """
    shown = printable(str(path))
    removals, bad, first = list[Removal](), list[BadEntry](), dict[str, str]()
    for where, entry in plan_entries(_text(path, shown), shown):
        try:
            removal = _removal(entry)
            if removal.path in first:
                raise _Invalid(f"this file is in {first[removal.path]} already")
        except _Invalid as problem:
            bad.append(BadEntry(where, _shown_path(entry), str(problem)))
            continue
        first[removal.path] = where
        removals.append(removal)
    return Plan(removals, bad)


def _text(path: str | os.PathLike[str], shown: str) -> str:
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PlanError(f"The plan {shown} cannot be read: {error.strerror or error}.") from error
    if len(data) > MAX_BYTES:
        raise PlanError(
            f"{shown} is not a plan: it is larger than {MAX_BYTES >> 20} MB; {HOW_TO_MAKE}."
        )
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    if encoding is None:
        # UTF-16 without a mark: every second byte of its first, ASCII characters is 0.
        encoding = (
            {b"\0": "utf-16-be"}.get(data[:1]) or {b"\0": "utf-16-le"}.get(data[1:2]) or "utf-8"
        )
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise PlanError(f"{shown} is not a plan: it is no text. M{HOW_TO_MAKE[1:]}.") from None


def _removal(entry: object) -> Removal:
    """Raises _Invalid."""
    if isinstance(entry, UnreadableEntry):
        raise _Invalid(entry.reason)
    if not isinstance(entry, dict):
        raise _Invalid("it must be an object with “path” and “hash”")
    path = _path(entry, "path", "the file")
    if path is None:
        raise _Invalid("“path” must be the full path of a file")
    digest = _hash(entry, "hash", "the file")
    if digest is None:
        raise _Invalid("“hash” must be the 32 digits of the file's content hash")
    keep = _path(entry, "keep", "the file that is kept")
    keep_hash = _hash(entry, "keep_hash", "the file that is kept")
    if keep is not None and keep_hash is None:
        raise _Invalid("“keep_hash” is missing, so that the file that is kept could not be checked")
    if keep is None and keep_hash is not None:
        raise _Invalid(
            "“keep” is missing, and “keep_hash” is there: nobody can tell whether a file is to be kept for it"
        )
    return Removal(
        path,
        digest,
        keep,
        keep_hash,
        _bytes(entry.get("bytes")),
        _words(entry, "tier"),
        _words(entry, "why"),
    )


def _path(entry: dict[str, Any], key: str, what: str) -> str | None:
    """A full path that the file system can take; None where there is none."""
    value = entry.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not os.path.isabs(value):
        raise _Invalid(f"“{key}” must be the full path of {what}")
    if "\0" in value or not _encodes(value):
        raise _Invalid(f"“{key}” has characters that no file's name can have")
    if any(part in (".", "..") for part in re.split(r"[/\\]" if os.sep == "\\" else "/", value)):
        raise _Invalid(
            f"“{key}” must be the full path of {what} without “.” and “..”, as the library shows it"
        )
    return value


def _encodes(text: str) -> bool:
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return False
    return True


def _hash(entry: dict[str, Any], key: str, what: str) -> str | None:
    value = entry.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise _Invalid(f"“{key}” must be the 32 digits of the content hash of {what}")
    return value


def _bytes(value: object) -> int:
    """A file's size, which is only shown; 0 where it is missing."""
    if value is None or value == "":
        return 0
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MAX_SIZE:
        raise _Invalid("“bytes” must be the file's size, a whole number")
    return value


def _words(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    if value is not None and not isinstance(value, str):
        raise _Invalid(f"“{key}” must be text")
    return value or ""


def _shown_path(entry: object) -> str | None:
    """The path of a bad entry as far as it can be shown."""
    path = entry.get("path") if isinstance(entry, dict) else None
    return (
        printable(path[:1000]).encode("utf-8", "replace").decode()
        if isinstance(path, str)
        else None
    )
