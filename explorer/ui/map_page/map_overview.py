"""The map of the library with its regions and their names, for the routes and the page.

Regions depend only on the positions of the photos, and are found together with them. Names need
vectors and take longer: they are computed when the browser requests them, and kept as long as the
map and the encoder stay the same.
"""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

import numpy as np

from explorer.analysis.map_regions import LEVELS, MapRegions, Mask, regions
from explorer.errors import ExplorerError
from explorer.library.library import Library
from explorer.library.queries.photo_facts import photo_facts
from explorer.library.stores.map_store import PhotoMap
from explorer.search.map_labels import RegionName, Vocabulary, region_names
from explorer.search.relevance.background_phrases import BACKGROUND_PHRASES
from explorer.search.relevance.relevance import SAMPLE
from explorer.search.relevance.relevance_cache import phrase_vectors
from explorer.ui import resources
from explorer.ui.components import map_data
from explorer.ui.components.map_data import NONE, LegendEntry, MapColors
from explorer.ui.library_cache import LibraryCache

UNNAMED = "Mixed photos"


class MapOverview(NamedTuple):
    """The map of the library at one moment."""

    shown: PhotoMap
    """Positions from 0 to 65535."""
    levels: list[MapRegions]
    """The regions of each level, coarsest first."""
    packed: bytes
    """The points as bytes for the browser (`map_data.packed`). The class of a photo is its region
    at the coarsest level."""


_lock = threading.Lock()
_names: tuple[tuple[object, ...], list[list[RegionName]]] | None = None


def overview() -> MapOverview:
    """The current map, which may be some seconds old while photos are being added."""
    return _OVERVIEW.get()


def _read(library: Library) -> MapOverview:
    shown = map_data.current_map()
    levels = [regions(shown.coordinates, level) for level in range(LEVELS)]
    coarse = levels[0]
    classes = np.where(coarse.of < 0, NONE, coarse.of).astype(np.uint8)
    legend = [LegendEntry("", at, photos) for at, photos in enumerate(coarse.photos.tolist())]
    colors = MapColors(classes, legend)
    return MapOverview(
        shown, levels, map_data.packed(library, shown, "region", colors, filters=None)
    )


_OVERVIEW = LibraryCache(_read, may_lag=True)


def names(shown: MapOverview) -> list[list[RegionName]]:
    """The names of the regions of each level. For a new map, this takes a moment. Raises
    EncoderError."""
    global _names  # noqa: PLW0603
    library, encoder = resources.library(), resources.engine().encoder
    key = library.dir, hash(shown.packed), encoder.name, encoder.version
    # One thread computes them, and the others wait.
    with _lock:
        if _names is None or _names[0] != key:
            facts, vocabulary = photo_facts(library.catalog), _vocabulary()
            ids, encoded = shown.shown.ids, resources.engine().index().ids()
            named = [
                region_names(ids, _without(level, ~np.isin(ids, encoded)), facts, vocabulary)
                for level in shown.levels
            ]
            _names = key, named
        return _names[1]


def _without(level: MapRegions, photos: Mask) -> MapRegions:
    """The regions without some photos, namely those that the encoder in use has not encoded yet.
    photos: (n,), True for these."""
    return level._replace(of=np.where(photos, -1, level.of))


def _vocabulary() -> Vocabulary | None:
    engine = resources.engine()
    index = engine.index()
    if not engine.has_text or not len(index):
        return None
    return Vocabulary(
        BACKGROUND_PHRASES, phrase_vectors(engine.encoder), index.sample(SAMPLE), index.rows
    )


def regions_data() -> dict[str, Any]:
    """The regions as JSON data for the browser. `words`: whether the model has a text encoder.
    Raises ExplorerError."""
    shown = overview()
    try:
        named, words = names(shown), resources.engine().has_text
    except ExplorerError:
        # A map without names is better than none; the Search page reports the error.
        named, words = [[RegionName((), ())] * len(each.photos) for each in shown.levels], False
    centers = {int(shown.shown.ids[row]) for level in shown.levels for row in level.central}
    rows = resources.library().catalog.photos(centers)
    return {
        "words": words,
        "levels": [
            [_region_data(shown, level, at, name, rows) for at, name in enumerate(named[number])]
            for number, level in enumerate(shown.levels)
        ],
    }


def _region_data(
    shown: MapOverview, level: MapRegions, at: int, name: RegionName, rows: dict[int, Any]
) -> dict[str, Any]:
    cover = int(shown.shown.ids[level.central[at]])
    x, y = np.rint(level.peaks[at]).astype(int).tolist()
    return {
        "x": x,
        "y": y,
        "photos": int(level.photos[at]),
        "box": np.rint(level.bounds[at]).astype(int).tolist(),
        "name": region_title(name),
        "facts": list(name.facts),
        "cover": cover,
        "hash": rows[cover]["hash"] if cover in rows else "",
    }


def region_title(name: RegionName) -> str:
    """The words of a region as one label."""
    title = ", ".join(name.words) or UNNAMED
    return title[0].upper() + title[1:]
