"""Which part of a photo the model found like the search, as a picture to lay over the photo.
Computed when the user asks for it, from the preview."""

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

# In the session: whether heat maps are shown, and the latest ones.
_SHOWN, _LATEST = "_heat-maps", "_latest-heat-maps"
_MAX_KEPT = 20


class HeatMapOverlay(NamedTuple):
    url: str
    """A picture of the photo's shape."""
    words: str
    """What it shows."""


def is_shown() -> bool:
    """Whether the user wants to see heat maps in the lightbox."""
    return bool(st.session_state.get(_SHOWN))


def toggle() -> None:
    """Show heat maps from now on, or no longer."""
    st.session_state[_SHOWN] = not is_shown()


def can_explain(query: Query) -> bool:
    """Whether there are heat maps for this search: it ranks photos, by an encoder that has them."""
    return query.is_ranked and isinstance(resources.engine().encoder, HeatMapEncoder)


def overlay(photo: PhotoRow, query: Query) -> HeatMapOverlay | None:
    """The heat map of a photo for a search; None if it cannot be made, as without a preview."""
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
