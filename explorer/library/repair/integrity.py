"""Integrity checks of the catalog beyond the schema, and their repairs."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.durable_io import explain
from explorer.library.migrations import VERSION, migrate
from explorer.library.paths import from_text, join
from explorer.library.repair.column_values import columns_of, fits
from explorer.library.stores.photo_text_store import mentions_index
from explorer.library.writer import Writer

# Maximum number of faults of a catalog's file that are listed, and seconds to wait for another
# program that keeps it locked.
_MAX_FAULTS, _WAIT = 20, 30.0


class PresentFile(NamedTuple):
    """A file that should be on disk. path: absolute. hash: hex."""

    id: int
    root: str
    path: str
    size: int
    mtime_ns: int
    hash: str


class IntegrityRule(NamedTuple):
    """An invariant of the catalog, beyond what the schema enforces."""

    sql: str
    """Selects the ids of the rows that violate it."""
    text: str
    """What is wrong, in words; `{}` stands for the id."""
    repair: str
    """SQL that takes such an id."""


# A file whose row cannot be trusted is read again: no file has this size.
_READ_AGAIN = (
    "update file set state = 'failed', photo_id = null, size = -1, fault = null,"
    " reason = 'it is to be read again' where id = ?"
)
_DELETE_DANGLING_PLACES = (
    "delete from place where photo_id not in (select id from photo)"
    " or encoder_id not in (select id from encoder)"
)
_PARENT = "rtrim(rtrim(path, replace(path, '/', '')), '/')"

INTEGRITY_RULES = (
    IntegrityRule(
        "select id from file where state = 'present' and photo_id is null",
        "File {} is marked as present but belongs to no photo.",
        _READ_AGAIN,
    ),
    IntegrityRule(
        "select id from file where state = 'failed' and photo_id is not null",
        "File {} is marked as failed but belongs to a photo.",
        _READ_AGAIN,
    ),
    IntegrityRule(
        "select id from file where state = 'failed' and coalesce(reason, '') = ''",
        "File {} is marked as failed without a reason.",
        _READ_AGAIN,
    ),
    IntegrityRule(
        "select id from file where state = 'missing' and photo_id is null",
        "File {} is marked as missing but belonged to no photo.",
        "delete from file where id = ?",
    ),
    IntegrityRule(
        f"select id from file where folder <> {_PARENT}",
        "File {} is listed under the wrong folder.",
        f"update file set folder = {_PARENT} where id = ?",
    ),
    IntegrityRule(
        "select photo_id from purged where photo_id in (select id from photo)",
        "Photo {} exists but is listed as deleted.",
        "delete from purged where photo_id = ?",
    ),
    IntegrityRule(
        "select id from photo where change > (select change from clock)",
        "Photo {} has a change number that has not been reached yet.",
        "update photo set change = (select change from clock) where id = ?",
    ),
    IntegrityRule(
        "select photo_id from purged where change > (select change from clock)",
        "Deleted photo {} has a change number that has not been reached yet.",
        "update purged set change = (select change from clock) where photo_id = ?",
    ),
)


def find_damage(path: Path) -> list[str]:
    """The problems of a catalog's file: faults that SQLite finds (`pragma integrity_check`),
    missing tables, and invalid values. Empty if there are none. Reads everything, changes nothing.
    """
    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_WAIT)
        ) as db:
            db.text_factory = _text
            found = [
                _printable(row[0])
                for row in db.execute(f"pragma integrity_check({_MAX_FAULTS})")
                # Newer releases of SQLite also check the index of texts, which `check_texts` does.
                if row[0] != "ok" and not mentions_index(_printable(row[0]))
            ]
            return found or _wrong_values(db)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (
            sqlite3.SQLITE_BUSY,
            sqlite3.SQLITE_LOCKED,
            sqlite3.SQLITE_CANTOPEN,
        ):
            raise explain(error, path.parent) or error from error
        return [_printable(str(error))]


def _wrong_values(db: sqlite3.Connection) -> list[str]:
    found = list[str]()
    with contextlib.closing(sqlite3.connect(":memory:")) as whole:
        migrate(whole)
        names = [
            row[0]
            for row in whole.execute(
                "select name from sqlite_master where type = 'table' and name not like '%sqlite%'"
            )
            if not mentions_index(row[0])
        ]
        (version,) = db.execute("pragma user_version").fetchone()
        for table in names:
            columns = columns_of(db, table)
            if not columns and version == VERSION:
                found.append(f"the table {table} is not there")
            for row in db.execute(f'select * from "{table}"') if columns else ():
                wrong = [
                    column.name
                    for column, value in zip(columns, row, strict=True)
                    if not fits(table, column, value)
                ]
                if wrong:
                    found.append(
                        f"a row of {table} holds a value that cannot be ({', '.join(wrong)})"
                    )
            if len(found) >= _MAX_FAULTS:
                break
    return found[:_MAX_FAULTS]


def _text(raw: bytes) -> str | bytes:
    """Text from the file, or its bytes, which no text column accepts, if it is not UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def _printable(text: object) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else str(text)


