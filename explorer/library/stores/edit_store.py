"""The user's edits of photos: table `photo_edit`.

No photo file is changed. An edit refers to contents by their hashes, so it remains if files are
moved or indexed again. Each edit is one transaction, together with its entry in the history
(`edit_history.py`). The app and the command line write edits themselves.

The same rows contain the values from sidecars (`sidecar_overlay.py`). The user's values take
precedence over these, and both over the file's.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.chunks import chunks
from explorer.library.connection import MAX_BOUND_VALUES, write_transaction
from explorer.library.edits.edit_fields import (
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
from explorer.library.edits.edit_history import (
    FieldChange,
    PastEdit,
    begin_edit,
    end_edit,
    photos_with,
    record_changes,
    stored,
    touch_photos,
)
from explorer.library.rows import stored_keywords

Change = Callable[[PhotoValues], Mapping[EditField, ColumnValues | None]]
"""A function from a photo's current values to the values to set. None restores the value of its
sidecar, or else of its file."""


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
        for photo_id, digest, current in current_values(db, wanted):
            edited, beside, in_file = overlays_of(db, digest)
            originals: FieldValues = {
                field: beside.get(field) or in_file.get(field) or file_values(field, current[field])
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


def edit_contents(
    catalog: Catalog, hashes: Iterable[bytes], summary: str, field: EditField, values: ColumnValues
) -> PastEdit | None:
    """Set a field of contents in one edit that can be undone; those that are not in the library get
    the values once they are indexed. Returns the edit as it was recorded; None if it changes
    nothing, and is not recorded."""
    with write_transaction(catalog.path) as db:
        number, changed = begin_edit(db, summary), list[bytes]()
        for digest in dict.fromkeys(hashes):
            before = edited_values(db, digest).get(field)
            if values != (_shown_values(db, digest, field) or before):
                change = FieldChange(digest, field, stored(before), stored(values))
                record_changes(db, number, [change])
                set_field(db, digest, field, values)
                changed.append(digest)
        if changed:
            touch_photos(db, photos_with(db, changed))
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
    beside: FieldValues
    """Those from sidecars."""
    in_file: FieldValues
    """The file's own."""
    past_keywords: frozenset[str]
    """All keywords that edits have given the photo, including edits that were undone."""


def edits_of(catalog: Catalog, photo_ids: Iterable[int] | None = None) -> dict[int, StoredEdits]:
    """The edits of these photos, by id; of all visible photos if None. Photos without edits are
    left out."""
    found = dict[int, StoredEdits]()
    sql = (
        "select p.id, e.edited, e.beside, e.in_file, (select json_group_array(value) from (select"
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
                edited,
                unpack(row["beside"]),
                unpack(row["in_file"]),
                _past_keywords(row["keywords"]),
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
    called in the same transaction, and before `sidecar_overlay.apply_sidecars`."""
    ((_, digest, current),) = current_values(db, [photo_id])
    edited, beside, _ = overlays_of(db, digest)
    if not edited and not beside:
        return
    found = {field: file_values(field, current[field]) for field in edited}
    put_overlays(db, digest, Overlays(edited, {}, found))
    for field in beside:
        # Files do not fill all columns, such as `favourite`.
        update_columns(db, digest, field, file_values(field, current[field]))
    for field, values in edited.items():
        update_columns(db, digest, field, values)


# --- rows


def current_values(
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
    return overlays_of(db, digest).edited


class Overlays(NamedTuple):
    """The values that take the place of a file's."""

    edited: FieldValues
    """The user's."""
    beside: FieldValues
    """Those from sidecars, which apply where the user has set nothing."""
    in_file: FieldValues
    """The file's values of the fields in the other two."""


def overlays_of(db: sqlite3.Connection, digest: bytes) -> Overlays:
    """The overlays of a content."""
    row = db.execute(
        "select edited, beside, in_file from photo_edit where hash = ?", (digest,)
    ).fetchone()
    return Overlays(*map(unpack, row)) if row else Overlays({}, {}, {})


def put_overlays(db: sqlite3.Connection, digest: bytes, overlays: Overlays) -> None:
    """Store the overlays of a content; the columns of `photo` are not changed."""
    if overlays.edited or overlays.beside:
        db.execute(
            "insert or replace into photo_edit (hash, edited, beside, in_file) values (?, ?, ?, ?)",
            (digest, *map(pack, overlays)),
        )
    else:
        db.execute("delete from photo_edit where hash = ?", (digest,))


def _shown_values(db: sqlite3.Connection, digest: bytes, field: EditField) -> ColumnValues | None:
    """The values of a field that are displayed; None if the library does not have the content."""
    row = db.execute(
        f"select {', '.join(COLUMNS[field])} from photo where hash = ?", (digest,)
    ).fetchone()
    return None if row is None else list(row)


def set_field(
    db: sqlite3.Connection, digest: bytes, field: EditField, values: ColumnValues | None
) -> None:
    """Set a field of a content; None restores the value of its sidecar, or of the file."""
    edited, beside, in_file = overlays_of(db, digest)
    if values is None:
        edited.pop(field, None)
        original = beside.get(field) or in_file.pop(field, None)
        if original is not None:
            update_columns(db, digest, field, original)
    else:
        edited[field] = values
        shown = _shown_values(db, digest, field)
        if shown is not None and field not in in_file:
            in_file[field] = file_values(field, shown)
        update_columns(db, digest, field, values)
    put_overlays(db, digest, Overlays(edited, beside, in_file))


def update_columns(
    db: sqlite3.Connection, digest: bytes, field: EditField, values: ColumnValues
) -> None:
    """Set the columns of `photo` for a field."""
    columns = ", ".join(f"{name} = ?" for name in COLUMNS[field])
    db.execute(f"update photo set {columns} where hash = ?", [*values, digest])
