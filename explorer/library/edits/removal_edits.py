"""Edits that belong to a removal: what the user set for removed photos, carried over to the photos
that were kept for them.

Such an edit has a change that refers to the removal, so it is made only once, and found again when
the removal is undone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet

from explorer.library.catalog import Catalog
from explorer.library.connection import write_transaction
from explorer.library.edits.carried_edits import carry_edits
from explorer.library.edits.edit_history import (
    NO_CONTENT,
    REMOVAL_FIELD,
    FieldChange,
    begin_edit,
    end_edit,
    record_changes,
    stored,
)
from explorer.library.edits.edit_undo import undo_for_contents
from explorer.library.edits.replaced_contents import present_paths

_SUMMARY = "Edits of removed photos carried over"


def carry_from_removed(
    catalog: Catalog,
    run: str,
    contents: Iterable[tuple[bytes, bytes]],
    is_gone: Callable[[str], bool],
) -> int:
    """Carry edits over in one edit that belongs to a removal, unless there is one already; return
    how many changed something.

    contents: the hashes of removed contents and of those kept for them, which show the same
    picture. A content that still has a file keeps its edits to itself.
    is_gone: whether the file at a path was removed, which the catalog may not know yet.
    """
    pairs = list(contents)
    # Asking a slow drive must not keep others from writing.
    with catalog.reading() as db:
        free = {removed for removed, _ in pairs if all(map(is_gone, present_paths(db, removed)))}
    with write_transaction(catalog.path) as db:
        if _edits_of_removal(db, run):
            return 0
        number = begin_edit(db, _SUMMARY)
        carried = sum(
            carry_edits(db, number, removed, kept, replace=False)
            for removed, kept in pairs
            if removed in free
        )
        if carried:
            reference = FieldChange(NO_CONTENT, f"{REMOVAL_FIELD}{run}", None, stored([1]))
            record_changes(db, number, [reference])
        end_edit(db, number)
    return carried


def removals_with_edits(catalog: Catalog) -> frozenset[str]:
    """The ids of removals whose edits were carried over, and not undone."""
    with catalog.reading() as db:
        rows = db.execute(
            "select c.field from edit e join edit_change c on c.edit_id = e.id where e.undone_at is"
            " null and c.hash = ? and c.field like ?",
            (NO_CONTENT, f"{REMOVAL_FIELD}%"),
        ).fetchall()
    return frozenset(row[0].removeprefix(REMOVAL_FIELD) for row in rows)


def take_back_carried(catalog: Catalog, run: str, kept: AbstractSet[bytes]) -> None:
    """Undo what was carried over to these kept contents in a removal, except for what the user has
    changed again."""
    with write_transaction(catalog.path) as db:
        for number, undone_at in _edits_of_removal(db, run):
            if undone_at is None:
                undo_for_contents(db, number, kept)


def _edits_of_removal(db: sqlite3.Connection, run: str) -> list[tuple[int, float | None]]:
    """The ids of the edits that belong to a removal, each with the time when it was undone."""
    rows = db.execute(
        "select e.id, e.undone_at from edit e join edit_change c on c.edit_id = e.id where c.hash ="
        " ? and c.field = ?",
        (NO_CONTENT, f"{REMOVAL_FIELD}{run}"),
    )
    return [(row[0], row[1]) for row in rows.fetchall()]
