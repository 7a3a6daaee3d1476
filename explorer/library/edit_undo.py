"""Undoing edits of photos."""

from __future__ import annotations

import json
import sqlite3
import time
from typing import NamedTuple

from explorer.library.album_store import ALBUM_FIELD, set_membership
from explorer.library.catalog import Catalog
from explorer.library.connection import write_transaction
from explorer.library.edit_fields import COLUMNS
from explorer.library.edit_history import (
    FieldChange,
    next_change,
    photos_with,
    stored,
    touch_photos,
)
from explorer.library.edit_store import edited_values, set_field


class UndoneEdit(NamedTuple):
    """The result of undoing an edit."""

    summary: str
    """The description of the edit."""
    restored: int
    """The number of restored photos."""
    kept: int
    """The number of photos that were not restored, because a later edit changed them again."""


def undo_edit(catalog: Catalog, edit_id: int) -> UndoneEdit | None:
    """Restore the values that an edit changed, except those that a later edit changed again. None
    if there is no such edit, or if it was already undone."""
    with write_transaction(catalog.path) as db:
        row = db.execute(
            "update edit set undone_at = ? where id = ? and undone_at is null returning summary",
            (time.time(), edit_id),
        ).fetchone()
        if row is None:
            return None
        restored, kept = set[bytes](), set[bytes]()
        changes = db.execute(
            "select hash, field, before, after from edit_change where edit_id = ?", (edit_id,)
        ).fetchall()
        for change in map(FieldChange._make, changes):
            (restored if _reverted(db, change) else kept).add(change.hash)
        touch_photos(db, photos_with(db, restored), next_change(db))
    return UndoneEdit(str(row[0]), len(restored), len(kept - restored))


def _reverted(db: sqlite3.Connection, change: FieldChange) -> bool:
    """Restore one field, unless it was changed again."""
    if change.field.startswith(ALBUM_FIELD):
        album = int(change.field.removeprefix(ALBUM_FIELD))
        return set_membership(db, album, change.hash, member=change.after is None)
    field = next((each for each in COLUMNS if each == change.field), None)
    if field is None or stored(edited_values(db, change.hash).get(field)) != change.after:
        return False
    set_field(db, change.hash, field, None if change.before is None else json.loads(change.before))
    return True
