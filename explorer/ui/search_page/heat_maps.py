"""Heat maps that show which part of a photo matches the search, as overlays for the photo. They are
computed from the preview on request."""

from __future__ import annotations

import base64
import threading
from collections import OrderedDict
from typing import NamedTuple

from explorer.encoders.base import HeatMapEncoder, heat_map
from explorer.errors import ExplorerError
from explorer.library.rows import PhotoRow
from explorer.search.query import Query
from explorer.search.results.heat_map import describe_heat_map, draw_heat_map
from explorer.ui import resources

# The latest heat maps, by everything that they depend on.
_MAX_KEPT = 40
_lock = threading.Lock()
_latest: OrderedDict[tuple[str, Query, str], HeatMapOverlay | None] = OrderedDict()


class HeatMapOverlay(NamedTuple):
    """A heat map to show over a photo."""

    url: str
    """The URL of a picture with the photo's aspect ratio."""
    words: str
    """A description of what it shows."""


def can_explain(query: Query) -> bool:
    """Whether there are heat maps for this search: it must rank photos, and the encoder must
    support them."""
    return query.is_ranked and isinstance(resources.engine().encoder, HeatMapEncoder)


def overlay(photo: PhotoRow, query: Query) -> HeatMapOverlay | None:
    """The heat map of a photo for a search; None if it cannot be made, for example without a
    preview. May be called from any thread."""
    key = (photo["hash"], query, resources.engine().encoder_name)
    with _lock:
        if key in _latest:
            _latest.move_to_end(key)
            return _latest[key]
    made = _made(photo, query)
    with _lock:
        _latest[key] = made
        while len(_latest) > _MAX_KEPT:
            _latest.popitem(last=False)
    return made


def _made(photo: PhotoRow, query: Query) -> HeatMapOverlay | None:
    engine = resources.engine()
    try:
        preview = resources.library().previews.path(photo["hash"]).read_bytes()
        pixels = resources.decode_upload(preview).input
        grid = None
        if pixels is not None:
            grid = heat_map(engine.encoder, pixels, engine.encode_query(query))
    except (ExplorerError, OSError):
        return None
    if grid is None:
        return None
    picture = draw_heat_map(grid, photo["width"], photo["height"])
    url = "data:image/png;base64," + base64.b64encode(picture).decode()
    return HeatMapOverlay(url, describe_heat_map(grid))
