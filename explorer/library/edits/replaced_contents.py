"""What the user set for a content, carried over to another one that has taken its place: edits,
albums, dismissed findings, decisions about duplicates, and examples of concepts.

All functions need the connection of a transaction that writes.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from explorer.library.edits.carried_edits import carry_edits, has_edits
from explorer.library.paths import join
from explorer.library.stores.concept_store import copy_examples
from explorer.library.stores.decision_store import copy_decisions
from explorer.library.stores.dismissal_store import copy_dismissals


class PictureShape(NamedTuple):
    """What two contents must have in common to be one picture."""

    sides: tuple[int, int]
    """The lengths of its sides in pixels, the shorter one first."""
    frames: int


def content_of(db: sqlite3.Connection, photo_id: int | None) -> bytes | None:
    """The content hash of a photo; None if there is no such photo."""
    row = db.execute("select hash from photo where id = ?", (photo_id,)).fetchone()
    return None if row is None else bytes(row[0])


def shape_of(db: sqlite3.Connection, digest: bytes) -> PictureShape | None:
    """The shape of a content; None if the library does not have it."""
    row = db.execute(
        "select min(width, height), max(width, height), frames from photo where hash = ?", (digest,)
    ).fetchone()
    return None if row is None else PictureShape((row[0], row[1]), row[2])


def present_paths(db: sqlite3.Connection, digest: bytes) -> list[str]:
    """The absolute paths of the files that have a content now."""
    rows = db.execute(
        "select r.path, f.path from file f join photo p on p.id = f.photo_id join root r on r.id ="
        " f.root_id where p.hash = ? and f.state = 'present' and f.gone_at is null",
        (digest,),
    )
    return [join(root, path) for root, path in rows.fetchall()]


def is_set_by_user(db: sqlite3.Connection, digest: bytes) -> bool:
    """Whether the user has set anything for a content."""
    (found,) = db.execute(
        "select exists (select 1 from dismissed where subject = ?1) or exists (select 1 from"
        " decided where hash = ?2) or exists (select 1 from concept_photo where hash = ?2)",
        (digest.hex(), digest),
    ).fetchone()
    return bool(found) or has_edits(db, digest)


def carry_all(db: sqlite3.Connection, edit_id: int, before: bytes, after: bytes) -> int:
    """Carry everything over to the content that has replaced another one in its file; return how
    many edits changed something. The former rows stay, because the former content may come back.

    Edits replace those of the new content, unless it also has other files.
    """
    copy_dismissals(db, before, after)
    copy_decisions(db, before, after)
    copy_examples(db, before, after)
    return carry_edits(db, edit_id, before, after, replace=len(present_paths(db, after)) == 1)
