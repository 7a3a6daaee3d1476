"""The most frequent years, folders, cameras, lenses, formats, places and keywords of the photos."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.paths import join
from explorer.library.rows import stored_keywords
from explorer.library.stores.photo_text_store import CURRENT_LOCATION
from explorer.library.text.text_folding import fold

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
    """As Pillow names them, such as `JPEG`."""
    keywords: Frequent
    """Those that differ only in capitals and accents count as one, in their most frequent
    spelling."""
    places: Frequent
    """Cities, regions and countries, as they are named in English."""


def frequent_values(catalog: Catalog, most: int = 5) -> FrequentValues:
    """The most frequent values, at most `most` of each."""

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
            _keywords(db)[:most],
            _places(db)[:most],
        )


def _places(db: sqlite3.Connection) -> Frequent:
    counts = Counter[str]()
    for *names, photos in db.execute(
        "select o.place_name, o.city_name, o.region_name, o.country_name, count(*) from photo p"
        f" join photo_location l on {CURRENT_LOCATION} join location o on o.id = l.location_id"
        " where p.present > 0 group by o.id"
    ):
        counts.update(dict.fromkeys(filter(None, names), photos))
    return sorted(counts.items(), key=lambda count: (-count[1], count[0]))


def _keywords(db: sqlite3.Connection) -> Frequent:
    spellings = Counter[str]()
    # Read from the index alone.
    for stored, photos in db.execute(
        "select keywords, count(*) from photo where present > 0 and keywords is not null"
        " group by keywords"
    ):
        for word in stored_keywords(stored):
            spellings[word] += photos
    counts, shown = Counter[str](), dict[str, str]()
    for word, photos in spellings.most_common():
        key = " ".join(fold(word).split())
        shown.setdefault(key, word)
        counts[key] += photos
    return sorted(
        ((shown[key], photos) for key, photos in counts.items()),
        key=lambda count: (-count[1], count[0]),
    )
