"""The searchable names and texts of photos: table `photo_text`, which SQLite's FTS5 indexes by
trigrams in `photo_text_index`.

Both are derived from the rows of `photo`, `file`, `root` and `location`, in the same transaction as
these. Triggers keep the index in step with the table. `text_index.py` searches them.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from typing import NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.connection import MAX_BOUND_VALUES, connect
from explorer.library.durable_io import explain
from explorer.library.migration_steps.m017_keep_places import SQL
from explorer.library.paths import from_text, printable
from explorer.library.rows import stored_keywords
from explorer.library.text.text_folding import fold
from explorer.library.writer import Writer

log = logging.getLogger(__name__)

TEXT_COLUMNS = (
    "name", "folder", "camera", "lens", "keywords", "title", "description", "place",
)  # fmt: skip
"""The columns of `photo_text`, without its key."""
CURRENT_LOCATION = "l.photo_id = p.id and l.latitude = p.latitude and l.longitude = p.longitude"
"""Joins `photo_location` as l to `photo` as p: only rows for the photo's current coordinates."""
_INDEX = "photo_text_index"


class PhotoTexts(NamedTuple):
    """The names and texts of a visible photo, as they are shown. Each has any number of values."""

    name: tuple[str, ...] = ()
    """The names of its files."""
    folder: tuple[str, ...] = ()
    """The folders of its files, from the name of the watched folder on, with '/'."""
    camera: tuple[str, ...] = ()
    lens: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    description: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    """Where it was taken: part of the city, city, region, country."""

    def folded(self) -> tuple[str, ...]:
        """The values of TEXT_COLUMNS, folded; several values are on lines of their own."""
        return tuple("\n".join(fold(_one_line(value)) for value in values) for values in self)


def mentions_index(text: str) -> bool:
    """Whether a text names the index, or one of the tables in which FTS5 keeps it."""
    return _INDEX in text


def read_texts(db: sqlite3.Connection, photo_ids: Iterable[int]) -> dict[int, PhotoTexts]:
    """The names and texts of the visible photos among these, by id."""
    wanted, found = list(photo_ids), dict[int, PhotoTexts]()
    for start in range(0, len(wanted), MAX_BOUND_VALUES):
        some = wanted[start : start + MAX_BOUND_VALUES]
        rows = db.execute(
            "select p.id, p.camera, p.lens, p.keywords, p.title, p.description, r.path, f.path,"
            " o.place_name, o.city_name, o.region_name, o.country_name from"
            " photo p join file f on f.photo_id = p.id and f.state = 'present' join root r on"
            f" r.id = f.root_id left join photo_location l on {CURRENT_LOCATION}"
            " left join location o on o.id = l.location_id"
            f" where p.present > 0 and p.id in ({','.join('?' * len(some))})"
            " order by p.id, f.id",
            some,
        )
        for photo_id, camera, lens, keywords, title, description, root, path, *places in rows:
            folder, name = _folder_and_name(root, path)
            known = found.get(photo_id)
            if known is None:
                found[photo_id] = PhotoTexts(
                    (name,),
                    (folder,),
                    _values(camera),
                    _values(lens),
                    tuple(stored_keywords(keywords)),
                    _values(title),
                    _values(description),
                    tuple(dict.fromkeys(filter(None, places))),
                )
            else:
                found[photo_id] = known._replace(
                    name=tuple(dict.fromkeys((*known.name, name))),
                    folder=tuple(dict.fromkeys((*known.folder, folder))),
                )
    return found


def _values(text: str | None) -> tuple[str, ...]:
    return (text,) if text else ()


def _folder_and_name(root: str, path: str) -> tuple[str, str]:
    """From catalog texts: the folder from the root's own name on, and the file's name."""
    folder, _, name = path.rpartition("/")
    top = from_text(root).replace("\\", "/").rstrip("/").rpartition("/")[2]
    shown = printable(from_text(folder))
    return "/".join(part for part in (printable(top), shown) if part), printable(from_text(name))


def _one_line(value: str) -> str:
    return " ".join(value.split())


# --- following the catalog


def update_texts(writer: Writer, photo_ids: Iterable[int]) -> None:
    """Bring the texts of these photos up to date with the catalog; those of hidden photos are
    deleted.

    A photo whose texts changed gets a new change number, which filters by text follow.
    """
    with writer.transaction() as change:
        put_texts(writer.connection, photo_ids, change)


def put_texts(db: sqlite3.Connection, photo_ids: Iterable[int], change: int) -> None:
    """`update_texts` in a transaction of another connection. change: its change number."""
    chosen = list(dict.fromkeys(photo_ids))
    texts = read_texts(db, chosen)
    for photo_id in chosen:
        found = texts.get(photo_id)
        if _put(db, photo_id, found.folded() if found else None):
            db.execute(
                "update photo set change = ?1 where id = ?2 and change <> ?1", (change, photo_id)
            )


