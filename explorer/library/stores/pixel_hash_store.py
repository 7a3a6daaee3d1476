"""Hashes of the full-size pixels of photos that look almost the same as another: table `pixels`."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.library.catalog import Catalog
from explorer.library.writer import Writer


def pixel_hashes(catalog: Catalog, photo_ids: Sequence[int]) -> dict[int, bytes]:
    """Photo id → the hash of its full-size pixels, for those photos that have one."""
    with catalog.reading() as db:
        marks = ",".join("?" * len(photo_ids))
        return dict(
            map(
                tuple,
                db.execute(
                    f"select photo_id, hash from pixels where photo_id in ({marks})", photo_ids
                ),
            )
        )


def put_pixel_hash(writer: Writer, photo_id: int, digest: bytes) -> None:
    """Store the hash of a photo's full-size pixels: upright, as RGB."""
    writer.connection.execute(
        "insert or replace into pixels (photo_id, hash) values (?, ?)", (photo_id, digest)
    )
