"""Keypoints of photos, and which photos have been compared with all others: table `sketch`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Catalog, Ids
from explorer.library.writer import Writer


class PhotoFingerprints(NamedTuple):
    """What the search for copies needs about n photos, hidden ones included."""

    ids: Ids
    """(n,), ascending."""
    hashes: npt.NDArray[np.uint8]
    """(n, 32), perceptual hashes."""
    sizes: Ids
    """(n, 2): width times height, and bytes."""
    digests: list[str]
    """Content hashes, hex."""
    compared: npt.NDArray[np.bool_]
    """(n,), whether it has been compared with all photos that had been compared before it."""
    visible: npt.NDArray[np.bool_]
    """(n,), whether it has a present file."""
    inner: dict[int, bytes]
    """Photo id → the perceptual hash of what is inside the border, for photos that have a
    border."""


def photo_fingerprints(catalog: Catalog, version: int, *, after: int = 0) -> PhotoFingerprints:
    """The photos that changed after a change number, by ascending id."""
    with catalog.reading() as db:
        rows = db.execute(
            "select p.id, p.phash, p.hash, s.photo_id is not null, p.present > 0, p.width *"
            " p.height, p.bytes, s.inner from photo p"
            " left join sketch s on s.photo_id = p.id and s.version = ? where p.change > ? order"
            " by p.id",
            (version, after),
        ).fetchall()
    hashes = np.zeros((len(rows), 32), np.uint8)
    for number, row in enumerate(rows):
        if row[1] and len(row[1]) == 32:
            hashes[number] = np.frombuffer(row[1], np.uint8)
    return PhotoFingerprints(
        np.fromiter((row[0] for row in rows), np.int64, len(rows)),
        hashes,
        np.array([row[5:7] for row in rows], np.int64).reshape(-1, 2),
        [row[2].hex() for row in rows],
        np.fromiter((row[3] for row in rows), np.bool_, len(rows)),
        np.fromiter((row[4] for row in rows), np.bool_, len(rows)),
        {row[0]: bytes(row[7]) for row in rows if row[7] and len(row[7]) == 32},
    )


def keypoints_of(catalog: Catalog, photo_id: int, version: int) -> bytes | None:
    """The packed keypoints of a photo; None if they have not been needed yet."""
    with catalog.reading() as db:
        row = db.execute(
            "select corners from sketch where photo_id = ? and version = ?", (photo_id, version)
        ).fetchone()
    return bytes(row[0]) if row and row[0] is not None else None


def any_uncompared(catalog: Catalog, version: int) -> bool:
    """Whether a photo with a present file has yet to be compared with the others."""
    with catalog.reading() as db:
        (found,) = db.execute(
            "select exists (select 1 from photo p where p.present > 0 and not exists (select 1 from"
            " sketch s where s.photo_id = p.id and s.version = ?))",
            (version,),
        ).fetchone()
    return bool(found)


def put_compared(writer: Writer, photos: Iterable[tuple[int, bytes | None]], version: int) -> None:
    """Record that photos have been compared, as (id, perceptual hash of what is inside their border
    or None)."""
    writer.connection.executemany(
        "insert or replace into sketch (photo_id, inner, version) select ?1, ?2, ?3 where exists"
        " (select 1 from photo where id = ?1)",
        ((photo_id, inner, version) for photo_id, inner in photos),
    )


def forget_compared(writer: Writer, photo_ids: Iterable[int]) -> None:
    """Mark photos as not compared."""
    writer.connection.executemany(
        "delete from sketch where photo_id = ?", ((photo_id,) for photo_id in photo_ids)
    )


def put_keypoints(writer: Writer, sketches: Iterable[tuple[int, bytes]]) -> None:
    """Store the packed keypoints of photos that have been compared, as (id, keypoints)."""
    writer.connection.executemany("update sketch set corners = ?2 where photo_id = ?1", sketches)
