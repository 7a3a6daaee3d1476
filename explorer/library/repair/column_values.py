"""Validate column values: SQLite accepts any value in any column, so values from a damaged file are
checked against the schema and the program's own rules."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable
from typing import NamedTuple

from explorer.library.repair.sqlite_pages import Value

_HASH, _PERCEPTUAL_HASH = 16, 32
# SQLite's affinities by the names that the schema uses.
_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "real": (int, float),
    "text": (str,),
    "blob": (bytes,),
}


class Column(NamedTuple):
    """A column of the schema."""

    name: str
    kind: str
    """`integer`, `real`, `text` or `blob`."""
    required: bool
    """Whether it must not be null."""
    default: str | None
    """The default value, in SQL; None if there is none."""
    key: bool
    """Whether it is the rowid itself."""


def columns_of(db: sqlite3.Connection, table: str) -> list[Column]:
    """The columns of a table, in the order of its rows; empty if there is no such table."""
    rows = db.execute(f'pragma table_info("{table}")').fetchall()
    keys = sum(bool(row[5]) for row in rows)
    return [
        Column(
            row[1],
            row[2].lower(),
            bool(row[3]) or bool(row[5]),
            row[4],
            keys == 1 and bool(row[5]) and row[2].lower() == "integer",
        )
        for row in rows
    ]


def fits(table: str, column: Column, value: Value) -> bool:
    """Whether the program can have written that value into that column."""
    if value is None:
        return not column.required or column.key
    if column.kind in _TYPES and not isinstance(value, _TYPES[column.kind]):
        return False
    if isinstance(value, str) and "\0" in value:
        return False
    if isinstance(value, float) and not math.isfinite(value):
        return False
    check = _CHECKS.get((table, column.name))
    return check is None or check(value)


def _is_list_of_texts(value: Value) -> bool:
    try:
        found = json.loads(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        return False
    return isinstance(found, list) and all(isinstance(each, str) for each in found)


def _is_object(value: Value) -> bool:
    try:
        return isinstance(value, str) and isinstance(json.loads(value), dict)
    except (ValueError, RecursionError):
        return False


def _has_length(*lengths: int) -> Callable[[Value], bool]:
    return lambda value: isinstance(value, bytes) and len(value) in lengths


def _is_positive(value: Value) -> bool:
    return isinstance(value, int) and value > 0


def _is_not_empty(value: Value) -> bool:
    return bool(value)


_CHECKS: dict[tuple[str, str], Callable[[Value], bool]] = {
    ("root", "path"): _is_not_empty,
    ("root", "exclude"): _is_list_of_texts,
    ("root", "mounts"): _is_list_of_texts,
    ("file", "path"): lambda value: (
        isinstance(value, str) and bool(value) and not value.startswith("/")
    ),
    ("file", "fault"): lambda value: value in ("damaged", "foreign", "unsupported", "environment"),
    ("photo", "hash"): _has_length(_HASH),
    ("photo", "phash"): _has_length(_PERCEPTUAL_HASH),
    ("photo", "width"): _is_positive,
    ("photo", "height"): _is_positive,
    ("photo", "frames"): _is_positive,
    ("photo", "keywords"): _is_list_of_texts,
    ("photo", "rating"): lambda value: isinstance(value, int | float) and 0 < value <= 5,
    ("decided", "hash"): _has_length(_HASH),
    ("pixels", "hash"): _has_length(_HASH),
    ("pair", "relation"): _is_object,
    ("photo_edit", "hash"): _has_length(_HASH),
    ("photo_edit", "edited"): _is_object,
    ("photo_edit", "in_file"): _is_object,
    ("photo_edit", "beside"): _is_object,
    # A change of an album itself has no content.
    ("edit_change", "hash"): _has_length(0, _HASH),
    ("album", "name"): _is_not_empty,
    ("album_photo", "hash"): _has_length(_HASH),
    ("concept", "name"): _is_not_empty,
    ("concept", "folded"): _is_not_empty,
    ("concept_photo", "hash"): _has_length(_HASH),
    ("concept_photo", "positive"): lambda value: value in (0, 1),
    ("saved_search", "name"): _is_not_empty,
    ("saved_search", "query"): _is_not_empty,
    ("encoder", "dim"): _is_positive,
    ("embedding", "vector"): lambda value: (
        isinstance(value, bytes) and len(value) > 0 and len(value) % 2 == 0
    ),
}
