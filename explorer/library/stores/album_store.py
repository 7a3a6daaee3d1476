"""Albums, which users create: tables `album` and `album_photo`.

An album refers to photos by the hashes of their contents, so photos stay in it if their files are
moved. The app and the command line write albums themselves, each in a short transaction.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from explorer.errors import UsageError
from explorer.library.catalog import Catalog, Ids
from explorer.library.connection import write_transaction
from explorer.library.edits.edit_history import (
    NO_CONTENT,
    FieldChange,
    PastEdit,
    begin_edit,
    end_edit,
    photo_hashes,
    photos_with,
    record_changes,
    stored,
    touch_photos,
)
from explorer.library.edits.typed_names import checked_name, did_you_mean, name_key, nearest_names
from explorer.library.queries.photo_conditions import PhotoCondition
from explorer.library.text.text_folding import fold
from explorer.text_format import MAX_NAME_LENGTH, excerpt

ALBUM_FIELD = "album:"
"""The prefix of the field of a change in the edit history; the album's id follows. The value is
null or [1]: whether a content is in the album or, with NO_CONTENT, whether the album exists."""
_MEMBER = {True: stored([1]), False: None}


class Album(NamedTuple):
    """An album."""

    id: int
    name: str
    photos: int
    """Number of its visible photos."""
    cover: int | None
    """The id of the newest of them; None if there are none."""


def albums(catalog: Catalog) -> list[Album]:
    """All albums that are not deleted, sorted by name."""
    with catalog.reading() as db:
        rows = db.execute(
            "select a.id, a.name, count(p.id) photos, (select q.id from album_photo b join photo q"
            " on q.hash = b.hash and q.present > 0 where b.album_id = a.id order by q.taken_at"
            " desc, q.id desc limit 1) cover from album a left join album_photo m on m.album_id ="
            " a.id left join photo p on p.hash = m.hash and p.present > 0 where a.deleted_at is"
            " null group by a.id"
        ).fetchall()
    return sorted((Album(*row) for row in rows), key=lambda album: fold(album.name))


def favourites(catalog: Catalog) -> list[int]:
    """The ids of the visible favorites, the newest first."""
    with catalog.reading() as db:
        rows = db.execute(
            "select id from photo where favourite and present > 0 order by taken_at desc, id desc"
        ).fetchall()
    return [row[0] for row in rows]


def find_album(catalog: Catalog, name: str) -> Album:
    """The album with the given name, ignoring case and accents. Raises UsageError if there is
    none."""
    known = {name_key(album.name): album for album in albums(catalog)}
    found = known.get(name_key(name))
    if found is not None:
        return found
    names = [album.name for album in known.values()]
    listed = ", ".join(f"“{each}”" for each in names)
    hint = f"There are: {listed}." if names else "There are no albums yet."
    hint = did_you_mean(nearest_names(name, names), hint)
    raise UsageError(f"There is no album “{excerpt(name)}”. {hint}")


def albums_of(catalog: Catalog, photo_id: int) -> list[str]:
    """The names of the albums that a photo is in, sorted."""
    with catalog.reading() as db:
        rows = db.execute(
            "select a.name from album a join album_photo m on m.album_id = a.id join photo p on"
            " p.hash = m.hash where p.id = ?",
            (photo_id,),
        ).fetchall()
    return sorted((row[0] for row in rows), key=fold)


def add_to_album(
    catalog: Catalog, name: str, photo_ids: Iterable[int]
) -> tuple[str, PastEdit | None]:
    """Add photos to the album with the given name, which is created if it does not exist. Returns
    the album's name, and the edit as it was recorded; None if all photos were in it before. Raises
    UsageError if the name is empty."""
    with write_transaction(catalog.path) as db:
        return _add_to_album(db, name, photo_hashes(db, photo_ids))


def add_contents_to_album(
    catalog: Catalog, name: str, hashes: Iterable[bytes]
) -> tuple[str, PastEdit | None]:
    """Like `add_to_album`, by content hashes. Contents that are not in the library appear in the
    album once they are."""
    with write_transaction(catalog.path) as db:
        return _add_to_album(db, name, list(dict.fromkeys(hashes)))


def remove_from_album(catalog: Catalog, album: Album, photo_ids: Iterable[int]) -> PastEdit | None:
    """Remove photos from an album. Returns the edit as it was recorded; None if none of them was in
    it."""
    with write_transaction(catalog.path) as db:
        edit = begin_edit(db, f"Removed from the album “{album.name}”")
        _change_membership(db, edit, album.id, photo_hashes(db, photo_ids), member=False)
        return end_edit(db, edit)


def rename_album(catalog: Catalog, album_id: int, name: str) -> str:
    """Rename an album; return its name as it is stored. Raises UsageError if another album has the
    name, if the name is empty, and if the album was deleted."""
    name = checked_name(name, "An album")
    with write_transaction(catalog.path) as db:
        known = _album_named(db, name)
        if known is not None and known[0] != album_id:
            raise UsageError(f"An album named “{known[1]}” already exists: choose another name.")
        renamed = db.execute(
            "update album set name = ? where id = ? and deleted_at is null", (name, album_id)
        )
        if not renamed.rowcount:
            raise UsageError("This album no longer exists: it was deleted.")
        touch_photos(db, [])
    return name


def delete_album(catalog: Catalog, album: Album) -> PastEdit | None:
    """Delete an album; its photos stay in the library. Returns the edit as it was recorded; None if
    the album was already deleted."""
    with write_transaction(catalog.path) as db:
        edit = begin_edit(db, f"Deleted the album “{album.name}”")
        rows = db.execute("select hash from album_photo where album_id = ?", (album.id,)).fetchall()
        _change_membership(db, edit, album.id, [row[0] for row in rows], member=False)
        deleted = db.execute(
            "update album set deleted_at = ? where id = ? and deleted_at is null",
            (time.time(), album.id),
        )
        if deleted.rowcount:
            _record_existence(db, edit, album.id, exists=False)
        return end_edit(db, edit)


# --- parts of edits, and of undoing them, in a write transaction


def _add_to_album(
    db: sqlite3.Connection, name: str, hashes: list[bytes]
) -> tuple[str, PastEdit | None]:
    name = checked_name(name, "An album")
    known = _album_named(db, name)
    number, name = known or (0, name)
    edit = begin_edit(db, f"Added to the album “{name}”")
    if known is None and hashes:
        number = _create(db, edit, name)
    _change_membership(db, edit, number, hashes, member=True)
    return name, end_edit(db, edit)


def set_membership(db: sqlite3.Connection, album_id: int, digest: bytes, *, member: bool) -> bool:
    """Add a content to an album that is not deleted, or remove it; return whether that changed
    anything."""
    if member:
        sql = (
            "insert or ignore into album_photo select ?1, ?2, ?3 where exists (select 1 from album"
            " where id = ?1 and deleted_at is null)"
        )
        return db.execute(sql, (album_id, digest, time.time())).rowcount > 0
    sql = "delete from album_photo where album_id = ? and hash = ?"
    return db.execute(sql, (album_id, digest)).rowcount > 0


def album_ids_of(db: sqlite3.Connection, digest: bytes) -> list[int]:
    """The ids of the albums that a content is in, whether or not it is in the library."""
    rows = db.execute("select album_id from album_photo where hash = ? order by 1", (digest,))
    return [row[0] for row in rows.fetchall()]


def membership_change(album_id: int, digest: bytes, *, member: bool) -> FieldChange:
    """The change of a content that was added to an album, or removed from it."""
    return FieldChange(digest, f"{ALBUM_FIELD}{album_id}", _MEMBER[not member], _MEMBER[member])


def revive_album(db: sqlite3.Connection, album_id: int) -> str | None:
    """Bring a deleted album back, without photos; return its name, which has a number if another
    album has the name now. None if there is no such deleted album."""
    row = db.execute(
        "select name from album where id = ? and deleted_at is not null", (album_id,)
    ).fetchone()
    if row is None:
        return None
    name, number = str(row[0]), 1
    while _album_named(db, name) is not None:
        number += 1
        ending = f" ({number})"
        name = f"{row[0][: MAX_NAME_LENGTH - len(ending)].rstrip()}{ending}"
    db.execute("update album set name = ?, deleted_at = null where id = ?", (name, album_id))
    return name


def drop_if_empty(db: sqlite3.Connection, album_id: int) -> bool:
    """Delete an album that has no photos, after its creation was undone; return whether that
    changed anything."""
    dropped = db.execute(
        "update album set deleted_at = ? where id = ? and deleted_at is null and id not in (select"
        " album_id from album_photo)",
        (time.time(), album_id),
    )
    return dropped.rowcount > 0


def _change_membership(
    db: sqlite3.Connection, edit_id: int, album_id: int, hashes: Iterable[bytes], *, member: bool
) -> None:
    """Add contents to an album or remove them, as part of an edit."""
    changed = [digest for digest in hashes if set_membership(db, album_id, digest, member=member)]
    record_changes(
        db, edit_id, [membership_change(album_id, digest, member=member) for digest in changed]
    )
    touch_photos(db, photos_with(db, changed))


def _create(db: sqlite3.Connection, edit_id: int, name: str) -> int:
    """Create an album as part of an edit; return its id."""
    (number,) = db.execute(
        "insert into album (name, created_at) values (?, ?) returning id", (name, time.time())
    ).fetchone()
    _record_existence(db, edit_id, number, exists=True)
    return int(number)


def _record_existence(db: sqlite3.Connection, edit_id: int, album_id: int, *, exists: bool) -> None:
    """Record that an edit created an album, or deleted it."""
    record_changes(db, edit_id, [membership_change(album_id, NO_CONTENT, member=exists)])


def _album_named(db: sqlite3.Connection, name: str) -> tuple[int, str] | None:
    for number, known in db.execute("select id, name from album where deleted_at is null"):
        if name_key(known) == name_key(name):
            return number, known
    return None


# --- the photos in albums


def in_album(album_id: int) -> PhotoCondition:
    """The condition that a photo is in an album."""
    return PhotoCondition(
        "exists (select 1 from album_photo m where m.hash = p.hash and m.album_id = ?)", (album_id,)
    )


def album_photos(catalog: Catalog, album_id: int) -> Ids:
    """The ids of an album's visible photos, the oldest first; those without a date are last."""
    with catalog.reading() as db:
        rows = db.execute(
            "select p.id from photo p join album_photo m on m.hash = p.hash where m.album_id = ?"
            " and p.present > 0 order by p.taken_at is null, p.taken_at, p.id",
            (album_id,),
        ).fetchall()
    return np.fromiter((row[0] for row in rows), np.int64, len(rows))
