"""Heat maps that show which part of a photo matches the search, as overlays for the photo. They are
computed from the preview on request."""

from __future__ import annotations

import base64
from typing import NamedTuple

import streamlit as st

from explorer.encoders.base import HeatMapEncoder, heat_map
from explorer.errors import ExplorerError
from explorer.library.rows import PhotoRow
from explorer.search.heat_map import describe_heat_map, draw_heat_map
from explorer.search.query import Query
from explorer.ui import resources

# Session state: whether heat maps are shown, and the latest ones.
_SHOWN, _LATEST = "_heat-maps", "_latest-heat-maps"
_MAX_KEPT = 20


class HeatMapOverlay(NamedTuple):
    """A heat map to show over a photo."""

    url: str
    """The URL of a picture with the photo's aspect ratio."""
    words: str
    """A description of what it shows."""


def is_shown() -> bool:
    """Whether the user wants to see heat maps in the lightbox."""
    return bool(st.session_state.get(_SHOWN))


def toggle() -> None:
    """Turn heat maps on or off."""
    st.session_state[_SHOWN] = not is_shown()


def can_explain(query: Query) -> bool:
    """Whether there are heat maps for this search: it must rank photos, and the encoder must
    support them."""
    return query.is_ranked and isinstance(resources.engine().encoder, HeatMapEncoder)


def overlay(photo: PhotoRow, query: Query) -> HeatMapOverlay | None:
    """The heat map of a photo for a search; None if it cannot be made, for example without a
    preview."""
    latest = st.session_state.setdefault(_LATEST, {})
    key = (photo["hash"], query, resources.engine().encoder_name)
    if key not in latest:
        while len(latest) >= _MAX_KEPT:
            latest.pop(next(iter(latest)))
        latest[key] = _made(photo, query)
    found: HeatMapOverlay | None = latest[key]
    return found


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
