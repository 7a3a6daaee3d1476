"""The fields of a photo that users can edit, and the columns of `photo` in which they are stored.

The columns contain the values that are displayed and searched: the user's, otherwise those of a
sidecar, otherwise the file's. If a value is not the file's, `photo_edit` contains that of the file.
The choice of a keeper uses the file's values (`in_file`): a date that only the catalog contains
must not make a file look like the original.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, get_args

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
"""For each field, its columns of `photo`."""

ColumnValues = list[str | int | float | None]
"""The values of a field's columns, in the order of COLUMNS."""
FieldValues = dict[EditField, ColumnValues]
"""For each field, the values of its columns."""


class PhotoValues(NamedTuple):
    """The values of all fields of a photo."""

    shown: FieldValues
    """Those that are displayed and searched."""
    unedited: FieldValues
    """Those without the user's edits: of a sidecar, or of the file."""


USER, SIDECAR, TAKEOUT = "user", "sidecar", "takeout"
"""`taken_source` of dates that the user set, of those from XMP sidecars, and of those from Google
Takeout's JSON, which are in UTC."""

# The default values of fields that files do not contain.
_NOT_IN_FILES: Mapping[EditField, ColumnValues] = {"favourite": [0]}


def unpack(text: str | None) -> FieldValues:
    """Parse field values in the JSON format of `photo_edit`; malformed ones are omitted."""
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
    """Field values in the JSON format of `photo_edit`."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def file_values(field: EditField, current: Sequence[str | int | float | None]) -> ColumnValues:
    """The values of a field in the file. current: the values of its columns, not edited yet."""
    return list(_NOT_IN_FILES.get(field, current))


def in_file(column: str) -> str:
    """An SQL expression for the file's value of a column. It needs `photo` as p, joined by
    EDIT_JOIN. column: one of those in COLUMNS."""
    field, columns = next((field, names) for field, names in COLUMNS.items() if column in names)
    place = f"'$.{field}[{columns.index(column)}]'"
    edited = f"json_type(e.in_file, '$.{field}') is not null"
    return f"iif({edited}, json_extract(e.in_file, {place}), p.{column})"


EDIT_JOIN = "left join photo_edit e on e.hash = p.hash"
"""The SQL join that expressions of `in_file` need."""
