"""Reads a removal plan that `write_plan` wrote and a person, a script or a spreadsheet may have edited.

A plan as a whole is refused only where nobody can tell what its entries are. Otherwise each entry stands for itself: what is wrong with one
is reported in one line, and the others are carried out.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from explorer.errors import ExplorerError
from explorer.library.paths import from_text, printable
from explorer.review.outcome import Removal

FORMAT, VERSION = "photo-explorer-plan", 1

# Bytes of the largest file that is read: more than a million removals take, and fits in memory.
MAX_BYTES = 512 << 20
# Larger than any file system's files, in bytes.
_MAX_SIZE = 1 << 63
_HASH = re.compile(r"[0-9a-f]{32}")
_DIGITS = re.compile(r"[0-9]{1,19}")
# Strings and brackets of JSON, all that is needed to tell its elements apart.
# A string ends with its line, so that a missing quotation mark harms one line and not all that follow.
_TOKEN = re.compile(r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"|[\[\]{},]')
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_MAKE_ONE = "make one with `python run.py duplicates --plan FILE`"


class PlanError(ExplorerError):
    """A plan that cannot be used at all."""


class BadEntry(NamedTuple):
    """An entry that is not carried out. where: `entry 3` (JSON) or `line 4` (CSV). path: as the entry has it, if it has one that can be
    shown. reason: what is wrong and what would be right, on one line."""

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
    """The entries of a plan: UTF-8 or UTF-16, JSON or CSV (with commas, semicolons or tabs), told apart by what is in it.

    Raises PlanError, with one line for a person, where it cannot be read or is no plan.
    """
    shown = printable(str(path))
    text = _text(path, shown)
    entries = _json_entries(text, shown) if text.lstrip().startswith(("{", "[")) else _csv_entries(text, shown)
    removals, bad, first = list[Removal](), list[BadEntry](), dict[str, str]()
    for where, entry in entries:
        try:
            entry = _fields(entry)
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
        raise PlanError(f"{shown} is not a plan: it is larger than {MAX_BYTES >> 20} MB; {_MAKE_ONE}.")
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    if encoding is None:
        # UTF-16 without a mark: every second byte of its first, ASCII characters is 0.
        encoding = {b"\0": "utf-16-be"}.get(data[:1]) or {b"\0": "utf-16-le"}.get(data[1:2]) or "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise PlanError(f"{shown} is not a plan: it is no text. M{_MAKE_ONE[1:]}.") from None


# --- JSON


def _json_entries(text: str, shown: str) -> Iterator[tuple[str, object]]:
    try:
        plan = _parse(text)
        rows = plan.get("removals") if isinstance(plan, dict) else None
    except (ValueError, RecursionError) as error:
        # One entry that no parser takes (nested too deeply, a number of thousands of digits) must not hide the others.
        header, rows = _split(text)
        try:
            plan = _parse(header)
        except (ValueError, RecursionError):
            detail = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise PlanError(f"{shown} is not a whole plan: {detail}.") from None
    if not isinstance(plan, dict) or plan.get("format") != FORMAT:
        raise PlanError(f"{shown} is not a plan of Photo Explorer: {_MAKE_ONE}.")
    if plan.get("version") != VERSION or isinstance(plan["version"], bool):
        raise PlanError(
            f"{shown} was written by another release of Photo Explorer (plan version {ascii(plan.get('version'))[:40]}): make it again."
        )
    if not isinstance(rows, list):
        raise PlanError(f"{shown} is not a whole plan: it has no list of removals.")
    return ((f"entry {number}", row) for number, row in enumerate(rows, 1))


class _Unparsed(str):
    """The JSON text of one entry."""


class _Broken(str):
    """What is wrong with an entry that has no fields."""


def _parse(text: str) -> object:
    return json.loads(text, object_pairs_hook=_unique, parse_int=_integer)


def _integer(digits: str) -> int:
    if len(digits) > 1000:
        raise ValueError(f"it has a number of {len(digits):,} digits")
    return int(digits)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"it has {ascii(twice)[:40]} twice")
    return found


def _split(text: str) -> tuple[str, list[object] | None]:
    """A JSON object without the elements of its `removals`, and these elements, each unparsed; None where it has no such array."""
    depth, start, elements = 0, None, list[object]()
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark in ("[", "{"):
            depth += 1
            if (
                start is None
                and depth == 2
                and mark == "["
                and re.search(r'"removals"\s*:\s*$', text[max(0, token.start() - 200) : token.start()])
            ):
                begin = start = token.end()
        elif mark in ("]", "}"):
            depth -= 1
        if start is not None and ((mark == "," and depth == 2) or (mark == "]" and depth == 1)):
            element = text[start : token.start()].strip()
            # Where an entry was deleted, its comma may be left.
            if element:
                elements.append(_Unparsed(element))
            start = token.end()
            if mark == "]":
                return text[:begin] + text[token.start() :], elements
    return text, None


# --- CSV


def _csv_entries(text: str, shown: str) -> Iterator[tuple[str, object]]:
    head = text.lstrip("\r\n").splitlines()[:1]
    for delimiter in ",;\t":
        with contextlib.suppress(csv.Error):
            columns = [name.strip() for name in next(csv.reader(head, delimiter=delimiter), ())]
            if {"path", "hash"} <= set(columns):
                break
    else:
        raise PlanError(f"{shown} is not a plan of Photo Explorer: {_MAKE_ONE}.")
    named = [name for name in columns if name]
    if len(set(named)) < len(named):
        raise PlanError(f"{shown} is not a plan of Photo Explorer: it has two columns of one name.")
    return iter(_csv_rows(text, delimiter, columns, shown))


def _csv_rows(text: str, delimiter: str, columns: list[str], shown: str) -> list[tuple[str, object]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, line, header = list[tuple[str, object]](), 1, True
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return rows
        except csv.Error as error:
            if "end of data" in str(error):
                # A quotation mark that is never closed: all that follows it may be part of one cell.
                raise PlanError(f"{shown} is not a whole plan: line {line}: {error}.") from None
            rows.append((f"line {line}", _Broken(f"it cannot be read ({error})")))
        else:
            # A row that was emptied in a spreadsheet is one that was deleted.
            if any(cells) and not header:
                rows.append((f"line {line}", _from_cells(columns, cells)))
            header = header and not any(cells)
        line = reader.line_num + 1


def _from_cells(columns: list[str], cells: list[str]) -> object:
    if len(cells) != len(columns):
        fewer = "fewer" if len(cells) < len(columns) else "more"
        return _Broken(f"it has {fewer} cells than the first line: a name with a separator in it must stand in quotation marks")
    entry = dict(zip(columns, cells, strict=True))
    return entry | {key: from_text(entry[key]) for key in ("path", "keep") if key in entry}


# --- one entry


def _fields(entry: object) -> dict[str, Any]:
    """Raises _Invalid."""
    if isinstance(entry, _Broken):
        raise _Invalid(str(entry))
    if isinstance(entry, _Unparsed):
        entry = _parsed(entry)
    if not isinstance(entry, dict):
        raise _Invalid("it must be an object with “path” and “hash”")
    return entry


def _removal(entry: dict[str, Any]) -> Removal:
    """Raises _Invalid."""
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
        raise _Invalid("“keep” is missing, and “keep_hash” is there: nobody can tell whether a file is to be kept for it")
    return Removal(path, digest, keep, keep_hash, _bytes(entry.get("bytes")), _words(entry, "tier"), _words(entry, "why"))


def _parsed(text: str) -> object:
    try:
        return _parse(text)
    except RecursionError:
        raise _Invalid("it is nested too deeply") from None
    except ValueError as error:
        raise _Invalid(f"it cannot be read ({error})") from None


def _path(entry: dict[str, Any], key: str, what: str) -> str | None:
    """A full path that the file system can take; None where there is none."""
    value = entry.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not os.path.isabs(value):  # noqa: PTH117
        raise _Invalid(f"“{key}” must be the full path of {what}")
    if "\0" in value or not _encodes(value):
        raise _Invalid(f"“{key}” has characters that no file's name can have")
    if any(part in (".", "..") for part in re.split(r"[/\\]" if os.sep == "\\" else "/", value)):
        raise _Invalid(f"“{key}” must be the full path of {what} without “.” and “..”, as the library shows it")
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
    return printable(path[:1000]).encode("utf-8", "replace").decode() if isinstance(path, str) else None
