"""The history of edits, so that each can be undone: tables `edit` and `edit_change`."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.chunks import chunks
from explorer.library.connection import MAX_BOUND_VALUES
from explorer.library.stores.photo_text_store import put_texts


class PastEdit(NamedTuple):
    """One edit of any number of photos."""

    id: int
    summary: str
    """A description for the user, such as “Rated 4 stars”."""
    photos: int
    """The number of contents that it changed; 0 if it only created or deleted an album."""
    made_at: float
    """The time of the edit, in Unix seconds."""


NO_CONTENT = b""
"""The hash of a change that is not about a content, but about an album itself, or that refers to a
removal."""
REMOVAL_FIELD = "removal:"
"""The prefix of the field of a change that says to which removal an edit belongs; the id of its run
follows. It changes nothing itself."""


class FieldChange(NamedTuple):
    """The change of one field of a photo by an edit."""

    hash: bytes
    """The hash of the content, or NO_CONTENT."""
    field: str
    before: str | None
    """The value in JSON; None: that of the file."""
    after: str | None
    """The value in JSON; None: that of the file."""


_EDITS = (
    "select id, summary, (select count(distinct hash) from edit_change where edit_id = edit.id and"
    " hash <> x''), made_at from edit"
)


def past_edits(catalog: Catalog, limit: int = 20) -> list[PastEdit]:
    """At most `limit` edits that were not undone, the latest first."""
    with catalog.reading() as db:
        rows = db.execute(
            f"{_EDITS} where undone_at is null order by id desc limit ?", (limit,)
        ).fetchall()
    return [PastEdit(*row) for row in rows]


# The functions below must be called in a write transaction.


def begin_edit(db: sqlite3.Connection, summary: str) -> int:
    """Start to record an edit; return its id. summary: a description, such as “Rated 4 stars”."""
    (number,) = db.execute(
        "insert into edit (summary, made_at) values (?, ?) returning id", (summary, time.time())
    ).fetchone()
    return int(number)


def continue_edit(db: sqlite3.Connection, edit_id: int | None, summary: str) -> int:
    """Start recording an edit, or continue this one if it is still the latest; return its id."""
    row = db.execute(
        "select id from edit where undone_at is null order by id desc limit 1"
    ).fetchone()
    return int(row[0]) if row and row[0] == edit_id else begin_edit(db, summary)


def record_changes(db: sqlite3.Connection, edit_id: int, changes: Iterable[FieldChange]) -> None:
    """Record changes as part of an edit. If it has changed a field of a content before, the value
    that this one had at first remains the one to restore."""
    db.executemany(
        "insert into edit_change values (?, ?, ?, ?, ?) on conflict (edit_id, hash, field) do"
        " update set after = excluded.after",
        ((edit_id, *each) for each in changes),
    )


def end_edit(db: sqlite3.Connection, edit_id: int) -> PastEdit | None:
    """Finish recording an edit. Returns it; None if it changed nothing, and is not recorded."""
    db.execute(
        "delete from edit where id = ?1 and not exists (select 1 from edit_change where edit_id ="
        " ?1)",
        (edit_id,),
    )
    row = db.execute(f"{_EDITS} where id = ?", (edit_id,)).fetchone()
    return PastEdit(*row) if row else None


def stored(values: Sequence[object] | None) -> str | None:
    """Values in the JSON format of `edit_change`."""
    return None if values is None else json.dumps(values, ensure_ascii=False)


def _next_change(db: sqlite3.Connection) -> int:
    """The change number of a transaction that changes photos."""
    (number,) = db.execute("update clock set change = change + 1 returning change").fetchone()
    return int(number)


def touch_photos(db: sqlite3.Connection, photo_ids: Sequence[int]) -> None:
    """Make readers notice that these photos or albums changed, and make the photos' texts
    searchable."""
    change = _next_change(db)
    for some in chunks(photo_ids, MAX_BOUND_VALUES):
        db.execute(
            f"update photo set change = {change} where id in ({','.join('?' * len(some))})", some
        )
    put_texts(db, photo_ids, change)


def photo_hashes(db: sqlite3.Connection, photo_ids: Iterable[int]) -> list[bytes]:
    """The content hashes of the photos among these ids, in the order of their ids."""
    return [
        row[0]
        for some in chunks(sorted(set(photo_ids)), MAX_BOUND_VALUES)
        for row in db.execute(
            f"select hash from photo where id in ({','.join('?' * len(some))}) order by id", some
        )
    ]


def photos_with(db: sqlite3.Connection, hashes: Iterable[bytes]) -> list[int]:
    """The ids of the photos that have these content hashes."""
    return [
        row[0]
        for some in chunks(sorted(set(hashes)), MAX_BOUND_VALUES)
        for row in db.execute(
            f"select id from photo where hash in ({','.join('?' * len(some))})", some
        )
    ]
