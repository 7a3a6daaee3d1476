"""What is frequent among the photos: years, folders, cameras, lenses and formats."""

from __future__ import annotations

from typing import NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.paths import join

Frequent = list[tuple[str, int]]


class FrequentValues(NamedTuple):
    """Values with their numbers of photos, the most frequent first."""

    years: Frequent
    """`YYYY`, as cameras recorded them."""
    folders: Frequent
    """Absolute paths of folders that directly hold the photos."""
    cameras: Frequent
    lenses: Frequent
    formats: Frequent


def frequent_values(catalog: Catalog, most: int = 5) -> FrequentValues:
    """The most frequent values, at most so many of each."""

    def column(expression: str, condition: str = "1") -> Frequent:
        return [
            (value, number)
            for value, number in db.execute(
                f"select {expression} value, count(*) number from photo where present > 0 and"
                f" {condition} and {expression} <> '' group by value order by number desc, value"
                " limit ?",
                (most,),
            )
        ]

    with catalog.reading() as db:
        folders = db.execute(
            "select r.path, f.folder, count(*) number from file f join root r on r.id = f.root_id"
            " where f.state = 'present' group by f.root_id, f.folder order by number desc, f.folder"
            " limit ?",
            (most,),
        ).fetchall()
        return FrequentValues(
            column("substr(taken_at, 1, 4)", "taken_source <> 'file'"),
            [(join(root, folder), number) for root, folder, number in folders],
            column("camera"),
            column("lens"),
            column("format"),
        )