def fill_texts(db: sqlite3.Connection) -> None:
    """Make the names and texts of all waiting photos searchable."""
    waiting = waiting_photos(db)
    for start in range(0, len(waiting), MAX_BOUND_VALUES):
        texts = read_texts(db, waiting[start : start + MAX_BOUND_VALUES])
        for photo_id, found in texts.items():
            _put(db, photo_id, found.folded())


def _put(db: sqlite3.Connection, photo_id: int, new: tuple[str, ...] | None) -> bool:
    """Store these texts, or none; returns whether that changed anything."""
    old = db.execute(
        f"select {', '.join(TEXT_COLUMNS)} from photo_text where photo_id = ?", (photo_id,)
    ).fetchone()
    if (tuple(old) if old else None) == new:
        return False
    try:
        _replace(db, photo_id, new)
    except sqlite3.DatabaseError as error:
        if not is_damaged_index(error):
            raise
        log.warning("The index of names and texts is damaged (%s): it is being rebuilt.", error)
        rebuild_index(db)
        _replace(db, photo_id, new)
    return True


def _replace(db: sqlite3.Connection, photo_id: int, new: tuple[str, ...] | None) -> None:
    # Not `insert or replace`, which does not run the trigger of what it deletes.
    db.execute("delete from photo_text where photo_id = ?", (photo_id,))
    if new is not None:
        marks = ", ".join("?" * (1 + len(TEXT_COLUMNS)))
        db.execute(f"insert into photo_text values ({marks})", (photo_id, *new))


def waiting_photos(db: sqlite3.Connection) -> list[int]:
    """The visible photos whose names and texts are not searchable yet."""
    rows = db.execute(
        "select id from photo where present > 0 and id not in (select photo_id from photo_text)"
        " order by id"
    )
    return [photo_id for (photo_id,) in rows]


# --- checks and repairs


def is_damaged_index(error: sqlite3.Error) -> bool:
    """Whether an error is about FTS5's own tables, so that rebuilding the index cures it."""
    code = getattr(error, "sqlite_errorcode", 0)
    text = str(error)
    return code == sqlite3.SQLITE_CORRUPT_VTAB or any(
        words in text for words in ("fts5", "vtable constructor", _INDEX)
    )


def rebuild_index(db: sqlite3.Connection) -> None:
    """Build the index again from the table."""
    try:
        db.execute(f"insert into {_INDEX} ({_INDEX}) values ('rebuild')")
    except sqlite3.DatabaseError as error:
        if not is_damaged_index(error):
            raise
        _create_again(db)
        db.execute(f"insert into {_INDEX} ({_INDEX}) values ('rebuild')")


def _create_again(db: sqlite3.Connection) -> None:
    """Delete the index, which FTS5 can no longer open, and create an empty one."""
    own = db.execute(
        "select name from sqlite_master where type = 'table' and name glob ?", (f"{_INDEX}_*",)
    ).fetchall()
    for (name,) in own:
        db.execute(f'drop table "{name}"')
    # `drop table` would open it first.
    db.execute("pragma writable_schema = on")
    db.execute("delete from sqlite_master where type = 'table' and name = ?", (_INDEX,))
    db.execute("pragma writable_schema = reset")
    (statement,) = (each for each in SQL.split(";\n") if f"virtual table {_INDEX}" in each)
    db.execute(statement)


def index_is_sound(catalog: Catalog) -> bool:
    """Whether the index agrees with the table. Nothing is changed, but nothing can be written
    in the meantime."""
    try:
        # FTS5 takes its commands as rows, which need a connection that may write.
        with closing(connect(catalog.path)) as db:
            db.execute(f"insert into {_INDEX} ({_INDEX}, rank) values ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        if not is_damaged_index(error):
            raise explain(error, catalog.path.parent) or error from error
        return False
    return True


def outdated_photos(catalog: Catalog) -> list[int]:
    """Photos whose stored texts differ from what the catalog says about them, or that are hidden
    and still have texts. Photos without a row are not included."""
    wrong = list[int]()
    with catalog.reading() as db:
        stored = {
            row[0]: tuple(row)[1:]
            for row in db.execute(f"select photo_id, {', '.join(TEXT_COLUMNS)} from photo_text")
        }
        texts = read_texts(db, stored)
    for photo_id, row in stored.items():
        found = texts.get(photo_id)
        if found is None or found.folded() != row:
            wrong.append(photo_id)
    return wrong
