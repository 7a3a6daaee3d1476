"""What photos of a library have in common according to their files and metadata: folders, years,
places and keywords, as pairs of a photo and a value."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

import numpy as np

from explorer.library.catalog import Catalog, Ids
from explorer.library.paths import printable
from explorer.library.queries.folder_photos import photos_by_folder
from explorer.library.rows import stored_keywords
from explorer.library.stores.photo_text_store import CURRENT_LOCATION

FactKind = Literal["keyword", "place", "folder", "year"]
FACT_KINDS: tuple[FactKind, ...] = get_args(FactKind)


class FactPairs(NamedTuple):
    """Facts of one kind, as m pairs."""

    ids: Ids
    """The photo of each pair, (m,)."""
    values: Ids
    """Its value, an index into `names`, (m,)."""
    names: list[str]


def photo_facts(catalog: Catalog) -> dict[FactKind, FactPairs]:
    """The facts of all visible photos, by kind."""
    pairs: dict[FactKind, Iterable[tuple[int, str]]] = {
        "keyword": _keywords(catalog),
        "place": _places(catalog),
        "folder": _folders(catalog),
        "year": _years(catalog),
    }
    return {kind: _numbered(pairs[kind]) for kind in FACT_KINDS}


def _numbered(pairs: Iterable[tuple[int, str]]) -> FactPairs:
    numbers, ids, values = dict[str, int](), list[int](), list[int]()
    # A photo with copies in two folders of the same name has that name once.
    for photo_id, name in dict.fromkeys(pairs):
        ids.append(photo_id)
        values.append(numbers.setdefault(name, len(numbers)))
    return FactPairs(np.array(ids, np.int64), np.array(values, np.int64), list(numbers))


def _keywords(catalog: Catalog) -> list[tuple[int, str]]:
    with catalog.reading() as db:
        rows = db.execute(
            "select id, keywords from photo where present > 0 and keywords is not null order by id"
        ).fetchall()
    return [(row[0], word) for row in rows for word in dict.fromkeys(stored_keywords(row[1]))]


def _places(catalog: Catalog) -> list[tuple[int, str]]:
    with catalog.reading() as db:
        rows = db.execute(
            "select p.id, o.city_name, o.region_name, o.country_name from photo p"
            f" join photo_location l on {CURRENT_LOCATION} join location o on o.id = l.location_id"
            " where p.present > 0 order by p.id"
        ).fetchall()
    return [(row[0], name) for row in rows for name in dict.fromkeys(filter(None, tuple(row)[1:]))]


def _folders(catalog: Catalog) -> list[tuple[int, str]]:
    return [
        (photo_id, printable(os.path.basename(folder) or folder))
        for folder, ids in photos_by_folder(catalog).items()
        for photo_id in ids
    ]


def _years(catalog: Catalog) -> list[tuple[int, str]]:
    # The date of the file itself may be that of a copy.
    with catalog.reading() as db:
        rows = db.execute(
            "select id, substr(taken_at, 1, 4) from photo where present > 0 and taken_at is not"
            " null and taken_source <> 'file' order by id"
        ).fetchall()
    return [(row[0], row[1]) for row in rows]
