"""How far each stage has followed the catalog (`analysis/stages.py`), and the nearest photos that
one of them keeps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Catalog, Ids
from explorer.library.writer import Writer

Scores = npt.NDArray[np.float32]

# Nearest photos kept for each photo. With near-copies left out, enough stay to tell how dense a
# neighbourhood is.
KEPT = 24
# In a row of the arrays below: no photo.
NOBODY = -1
# Lists that are looked at to tell how near is usual.
_SAMPLE = 1000


def reached(catalog: Catalog, name: str, version: str) -> int:
    """The change up to which that stage has taken in the catalog; 0 where it never ran, or what it
    keeps is of another version."""
    with catalog.reading() as db:
        row = db.execute(
            "select change from stage where name = ? and version = ?", (name, version)
        ).fetchone()
    return int(row[0]) if row else 0


def lags(catalog: Catalog, name: str, version: str) -> bool:
    """Whether photos came, changed or went since that stage took in the catalog; what other stages
    wrote does not count."""
    since = reached(catalog, name, version)
    with catalog.reading() as db:
        sql = "select exists (select 1 from photo where change > ?1) or exists (select 1 from purged where change > ?1)"
        return since == 0 or bool(db.execute(sql, (since,)).fetchone()[0])


def set_reached(writer: Writer, name: str, version: str, change: int) -> None:
    """Note how far a stage is."""
    writer.connection.execute(
        "insert or replace into stage (name, version, change) values (?, ?, ?)",
        (name, version, change),
    )


class Neighbours(NamedTuple):
    """The nearest photos of every photo that has them. ids: (n,). near: (n, KEPT) ids, best first,
    NOBODY behind the last.
    scores: (n, KEPT) cosines, -2 where there is nobody."""

    ids: Ids
    near: Ids
    scores: Scores


def neighbours(catalog: Catalog, encoder_id: int) -> Neighbours:
    """All that is kept for an encoder. A photo in a row may have gone since: compare with the ids
    that are visible."""
    with catalog.reading() as db:
        rows = db.execute(
            "select photo_id, ids, scores from neighbour where encoder_id = ? order by photo_id",
            (encoder_id,),
        ).fetchall()
    ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    near, scores = empty_rows(len(rows))
    # Nearly all rows are full, and those are read at once.
    full = np.fromiter(
        (len(row[1]) == 8 * KEPT and len(row[2]) == 4 * KEPT for row in rows), np.bool_, len(rows)
    )
    whole = [rows[number] for number in np.flatnonzero(full).tolist()]
    near[full] = np.frombuffer(b"".join(row[1] for row in whole), "<i8").reshape(-1, KEPT)
    scores[full] = np.frombuffer(b"".join(row[2] for row in whole), "<f4").reshape(-1, KEPT)
    for number in np.flatnonzero(~full).tolist():
        _, some, values = rows[number]
        count = len(some) // 8
        near[number, :count] = np.frombuffer(some, "<i8")
        scores[number, :count] = np.frombuffer(values, "<f4")
    return Neighbours(ids, near, scores)


def unsound(catalog: Catalog, encoder_id: int) -> list[int]:
    """Photos whose row cannot be what `put_neighbours` wrote: cut off, too long, with itself or a
    photo twice in it, or out of order."""
    with catalog.reading() as db:
        rows = db.execute(
            "select photo_id, ids, scores from neighbour where encoder_id = ?", (encoder_id,)
        ).fetchall()
    return [photo_id for photo_id, some, values in rows if not _is_sound(photo_id, some, values)]


def _is_sound(photo_id: int, some: bytes, values: bytes) -> bool:
    if len(some) % 8 or len(some) != 2 * len(values) or len(some) > 8 * KEPT:
        return False
    ids, scores = np.frombuffer(some, "<i8"), np.frombuffer(values, "<f4")
    return bool(
        len(np.unique(ids)) == len(ids)
        and photo_id not in ids
        and np.isfinite(scores).all()
        and (np.diff(scores) <= 0).all()
    )


def forget_neighbours(writer: Writer, encoder_id: int, name: str) -> None:
    """Forget all rows of an encoder, and that the stage of that name made them; the next indexing
    makes them again."""
    with writer.transaction():
        writer.connection.execute("delete from stage where name = ?", (name,))
        writer.connection.execute("delete from neighbour where encoder_id = ?", (encoder_id,))


def neighbours_of(catalog: Catalog, encoder_id: int, photo_id: int) -> list[tuple[int, float]]:
    """The nearest photos of one photo, best first: (id, cosine). Empty while they have not been
    looked for."""
    with catalog.reading() as db:
        row = db.execute(
            "select ids, scores from neighbour where encoder_id = ? and photo_id = ?",
            (encoder_id, photo_id),
        ).fetchone()
    return (
        list(
            zip(
                np.frombuffer(row[0], "<i8").tolist(),
                np.frombuffer(row[1], "<f4").tolist(),
                strict=True,
            )
        )
        if row
        else []
    )


def usual_cosine(catalog: Catalog, encoder_id: int) -> float:
    """The cosine that the last of a full list of nearest photos has, in the middle of some thousand
    lists; NaN where none is full."""
    with catalog.reading() as db:
        (count,) = db.execute(
            "select count(*) from neighbour where encoder_id = ?", (encoder_id,)
        ).fetchone()
        rows = db.execute(
            "select scores from neighbour where encoder_id = ? and photo_id % ? = 0",
            (encoder_id, max(1, count // _SAMPLE)),
        ).fetchall()
    last = [np.frombuffer(scores, "<f4")[-1] for (scores,) in rows if len(scores) == 4 * KEPT]
    return float(np.median(last)) if last else float("nan")


def empty_rows(number: int) -> tuple[Ids, Scores]:
    """Rows that hold nobody."""
    return np.full((number, KEPT), NOBODY, np.int64), np.full((number, KEPT), -2.0, np.float32)


def put_neighbours(writer: Writer, encoder_id: int, ids: Ids, near: Ids, scores: Scores) -> None:
    """Write the rows of these photos, whatever was there."""

    def rows() -> Iterable[tuple[int, int, bytes, bytes]]:
        for photo_id, some, values in zip(ids.tolist(), near, scores, strict=True):
            count = int((some != NOBODY).sum())
            yield (
                encoder_id,
                photo_id,
                some[:count].astype("<i8").tobytes(),
                values[:count].astype("<f4").tobytes(),
            )

    # A photo that was dropped a moment ago has no row to refer to, and needs none.
    writer.connection.executemany(
        "insert or replace into neighbour (encoder_id, photo_id, ids, scores)"
        " select ?1, ?2, ?3, ?4 where exists (select 1 from photo where id = ?2)",
        rows(),
    )


def drop_neighbours(writer: Writer, encoder_id: int, ids: Ids) -> None:
    """Forget the rows of these photos."""
    writer.connection.executemany(
        "delete from neighbour where encoder_id = ? and photo_id = ?",
        ((encoder_id, i) for i in ids.tolist()),
    )
