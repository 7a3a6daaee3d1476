"""What the user can set for a photo, field by field, and the columns of `photo` that hold it.

The columns hold what is shown and searched for: the user's value, or else the file's. Where the
user's value stands, `photo_edit` keeps the file's. Whatever decides which file is kept reads the
latter (`in_file`): a date that only the catalog has must not make a file look like the original.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

EditField = Literal["favourite", "rating", "title", "description", "keywords", "date", "place"]
EDIT_FIELDS: tuple[EditField, ...] = get_args(EditField)

COLUMNS: Mapping[EditField, tuple[str, ...]] = {
    "favourite": ("favourite",),
    "rating": ("rating",),
    "title": ("title",),
    "description": ("description",),
    "keywords": ("keywords",),
    "date": ("taken_at", "taken_precision", "taken_source"),
    "place": ("latitude", "longitude"),
}
"""By field, its columns of `photo`."""

ColumnValues = list[str | int | float | None]
"""The values of a field's columns, in their order."""
FieldValues = dict[EditField, ColumnValues]
"""By field, the values of its columns."""

USER = "user"
"""`taken_source` of a date that the user set."""

# What no file says.
_NOT_IN_FILES: Mapping[EditField, ColumnValues] = {"favourite": [0]}


def unpack(text: str | None) -> FieldValues:
    """Field values as `photo_edit` stores them; malformed ones are left out."""
    try:
        stored = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    found: FieldValues = {}
    for field, columns in COLUMNS.items():
        values = stored.get(field) if isinstance(stored, dict) else None
        if isinstance(values, list) and len(values) == len(columns):
            found[field] = values
    return found


def pack(values: FieldValues) -> str:
    """Field values as `photo_edit` stores them."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def file_values(field: EditField, current: Sequence[str | int | float | None]) -> ColumnValues:
    """What a file says of a field, of which its columns have these values."""
    return list(_NOT_IN_FILES.get(field, current))


def in_file(column: str) -> str:
    """The SQL of what the file says of a column: on `photo` as p, left joined with `photo_edit` as
    e by the hash. column: one of COLUMNS."""
    field, columns = next((field, names) for field, names in COLUMNS.items() if column in names)
    place = f"'$.{field}[{columns.index(column)}]'"
    edited = f"json_type(e.in_file, '$.{field}') is not null"
    return f"iif({edited}, json_extract(e.in_file, {place}), p.{column})"


EDIT_JOIN = "left join photo_edit e on e.hash = p.hash"
"""SQL that joins `photo` as p with what `in_file` needs."""
