"""The frequent values in the library, for examples and for completion. They are read again after
changes of the catalog, and shared by all sessions."""

from __future__ import annotations

import os

from explorer.errors import EncoderError
from explorer.library.paths import printable
from explorer.library.queries.frequent_values import FrequentValues, frequent_values
from explorer.library.stores.album_store import albums
from explorer.library.stores.concept_store import concepts
from explorer.search.language.query_fields import CONCEPT
from explorer.ui import resources
from explorer.ui.library_cache import LibraryCache

_MAX_VALUES = 200
_MAX_SUBJECTS = 4


_FREQUENT = LibraryCache(
    lambda library: frequent_values(library.catalog, _MAX_VALUES), may_lag=True
)


_PHOTOS = LibraryCache(lambda library: library.catalog.counts().photos, may_lag=True)


def photo_count() -> int:
    """The number of photos."""
    return _PHOTOS.get()


def frequent() -> FrequentValues:
    """The most frequent values of each field, at most 200 of each."""
    return _FREQUENT.get()


def subjects() -> list[str]:
    """Subjects that many photos show, as words to search for; none if the encoder has no text
    encoder or cannot be loaded."""
    try:
        return resources.engine().frequent_subjects(_MAX_SUBJECTS)
    except EncoderError:
        return []


def values_of(field: str) -> list[str]:
    """The values of a field of the query language in this library, most frequent first; empty for a
    field whose values are not known."""
    if field == CONCEPT:
        return [concept.name for concept in concepts(resources.library().catalog)]
    known = frequent()
    if field == "folder":
        names = (printable(os.path.basename(folder)) for folder, _ in known.folders)
        return list(dict.fromkeys(name for name in names if name))
    if field == "album":
        return [album.name for album in albums(resources.library().catalog)]
    counted = {
        "date": known.years,
        "camera": known.cameras,
        "lens": known.lenses,
        "keyword": known.keywords,
        "place": known.places,
    }
    return [value for value, _ in counted.get(field, ())]