def dangling_references(catalog: Catalog) -> list[tuple[str, int | None, str]]:
    """Rows that refer to a missing row: (table, rowid or None if the table has none, table
    referred to)."""
    with catalog.reading() as db:
        return [(row[0], row[1], row[2]) for row in db.execute("pragma foreign_key_check")]


def repair_saved_references(db: sqlite3.Connection) -> dict[str, int]:
    """Repair dangling references in a catalog that was just filled with salvaged rows; returns how
    many rows were deleted, by table."""
    gone = dict[str, int]()
    while rows := db.execute("pragma foreign_key_check").fetchall():
        for table, row, to, _ in rows:
            if (table, to) == ("file", "photo"):
                db.execute(_READ_AGAIN, (row,))
            elif row is None:
                # In the one table without rowids, all at once.
                db.execute(_DELETE_DANGLING_PLACES)
            elif db.execute(f'delete from "{table}" where rowid = ?', (row,)).rowcount:
                gone[table] = gone.get(table, 0) + 1
    return gone


def repair_dangling_references(writer: Writer, rows: list[tuple[str, int | None, str]]) -> None:
    """Mark files of missing photos to be read again, and delete other rows that refer to missing
    ones."""
    with writer.transaction():
        for table, row, to in rows:
            if row is None:
                # In the one table without rowids, all at once.
                writer.connection.execute(_DELETE_DANGLING_PLACES)
            else:
                writer.connection.execute(
                    _READ_AGAIN
                    if (table, to) == ("file", "photo")
                    else f'delete from "{table}" where rowid = ?',
                    (row,),
                )


def violations(catalog: Catalog, rule: IntegrityRule) -> list[int]:
    """The ids of the rows that violate a rule."""
    with catalog.reading() as db:
        return [row[0] for row in db.execute(rule.sql)]


def repair_violations(writer: Writer, rule: IntegrityRule, ids: list[int]) -> None:
    """Repair the rows that violate a rule."""
    with writer.transaction():
        writer.connection.executemany(rule.repair, ((i,) for i in ids))


def miscounted_photos(catalog: Catalog) -> list[int]:
    """Photos whose count of present files is wrong, or that are wrongly marked, or not marked, as
    orphans."""
    with catalog.reading() as db:
        rows = db.execute(
            "select p.id from photo p left join file f on f.photo_id = p.id group by p.id"
            " having p.present <> sum(f.state is 'present') or (count(f.id) = 0) <> (p.orphaned_at"
            " is not null)"
        )
        return [row[0] for row in rows]


def photo_ids_by_hash(catalog: Catalog) -> dict[str, int]:
    """The id of every photo, hidden ones too, by its content hash (hex)."""
    with catalog.reading() as db:
        return {row[0].hex(): row[1] for row in db.execute("select hash, id from photo")}


def mark_for_rereading(writer: Writer, file_ids: list[int]) -> None:
    """Mark these files to be read again by the next indexing, even if they are unchanged."""
    with writer.transaction():
        writer.connection.executemany(
            "update file set size = -1 where id = ?", ((i,) for i in file_ids)
        )


def present_files(catalog: Catalog) -> Iterator[PresentFile]:
    """Every file that should be on disk, without vanished ones."""
    with catalog.reading() as db:
        rows = db.execute(
            "select f.id, r.path, f.path, f.size, f.mtime_ns, p.hash from file f join root r on"
            " r.id = f.root_id"
            " join photo p on p.id = f.photo_id where f.state = 'present' and f.gone_at is null"
        )
        for file_id, root, path, size, mtime_ns, digest in rows:
            yield PresentFile(
                file_id, from_text(root), join(root, path), size, mtime_ns, digest.hex()
            )


def count_without_embedding(catalog: Catalog, encoder_id: int) -> int:
    """Number of visible photos without a vector of an encoder."""
    with catalog.reading() as db:
        (number,) = db.execute(
            "select count(*) from photo p where p.present > 0"
            " and not exists (select 1 from embedding e where e.photo_id = p.id and e.encoder_id ="
            " ?)",
            (encoder_id,),
        ).fetchone()
    return int(number)
