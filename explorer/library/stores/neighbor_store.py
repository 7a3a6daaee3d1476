"""The nearest neighbors of each photo by its vectors (`analysis/neighbors.py`): table
`neighbour`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Catalog, Ids
from explorer.library.writer import Writer

Scores = npt.NDArray[np.float32]

# Neighbors kept for each photo: enough, without near-copies, to estimate the local density.
NEIGHBOR_COUNT = 24
# Stands for no photo in rows of ids.
NO_PHOTO = -1
# The number of photos that `typical_cosine` samples.
_SAMPLE = 1000


class NeighborTable(NamedTuple):
    """The nearest neighbors of n photos."""

    ids: Ids
    """(n,), ascending."""
    near: Ids
    """(n, NEIGHBOR_COUNT) ids, nearest first, padded with NO_PHOTO."""
    scores: Scores
    """(n, NEIGHBOR_COUNT) cosines, padded with -2."""


def neighbor_table(catalog: Catalog, encoder_id: int) -> NeighborTable:
    """Every row of an encoder. A neighbor may have been hidden or purged since: check it against
    the visible ids."""
    with catalog.reading() as db:
        rows = db.execute(
            "select photo_id, ids, scores from neighbour where encoder_id = ? order by photo_id",
            (encoder_id,),
        ).fetchall()
    ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    near, scores = empty_neighbor_rows(len(rows))
    # Nearly all rows are full, and those are read at once.
    full = np.fromiter(
        (len(row[1]) == 8 * NEIGHBOR_COUNT and len(row[2]) == 4 * NEIGHBOR_COUNT for row in rows),
        np.bool_,
        len(rows),
    )
    whole = [rows[number] for number in np.flatnonzero(full).tolist()]
    near[full] = np.frombuffer(b"".join(row[1] for row in whole), "<i8").reshape(-1, NEIGHBOR_COUNT)
    scores[full] = np.frombuffer(b"".join(row[2] for row in whole), "<f4").reshape(
        -1, NEIGHBOR_COUNT
    )
    for number in np.flatnonzero(~full).tolist():
        _, some, values = rows[number]
        count = len(some) // 8
        near[number, :count] = np.frombuffer(some, "<i8")
        scores[number, :count] = np.frombuffer(values, "<f4")
    return NeighborTable(ids, near, scores)


def inconsistent_neighbors(catalog: Catalog, encoder_id: int) -> list[int]:
    """Photos whose row `put_neighbors` cannot have written: it is truncated, too long or out of
    order, or it has the photo itself, a photo twice or an id that no photo has ever had."""
    with catalog.reading() as db:
        rows = db.execute(
            "select photo_id, ids, scores from neighbour where encoder_id = ?", (encoder_id,)
        ).fetchall()
        (last,) = db.execute(
            "select coalesce(max(seq), 0) from sqlite_sequence where name = 'photo'"
        ).fetchone()
    return [
        photo_id for photo_id, some, values in rows if not _is_sound(photo_id, some, values, last)
    ]


def _is_sound(photo_id: int, some: bytes, values: bytes, last: int) -> bool:
    if len(some) % 8 or len(some) != 2 * len(values) or len(some) > 8 * NEIGHBOR_COUNT:
        return False
    ids, scores = np.frombuffer(some, "<i8"), np.frombuffer(values, "<f4")
    return bool(
        len(np.unique(ids)) == len(ids)
        and photo_id not in ids
        and ids.min(initial=1) > 0
        and ids.max(initial=0) <= last
        and np.isfinite(scores).all()
        and (np.diff(scores) <= 0).all()
    )


def drop_all_neighbors(writer: Writer, encoder_id: int, name: str) -> None:
    """Delete all rows of an encoder, and the state of the stage of that name; the next indexing run
    computes them again."""
    with writer.transaction():
        writer.connection.execute("delete from stage where name = ?", (name,))
        writer.connection.execute("delete from neighbour where encoder_id = ?", (encoder_id,))


def neighbors_of(catalog: Catalog, encoder_id: int, photo_id: int) -> list[tuple[int, float]]:
    """The nearest neighbors of a photo, as (id, cosine), nearest first; empty until they have been
    computed."""
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


def typical_cosine(catalog: Catalog, encoder_id: int) -> float:
    """The median cosine of the last of NEIGHBOR_COUNT neighbors, over a sample of about a thousand
    photos; NaN if no photo has that many."""
    with catalog.reading() as db:
        (count,) = db.execute(
            "select count(*) from neighbour where encoder_id = ?", (encoder_id,)
        ).fetchone()
        rows = db.execute(
            "select scores from neighbour where encoder_id = ? and photo_id % ? = 0",
            (encoder_id, max(1, count // _SAMPLE)),
        ).fetchall()
    last = [
        np.frombuffer(scores, "<f4")[-1] for (scores,) in rows if len(scores) == 4 * NEIGHBOR_COUNT
    ]
    return float(np.median(last)) if last else float("nan")


def empty_neighbor_rows(number: int) -> tuple[Ids, Scores]:
    """Rows without neighbors: ids and cosines, each of shape (number, NEIGHBOR_COUNT)."""
    return np.full((number, NEIGHBOR_COUNT), NO_PHOTO, np.int64), np.full(
        (number, NEIGHBOR_COUNT), -2.0, np.float32
    )


def put_neighbors(writer: Writer, encoder_id: int, ids: Ids, near: Ids, scores: Scores) -> None:
    """Store the neighbors of these photos, replacing earlier ones. Shapes as in `NeighborTable`."""

    def rows() -> Iterable[tuple[int, int, bytes, bytes]]:
        for photo_id, some, values in zip(ids.tolist(), near, scores, strict=True):
            count = int((some != NO_PHOTO).sum())
            yield (
                encoder_id,
                photo_id,
                some[:count].astype("<i8").tobytes(),
                values[:count].astype("<f4").tobytes(),
            )

    # A photo that was purged in the meantime has no row to refer to.
    writer.connection.executemany(
        "insert or replace into neighbour (encoder_id, photo_id, ids, scores)"
        " select ?1, ?2, ?3, ?4 where exists (select 1 from photo where id = ?2)",
        rows(),
    )


def drop_neighbors(writer: Writer, encoder_id: int, ids: Ids) -> None:
    """Delete the rows of these photos."""
    writer.connection.executemany(
        "delete from neighbour where encoder_id = ? and photo_id = ?",
        ((encoder_id, i) for i in ids.tolist()),
    )
