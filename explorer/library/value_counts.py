"""The values that visible photos have in a field, with the number of photos: for completion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.rows import stored_keywords
from explorer.library.text_folding import fold


class ValueCount(NamedTuple):
    """A value, and how many visible photos have it."""

    value: str
    photos: int


def keywords(catalog: Catalog) -> list[ValueCount]:
    """Keywords, the most frequent first. Those that differ only in capitals and accents count as
    one, in their most frequent spelling."""
    spellings = Counter[str]()
    with catalog.reading() as db:
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
    return _sorted((shown[key], photos) for key, photos in counts.items())


def cameras(catalog: Catalog) -> list[ValueCount]:
    """Names of cameras, the most frequent first."""
    return _of_column(catalog, "camera")


def lenses(catalog: Catalog) -> list[ValueCount]:
    """Names of lenses, the most frequent first."""
    return _of_column(catalog, "lens")


def formats(catalog: Catalog) -> list[ValueCount]:
    """File formats as Pillow names them, such as `JPEG`, the most frequent first."""
    return _of_column(catalog, "format")


def folders(catalog: Catalog) -> list[ValueCount]:
    """Absolute paths of the folders that directly hold photos, the fullest first."""
    return _sorted((folder["path"], folder["photos"]) for folder in catalog.folders())


def _of_column(catalog: Catalog, column: str) -> list[ValueCount]:
    with catalog.reading() as db:
        rows = db.execute(
            f"select {column}, count(*) from photo where present > 0 and {column} <> ''"
            f" group by {column}"
        ).fetchall()
    return _sorted((value, photos) for value, photos in rows)


def _sorted(counts: Iterable[tuple[str, int]]) -> list[ValueCount]:
    return sorted(
        (ValueCount(value, photos) for value, photos in counts),
        key=lambda count: (-count.photos, count.value),
    )
