"""Encoders and their vectors: tables `encoder` and `embedding`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.file_rows import KNOWN_FILE_COLUMNS, KnownFile
from explorer.library.writer import Writer


def register_encoder(writer: Writer, name: str, version: str, dim: int) -> int:
    """The id under which vectors of this encoder are stored, added if needed. dim: their length."""
    writer.connection.execute(
        "insert or ignore into encoder (name, version, dim) values (?, ?, ?)", (name, version, dim)
    )
    row = writer.connection.execute(
        "select id from encoder where name = ? and version = ?", (name, version)
    ).fetchone()
    return int(row[0])


def put_embedding(
    writer: Writer, encoder_id: int, photo_id: int, vector: npt.NDArray[np.float32]
) -> None:
    """Store the vector of a photo, of shape (dim,), in half precision, replacing an earlier one."""
    with writer.transaction() as change:
        blob = vector.astype(np.float16).tobytes()
        writer.connection.execute(
            "insert or replace into embedding values (?, ?, ?)", (encoder_id, photo_id, blob)
        )
        writer.connection.execute("update photo set change = ? where id = ?", (change, photo_id))


def drop_embeddings(writer: Writer, encoder_id: int, photo_ids: Iterable[int]) -> None:
    """Delete these photos' vectors and nearest neighbors; the next indexing run computes them
    again."""
    with writer.transaction() as change:
        for photo_id in photo_ids:
            for table in ("embedding", "neighbour"):
                writer.connection.execute(
                    f"delete from {table} where encoder_id = ? and photo_id = ?",
                    (encoder_id, photo_id),
                )
            writer.connection.execute(
                "update photo set change = ? where id = ?", (change, photo_id)
            )


class UnencodedPhoto(NamedTuple):
    """A visible photo that an encoder has no vector of."""

    photo_id: int
    hash: str
    """The hash of its content, in hex."""
    width: int
    height: int


def unencoded_photos(writer: Writer, encoder_id: int) -> list[UnencodedPhoto]:
    """Visible photos that this encoder has no vector of, newest first."""
    rows = writer.connection.execute(
        "select p.id, p.hash, p.width, p.height from photo p where p.present > 0 and not exists"
        " (select 1 from embedding e where e.photo_id = p.id and e.encoder_id = ?)"
        " order by p.taken_at desc, p.id desc",
        (encoder_id,),
    )
    return [UnencodedPhoto(row[0], row[1].hex(), row[2], row[3]) for row in rows]


def is_visible(writer: Writer, photo_id: int) -> bool:
    """Whether a photo is still in the library."""
    row = writer.connection.execute(
        "select 1 from photo where id = ? and present > 0", (photo_id,)
    ).fetchone()
    return row is not None


def drop_encoder(writer: Writer, name: str) -> int:
    """Delete all vectors of an encoder, whatever its version, and what was derived from them.
    Returns how many vectors it had."""
    rows = writer.connection.execute("select id from encoder where name = ?", (name,)).fetchall()
    return _drop(writer, [row[0] for row in rows])


def drop_other_versions(writer: Writer, encoder_id: int) -> list[tuple[str, str]]:
    """Delete the vectors of other versions of an encoder, which no search uses, and what was
    derived from them. Returns the name and the version of each."""
    rows = writer.connection.execute(
        "select o.id, o.name, o.version from encoder o join encoder c on c.name = o.name where"
        " c.id = ? and o.id <> c.id",
        (encoder_id,),
    ).fetchall()
    if rows:
        _drop(writer, [row[0] for row in rows])
    return [(row[1], row[2]) for row in rows]


def _drop(writer: Writer, encoder_ids: Iterable[int]) -> int:
    """Delete encoders with their vectors; returns how many vectors they had."""
    db, number = writer.connection, 0
    with writer.transaction():
        for encoder_id in encoder_ids:
            number += db.execute(
                "select count(*) from embedding where encoder_id = ?", (encoder_id,)
            ).fetchone()[0]
            for stage in ("neighbours", "map"):
                db.execute("delete from stage where name = ?", (f"{stage} {encoder_id}",))
            for table in ("embedding", "neighbour", "place", "drawing"):
                db.execute(f"delete from {table} where encoder_id = ?", (encoder_id,))
            db.execute("delete from encoder where id = ?", (encoder_id,))
    return number


def photos_without_embedding(writer: Writer, encoder_id: int) -> list[tuple[int, KnownFile, str]]:
    """Visible photos that this encoder has no vector of, newest first: (photo id, one of its files,
    its root's path). A file that is away is chosen only if there is no other."""
    rows = writer.connection.execute(
        f"select {KNOWN_FILE_COLUMNS}, r.path root,"
        " min((r.state <> 'online' or f.gone_at is not null) << 62 | f.id) from photo p"
        " join file f on f.photo_id = p.id and f.state = 'present' join root r on r.id = f.root_id"
        " where p.present > 0 and not exists (select 1 from embedding e"
        " where e.photo_id = p.id and e.encoder_id = ?) group by p.id"
        " order by p.taken_at desc, p.id desc",
        (encoder_id,),
    )
    return [(row["photo_id"], KnownFile(*row[:11]), row["root"]) for row in rows]
