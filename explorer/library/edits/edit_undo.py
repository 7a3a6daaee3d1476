"""Undo edits of photos and albums. If several edits changed the same value, the latest must be
undone first."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from explorer.errors import UsageError
from explorer.library.catalog import Catalog
from explorer.library.connection import write_transaction
from explorer.library.edits.edit_fields import COLUMNS
from explorer.library.edits.edit_history import (
    NO_CONTENT,
    REMOVAL_FIELD,
    FieldChange,
    photos_with,
    stored,
    touch_photos,
)
from explorer.library.stores.album_store import (
    ALBUM_FIELD,
    drop_if_empty,
    revive_album,
    set_membership,
)
from explorer.library.stores.edit_store import edited_values, set_field
from explorer.text_format import whole_number


class UndoneEdit(NamedTuple):
    """The result of undoing an edit."""

    summary: str
    """The description of the edit."""
    restored: int
    """The number of restored photos."""
    kept: int
    """The number of photos that were not restored, because they were changed again."""
    album: str | None = None
    """The name of a deleted album that is back."""


def undo_edit(catalog: Catalog, edit_id: int) -> UndoneEdit | None:
    """Restore the values that an edit changed. None if there is no such edit, or if it was already
    undone.

    A value that a later edit changed again stays as it is, and can be restored once the later edit
    is undone. Raises UsageError, which names the later edit, if that is the case for all values,
    and UsageError if nothing can be restored for another reason, which may change later.
    """
    with write_transaction(catalog.path) as db:
        row = db.execute(
            "select summary from edit where id = ? and undone_at is null", (edit_id,)
        ).fetchone()
        if row is None:
            return None
        changes = _changes_of(db, edit_id)
        blocked = _changed_later(db, edit_id)
        waiting = [each for each in changes if (each.hash, each.field) in blocked]
        if changes and len(waiting) == len(changes):
            (later,) = db.execute(
                "select summary from edit where id = ?", (max(blocked.values()),)
            ).fetchone()
            raise UsageError(
                f"“{row[0]}” cannot be undone now, because a later edit changed the same again:"
                f" undo “{later}” first."
            )
        free = [each for each in changes if (each.hash, each.field) not in blocked]
        undone, changed = _revert(
            db, str(row[0]), free, len({each.hash for each in waiting} - {NO_CONTENT})
        )
        if changes and not changed:
            raise UsageError(
                f"“{row[0]}” cannot be undone now: its photos, or its album, are no longer as it"
                " left them."
            )
        _record_undone(db, edit_id, free, all_changes=not waiting)
    return undone


def undo_for_contents(db: sqlite3.Connection, edit_id: int, hashes: AbstractSet[bytes]) -> None:
    """Undo what an edit changed in these contents, except for what a later edit changed again. Must
    be called in a write transaction."""
    changes, blocked = _changes_of(db, edit_id), _changed_later(db, edit_id)
    free = [
        each for each in changes if each.hash in hashes and (each.hash, each.field) not in blocked
    ]
    _revert(db, "", free, 0)
    _record_undone(db, edit_id, free, all_changes=len(free) == len(changes))


def _changes_of(db: sqlite3.Connection, edit_id: int) -> list[FieldChange]:
    """The changes of an edit, without its reference to a removal."""
    rows = db.execute(
        "select hash, field, before, after from edit_change where edit_id = ? and not (hash = ? and"
        " field like ?)",
        (edit_id, NO_CONTENT, f"{REMOVAL_FIELD}%"),
    )
    return [FieldChange(*row) for row in rows.fetchall()]


def _record_undone(
    db: sqlite3.Connection, edit_id: int, undone: list[FieldChange], *, all_changes: bool
) -> None:
    """Record that changes of an edit were undone."""
    if all_changes:
        db.execute("update edit set undone_at = ? where id = ?", (time.time(), edit_id))
    else:
        db.executemany(
            "delete from edit_change where edit_id = ? and hash = ? and field = ?",
            [(edit_id, each.hash, each.field) for each in undone],
        )


def _changed_later(db: sqlite3.Connection, edit_id: int) -> dict[tuple[bytes, str], int]:
    """The changes of an edit, by content and field, that have to wait until later edits are undone;
    each with the latest of these edits.

    A change waits for another one of the same field of the same content. The creation of an album
    waits for all changes of the album, and all changes of an album wait for its deletion.
    """
    return {
        (digest, field): later
        for digest, field, later in db.execute(
            "select m.hash, m.field, max(e.id) from edit e cross join edit_change l on l.edit_id ="
            " e.id join edit_change m on m.edit_id = ?1 and m.hash in (l.hash, x'') and m.field ="
            " l.field where e.id > ?1 and e.undone_at is null group by m.hash, m.field"
            " union all select m.hash, m.field, max(e.id) from edit e cross join edit_change l on"
            " l.edit_id = e.id and l.hash = x'' join edit_change m on m.edit_id = ?1 and m.field ="
            " l.field where l.after is null and e.id > ?1 and e.undone_at is null"
            " group by m.hash, m.field order by 3",
            (edit_id,),
        )
    }


def _revert(
    db: sqlite3.Connection, summary: str, changes: list[FieldChange], waiting: int
) -> tuple[UndoneEdit, bool]:
    """Revert these changes; returns the result, and whether anything changed. waiting: the number
    of contents that stay as they are."""
    albums = [each for each in changes if each.hash == NO_CONTENT]
    # A deleted album is brought back before its photos are, and a new one deleted after them.
    # So is an album to which photos return, if the record of its deletion was lost.
    returning = [each for each in changes if each.after is None and _is_of_album(each)]
    revived = [revive_album(db, album) for album in dict.fromkeys(map(_album_of, returning))]
    restored, kept = set[bytes](), set[bytes]()
    for change in changes:
        if change.hash != NO_CONTENT:
            (restored if _reverted(db, change) else kept).add(change.hash)
    created = [each for each in albums if each.before is None]
    dropped = [drop_if_empty(db, _album_of(each)) for each in created]
    touch_photos(db, photos_with(db, restored))
    name = next(filter(None, revived), None)
    undone = UndoneEdit(summary, len(restored), len(kept - restored) + waiting, name)
    return undone, bool(restored or name or any(dropped))


def _reverted(db: sqlite3.Connection, change: FieldChange) -> bool:
    """Restore one field, unless it no longer has the value of the edit."""
    if _is_of_album(change):
        return set_membership(db, _album_of(change), change.hash, member=change.after is None)
    field = next((each for each in COLUMNS if each == change.field), None)
    if field is None or stored(edited_values(db, change.hash).get(field)) != change.after:
        return False
    set_field(db, change.hash, field, None if change.before is None else json.loads(change.before))
    return True


def _is_of_album(change: FieldChange) -> bool:
    return change.field.startswith(ALBUM_FIELD)


def _album_of(change: FieldChange) -> int:
    """The id of the album that a change is about; 0, which no album has, if it is damaged."""
    return whole_number(change.field.removeprefix(ALBUM_FIELD)) or 0
