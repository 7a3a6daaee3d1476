"""A random sample of the photos in the library."""

from __future__ import annotations

from explorer.library.catalog import Catalog


def random_photos(catalog: Catalog, number: int) -> list[str]:
    """The hashes of different visible photos, in hex, in random order; fewer than `number` if there
    are no more."""
    with catalog.reading() as db:
        rows = db.execute(
            "select hash from photo where present > 0 order by random() limit ?", (number,)
        ).fetchall()
    return [row[0].hex() for row in rows]
