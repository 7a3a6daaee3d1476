"""Frequent values in the library, for examples and for completion. They are read once per change of
the catalog and shared by all sessions."""

from __future__ import annotations

import os
import threading
import time
from typing import NamedTuple

from explorer.errors import EncoderError
from explorer.library.album_store import albums
from explorer.library.concept_store import concepts
from explorer.library.frequent_values import FrequentValues, frequent_values
from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.library.staleness import acceptable_age
from explorer.search.language.query_fields import CONCEPT
from explorer.ui import resources

_MAX_VALUES = 200
_MAX_SUBJECTS = 4


class _CachedValues(NamedTuple):
    library: Library
    change: int
    """The catalog's change counter when the values were read."""
    fresh_until: float
    """Time on the monotonic clock until which they are used although the catalog changes."""
    values: FrequentValues


_lock = threading.Lock()
_cached: _CachedValues | None = None


def frequent() -> FrequentValues:
    """The most frequent values of each field, at most 200 of each."""
    global _cached  # noqa: PLW0603
    library, start = resources.library(), time.monotonic()
    change = library.catalog.change()
    with _lock:
        if (
            _cached is None
            or _cached.library is not library
            or (_cached.change != change and start >= _cached.fresh_until)
        ):
            values, end = frequent_values(library.catalog, _MAX_VALUES), time.monotonic()
            _cached = _CachedValues(library, change, end + acceptable_age(end - start), values)
        return _cached.values


def subjects() -> list[str]:
    """Subjects that many photos show, as words to search for; none if the encoder has no text
    encoder or cannot be loaded."""
    try:
        return resources.engine().frequent_subjects(_MAX_SUBJECTS)
    except EncoderError:
        return []


def values_of(field: str) -> list[str]:
    """The values of a field of the query language in this library, the most frequent first; empty
    for a field whose values are not known."""
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
