"""The photo map (`analysis/photo_map.py`): tables `place` and `drawing`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Catalog, Ids
from explorer.library.writer import Writer

Coordinates = npt.NDArray[np.float32]


class PhotoMap(NamedTuple):
    """Positions of n photos on the map of an encoder."""

    ids: Ids
    """(n,), ascending."""
    coordinates: Coordinates
    """(n, 2) float32; only distances between photos are meaningful."""


class MapLayout(NamedTuple):
    """The finished layout of a map, and one that is being computed."""

    drawn: int
    """Number of photos in the finished layout, 0 if there is none."""
    step: int
    """Steps done of the layout that is being computed."""
    draft: PhotoMap
    """Positions in the layout that is being computed; empty if there is none."""


def map_coordinates(catalog: Catalog, encoder_id: int, *, hidden: bool = False) -> PhotoMap:
    """The map of an encoder. hidden: include photos without a present file."""
    shown = "" if hidden else " join photo p on p.id = m.photo_id and p.present > 0"
    with catalog.reading() as db:
        cursor = db.cursor()
        cursor.row_factory = None
        found = cursor.execute(
            f"select m.photo_id, m.x, m.y from place m{shown} where m.encoder_id = ?"
            " order by m.photo_id",
            (encoder_id,),
        ).fetchall()
    table = np.array(found, np.float64).reshape(-1, 3)
    return PhotoMap(table[:, 0].astype(np.int64), table[:, 1:].astype(np.float32))


def put_coordinates(writer: Writer, encoder_id: int, new: PhotoMap) -> None:
    """Store the positions of these photos."""
    # A photo that was purged in the meantime has no row to refer to.
    writer.connection.executemany(
        "insert or replace into place (encoder_id, photo_id, x, y) select ?1, ?2, ?3, ?4"
        " where exists (select 1 from photo where id = ?2)",
        (
            (encoder_id, photo_id, x, y)
            for photo_id, (x, y) in zip(new.ids.tolist(), new.coordinates.tolist(), strict=True)
        ),
    )


def drop_coordinates(writer: Writer, encoder_id: int) -> None:
    """Delete all positions on the map of an encoder."""
    writer.connection.execute("delete from place where encoder_id = ?", (encoder_id,))


def map_layout(catalog: Catalog, encoder_id: int) -> MapLayout:
    """The state of the layout of an encoder's map."""
    with catalog.reading() as db:
        row = db.execute(
            "select drawn, step, ids, places from drawing where encoder_id = ?", (encoder_id,)
        ).fetchone()
    if row is None:
        return MapLayout(0, 0, empty_map())
    ids = np.frombuffer(row[2], "<i8").astype(np.int64)
    return MapLayout(
        row[0],
        row[1],
        PhotoMap(ids, np.frombuffer(row[3], "<f4").reshape(len(ids), 2).astype(np.float32)),
    )


def put_map_layout(writer: Writer, encoder_id: int, now: MapLayout) -> None:
    """Store the state of a layout. Readers of the catalog do not see it as a change."""
    writer.connection.execute(
        "insert or replace into drawing (encoder_id, drawn, step, ids, places)"
        " values (?, ?, ?, ?, ?)",
        (
            encoder_id,
            now.drawn,
            now.step,
            now.draft.ids.astype("<i8").tobytes(),
            now.draft.coordinates.astype("<f4").tobytes(),
        ),
    )


def empty_map() -> PhotoMap:
    """A map of no photos."""
    return PhotoMap(np.zeros(0, np.int64), np.zeros((0, 2), np.float32))
