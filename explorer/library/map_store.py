"""The map as it is kept: where each photo lies, and a drawing that is not finished yet."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Catalog, Ids
from explorer.library.writer import Writer

Places = npt.NDArray[np.float32]


class Map(NamedTuple):
    """ids: (n,) of photos, ascending. places: (n, 2), where they lie; only how far from each other
    says anything."""

    ids: Ids
    places: Places


class Drawing(NamedTuple):
    """drawn: photos that the map had when it was drawn, 0 where there is none. step: steps done of
    a drawing that goes on. draft: where its photos are by now; none where no drawing goes on."""

    drawn: int
    step: int
    draft: Map


def places(catalog: Catalog, encoder_id: int, *, hidden: bool = False) -> Map:
    """The map of an encoder. hidden: also photos that are not to be seen at the moment."""
    shown = "" if hidden else " join photo p on p.id = m.photo_id and p.present > 0"
    with catalog.reading() as db:
        rows = db.execute(
            f"select m.photo_id, m.x, m.y from place m{shown} where m.encoder_id = ? order by m.photo_id",
            (encoder_id,),
        )
        found = [tuple(row) for row in rows]
    table = np.array(found, np.float64).reshape(-1, 3)
    return Map(table[:, 0].astype(np.int64), table[:, 1:].astype(np.float32))


def put_places(writer: Writer, encoder_id: int, new: Map) -> None:
    """Have these photos lie there."""
    # A photo that was dropped a moment ago has no row to refer to, and needs no place.
    writer.connection.executemany(
        "insert or replace into place (encoder_id, photo_id, x, y) select ?1, ?2, ?3, ?4 where exists (select 1 from photo where id = ?2)",
        (
            (encoder_id, photo_id, x, y)
            for photo_id, (x, y) in zip(new.ids.tolist(), new.places.tolist(), strict=True)
        ),
    )


def drop_places(writer: Writer, encoder_id: int) -> None:
    """Forget where all photos lie."""
    writer.connection.execute("delete from place where encoder_id = ?", (encoder_id,))


def drawing(catalog: Catalog, encoder_id: int) -> Drawing:
    """How the map of an encoder was drawn, and the drawing that goes on."""
    with catalog.reading() as db:
        row = db.execute(
            "select drawn, step, ids, places from drawing where encoder_id = ?", (encoder_id,)
        ).fetchone()
    if row is None:
        return Drawing(0, 0, nothing())
    ids = np.frombuffer(row[2], "<i8").astype(np.int64)
    return Drawing(
        row[0],
        row[1],
        Map(ids, np.frombuffer(row[3], "<f4").reshape(len(ids), 2).astype(np.float32)),
    )


def put_drawing(writer: Writer, encoder_id: int, now: Drawing) -> None:
    """Keep how far it is. One statement: it is no change that a reader of the catalog need follow."""
    writer.connection.execute(
        "insert or replace into drawing (encoder_id, drawn, step, ids, places) values (?, ?, ?, ?, ?)",
        (
            encoder_id,
            now.drawn,
            now.step,
            now.draft.ids.astype("<i8").tobytes(),
            now.draft.places.astype("<f4").tobytes(),
        ),
    )


def nothing() -> Map:
    """A map without photos."""
    return Map(np.zeros(0, np.int64), np.zeros((0, 2), np.float32))
