"""The user's edits of photos: table `photo_edit`.

No photo file is changed. An edit refers to contents by their hashes, so it remains if files are
moved or indexed again. Each edit is one transaction, together with its entry in the history
(`edit_history.py`). The app and the command line write edits themselves.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.chunks import chunks
from explorer.library.connection import MAX_BOUND_VALUES, write_transaction
from explorer.library.edit_fields import (
    COLUMNS,
    EDIT_FIELDS,
    ColumnValues,
    EditField,
    FieldValues,
    PhotoValues,
    file_values,
    pack,
    unpack,
)
from explorer.library.edit_history import (
    FieldChange,
    PastEdit,
    begin_edit,
    end_edit,
    record_changes,
    stored,
    touch_photos,
)
from explorer.library.rows import stored_keywords

Change = Callable[[PhotoValues], Mapping[EditField, ColumnValues | None]]
"""A function from a photo's current values to the values to set; None: the file's value."""


def edit_photos(
    catalog: Catalog, photo_ids: Iterable[int], summary: str, change: Change
) -> PastEdit | None:
    """Change photos in one edit that can be undone. Returns the edit as it was recorded; None if it
    changes nothing, and is not recorded.

    summary: a description of the edit.
    """
    return edit_each(catalog, summary, dict.fromkeys(photo_ids, change))


def edit_each(catalog: Catalog, summary: str, wanted: Mapping[int, Change]) -> PastEdit | None:
    """Like `edit_photos`, with a change for each photo, by its id."""
    with write_transaction(catalog.path) as db:
        number, changed = begin_edit(db, summary), list[int]()
        for photo_id, digest, current in _current(db, wanted):
            edited, in_file = _stored_values(db, digest)
            originals: FieldValues = {
                field: in_file.get(field) or file_values(field, current[field])
                for field in EDIT_FIELDS
            }
            steps = list[FieldChange]()
            for field, values in wanted[photo_id](PhotoValues(current, originals)).items():
                before = edited.get(field)
                if _differs(values, before, current[field]):
                    steps.append(FieldChange(digest, field, stored(before), stored(values)))
                    set_field(db, digest, field, values)
            record_changes(db, number, steps)
            if steps:
                changed.append(photo_id)
        if changed:
            touch_photos(db, changed)
        return end_edit(db, number)


def edited_fields(catalog: Catalog, photo_id: int) -> frozenset[EditField]:
    """The fields of a photo that the user set."""
    with catalog.reading() as db:
        row = db.execute(
            "select e.edited from photo_edit e join photo p on p.hash = e.hash where p.id = ?",
            (photo_id,),
        ).fetchone()
    return frozenset(unpack(row[0]) if row else ())


class StoredEdits(NamedTuple):
    """What the user set for a photo."""

    edited: FieldValues
    in_file: FieldValues
    """The values that these replaced."""
    past_keywords: frozenset[str]
    """All keywords that the photo has had by edits, also by those that were undone."""


def edits_of(catalog: Catalog, photo_ids: Iterable[int] | None = None) -> dict[int, StoredEdits]:
    """The edits of these photos, by id; of all visible photos if None. Photos without edits are
    left out."""
    found = dict[int, StoredEdits]()
    sql = (
        "select p.id, e.edited, e.in_file, (select json_group_array(value) from (select"
        " c.after value from edit_change c where c.hash = p.hash and c.field = 'keywords' and"
        " c.after is not null)) keywords from photo p join photo_edit e on e.hash = p.hash"
    )
    with catalog.reading() as db:
        if photo_ids is None:
            rows = db.execute(f"{sql} where p.present > 0 order by p.id").fetchall()
        else:
            rows = [
                row
                for some in chunks(sorted(set(photo_ids)), MAX_BOUND_VALUES)
                for row in db.execute(
                    f"{sql} where p.id in ({','.join('?' * len(some))}) order by p.id", some
                )
            ]
    for row in rows:
        edited = unpack(row["edited"])
        if edited:
            found[row["id"]] = StoredEdits(
                edited, unpack(row["in_file"]), _past_keywords(row["keywords"])
            )
    return found


def _past_keywords(stored: str) -> frozenset[str]:
    """stored: a JSON array of values of the field, each in the JSON format of `edit_change`."""
    found = set[str]()
    for text in json.loads(stored):
        values = unpack(f'{{"keywords": {text}}}').get("keywords", [])
        for each in values:
            found.update(stored_keywords(each) if isinstance(each, str) else ())
    return frozenset(found)


def apply_edits(db: sqlite3.Connection, photo_id: int) -> None:
    """Apply the user's edits of a photo again, after its columns were filled from its file. Must be
    called in the same transaction."""
    row = db.execute(
        "select e.hash, e.edited from photo_edit e join photo p on p.hash = e.hash where p.id = ?",
        (photo_id,),
    ).fetchone()
    if row is None:
        return
    digest, edited = row[0], unpack(row[1])
    ((_, _, current),) = _current(db, [photo_id])
    found = {field: file_values(field, current[field]) for field in edited}
    db.execute("update photo_edit set in_file = ? where hash = ?", (pack(found), digest))
    for field, values in edited.items():
        _update_photo(db, digest, field, values)


# --- rows


def _current(
    db: sqlite3.Connection, photo_ids: Iterable[int]
) -> Iterable[tuple[int, bytes, FieldValues]]:
    """The id, content hash and current values of each photo, in the order of the ids."""
    columns = [name for field in EDIT_FIELDS for name in COLUMNS[field]]
    for some in chunks(sorted(set(photo_ids)), MAX_BOUND_VALUES):
        rows = db.execute(
            f"select id, hash, {', '.join(columns)} from photo where id in"
            f" ({','.join('?' * len(some))}) order by id",
            some,
        ).fetchall()
        for row in rows:
            values: FieldValues = {
                field: [row[name] for name in COLUMNS[field]] for field in EDIT_FIELDS
            }
            yield row["id"], row["hash"], values


def _differs(
    values: ColumnValues | None, edited: ColumnValues | None, current: ColumnValues
) -> bool:
    """Whether setting these values changes anything."""
    return edited is not None if values is None else values != current


def edited_values(db: sqlite3.Connection, digest: bytes) -> FieldValues:
    """The values that the user set for a content."""
    return _stored_values(db, digest)[0]


def _stored_values(db: sqlite3.Connection, digest: bytes) -> tuple[FieldValues, FieldValues]:
    """The values that the user set for a content, and those that they replaced."""
    row = db.execute("select edited, in_file from photo_edit where hash = ?", (digest,)).fetchone()
    return (unpack(row[0]), unpack(row[1])) if row else ({}, {})


def set_field(
    db: sqlite3.Connection, digest: bytes, field: EditField, values: ColumnValues | None
) -> None:
    """Set a field of a content; None restores the file's value."""
    edited, in_file = _stored_values(db, digest)
    if values is None:
        edited.pop(field, None)
        original = in_file.pop(field, None)
        if original is not None:
            _update_photo(db, digest, field, original)
    else:
        edited[field] = values
        photo = db.execute(
            f"select {', '.join(COLUMNS[field])} from photo where hash = ?", (digest,)
        ).fetchone()
        if photo is not None and field not in in_file:
            in_file[field] = file_values(field, list(photo))
        _update_photo(db, digest, field, values)
    if edited:
        db.execute(
            "insert or replace into photo_edit values (?, ?, ?)",
            (digest, pack(edited), pack(in_file)),
        )
    else:
        db.execute("delete from photo_edit where hash = ?", (digest,))


def _update_photo(
    db: sqlite3.Connection, digest: bytes, field: EditField, values: ColumnValues
) -> None:
    columns = ", ".join(f"{name} = ?" for name in COLUMNS[field])
    db.execute(f"update photo set {columns} where hash = ?", [*values, digest])
