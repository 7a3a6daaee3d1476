"""Parse the two formats of a removal plan, JSON and CSV, into unchecked entries."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from explorer.config import PROGRAM
from explorer.errors import ExplorerError
from explorer.library.paths import from_text
from explorer.removal.spreadsheet import unescape_formula

FORMAT, VERSION = "photo-explorer-plan", 1
HOW_TO_MAKE = f"make one with `{PROGRAM} duplicates --plan FILE`"

# JSON strings, brackets and commas, which suffice to separate the elements of an array. A string
# ends with its line, so that a missing quotation mark breaks one line and not all that follow.
_TOKEN = re.compile(r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"|[\[\]{},]')
# What precedes the array of entries.
_REMOVALS_KEY = re.compile(r'"removals"\s*:\s*$')
_TOO_DEEP = "it is nested too deeply"
# Digits of the longest integer that is accepted; longer ones take too long to parse.
_MAX_DIGITS = 1000


class PlanError(ExplorerError):
    """The plan as a whole cannot be read or written."""


class UnreadableEntry(NamedTuple):
    """An entry that cannot be parsed."""

    reason: str
    """What is wrong, on one line."""


def plan_entries(text: str, shown: str) -> Iterator[tuple[str, object]]:
    """The entries of a plan: the place of each (“entry 3”, “line 4”) and its value, which is a
    `dict`, any other JSON value, or an UnreadableEntry.

    shown: the plan's name for messages. Raises PlanError if it is no plan.
    """
    is_json = text.lstrip().startswith(("{", "["))
    return _json_entries(text, shown) if is_json else _csv_entries(text, shown)


# --- JSON


def _json_entries(text: str, shown: str) -> Iterator[tuple[str, object]]:
    plan, rows = _parse_plan(text, shown)
    if not isinstance(plan, dict) or plan.get("format") != FORMAT:
        raise PlanError(f"{shown} is not a plan of Photo Explorer: {HOW_TO_MAKE}.")
    if plan.get("version") != VERSION or isinstance(plan["version"], bool):
        version = ascii(plan.get("version"))[:40]
        raise PlanError(
            f"{shown} was written by another release of Photo Explorer (plan version {version}): "
            "make it again."
        )
    if not isinstance(rows, list):
        raise PlanError(f"{shown} is not a whole plan: it has no list of removals.")
    return ((f"entry {number}", row) for number, row in enumerate(rows, 1))


def _parse_plan(text: str, shown: str) -> tuple[object, object]:
    """The plan, and its list of removals. An entry that no parser accepts (nested too deeply, an
    integer of thousands of digits) must not hide the others, so entries are then parsed one by
    one. Raises PlanError."""
    try:
        plan = _parse(text)
    except (ValueError, RecursionError) as error:
        header, rows = _split(text)
        try:
            return _parse(header), rows
        except (ValueError, RecursionError):
            detail = _TOO_DEEP if isinstance(error, RecursionError) else str(error)
            raise PlanError(f"{shown} is not a whole plan: {detail}.") from None
    return plan, plan.get("removals") if isinstance(plan, dict) else None


def _parse(text: str) -> object:
    return json.loads(text, object_pairs_hook=_unique, parse_int=_integer)


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
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
    """A JSON object without the elements of its array `removals`, and these elements, each parsed
    separately; None in their place if it has no such array."""
    depth, start, elements = 0, None, list[object]()
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark in ("[", "{"):
            depth += 1
            before = text[max(0, token.start() - 200) : token.start()]
            if depth == 2 and mark == "[" and _REMOVALS_KEY.search(before):
                begin = start = token.end()
        elif mark in ("]", "}"):
            depth -= 1
        if start is not None and ((mark == "," and depth == 2) or (mark == "]" and depth == 1)):
            element = text[start : token.start()].strip()
            # If an entry was deleted, its comma may have been left.
            if element:
                elements.append(_parse_element(element))
            start = token.end()
            if mark == "]":
                return text[:begin] + text[token.start() :], elements
    return text, None


def _parse_element(text: str) -> object:
    try:
        return _parse(text)
    except RecursionError:
        return UnreadableEntry(_TOO_DEEP)
    except ValueError as error:
        return UnreadableEntry(f"it cannot be read ({error})")


# --- CSV


def _csv_entries(text: str, shown: str) -> Iterator[tuple[str, object]]:
    head = text.lstrip("\r\n").splitlines()[:1]
    for delimiter in ",;\t":
        with contextlib.suppress(csv.Error):
            columns = [name.strip() for name in next(csv.reader(head, delimiter=delimiter), ())]
            if {"path", "hash"} <= set(columns):
                break
    else:
        raise PlanError(f"{shown} is not a plan of Photo Explorer: {HOW_TO_MAKE}.")
    named = [name for name in columns if name]
    if len(set(named)) < len(named):
        raise PlanError(
            f"{shown} is not a plan of Photo Explorer: it has two columns of the same name."
        )
    return iter(_csv_rows(text, delimiter, columns, shown))


def _csv_rows(
    text: str, delimiter: str, columns: list[str], shown: str
) -> list[tuple[str, object]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, line, in_header = list[tuple[str, object]](), 1, True
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return rows
        except csv.Error as error:
            if "end of data" in str(error):
                # A quotation mark that is never closed: all that follows may be part of one cell.
                raise PlanError(f"{shown} is not a whole plan: line {line}: {error}.") from None
            rows.append((f"line {line}", UnreadableEntry(f"it cannot be read ({error})")))
        else:
            # A row whose cells were all emptied in a spreadsheet program counts as deleted.
            if any(cells) and not in_header:
                rows.append((f"line {line}", _from_cells(columns, cells)))
            in_header = in_header and not any(cells)
        line = reader.line_num + 1


def _from_cells(columns: list[str], cells: list[str]) -> object:
    if len(cells) != len(columns):
        fewer = "fewer" if len(cells) < len(columns) else "more"
        return UnreadableEntry(
            f"it has {fewer} cells than the first line: "
            "a name that contains a separator must be in quotation marks"
        )
    entry = dict(zip(columns, map(unescape_formula, cells), strict=True))
    return entry | {key: from_text(entry[key]) for key in ("path", "keep") if key in entry}
