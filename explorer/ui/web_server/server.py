"""The server: its routes, middleware and lifespan, and the function that opens the app."""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from explorer.config import APP_FILES, PACKAGE, library_dir
from explorer.errors import ExplorerError
from explorer.library.stores.command_store import send_command
from explorer.ui import resources
from explorer.ui.anomalies_page.anomaly_map_route import map_points
from explorer.ui.browse_page.tree_route import tree_level
from explorer.ui.components.javascript import script_routes
from explorer.ui.map_page.map_routes import library_points, named_regions
from explorer.ui.photo_download import zip_file
from explorer.ui.places_page.places_routes import country_outlines, photo_clusters
from explorer.ui.reader_locale import RequestLocale
from explorer.ui.viewer.viewer_routes import (
    heat_map,
    photo_faces,
    photo_info,
    screen,
    sequence_window,
    similar_photos,
    why_shown,
)
from explorer.ui.web_server import ports
from explorer.ui.web_server.access_token import Access, access
from explorer.ui.web_server.app_lifespan import lifespan, running
from explorer.ui.web_server.completion_route import completions
from explorer.ui.web_server.list_routes import list_routes
from explorer.ui.web_server.origin_guard import PHOTOS, OriginGuard
from explorer.ui.web_server.photo_routes import original, preview
from explorer.ui.web_server.start_page import page_routes


def app_options() -> dict[str, Any]:
    """The options of `st.App`: routes, access control and lifespan."""
    return {
        "routes": [
            Route(PHOTOS + "{id}/preview", preview),
            Route(PHOTOS + "{id}/original", original),
            Route(PHOTOS + "{id}/screen", screen),
            Route(PHOTOS + "{id}/info", photo_info),
            Route(PHOTOS + "{id}/faces", photo_faces),
            Route(PHOTOS + "{id}/similar", similar_photos),
            Route(PHOTOS + "zip/{ticket}", zip_file),
            Route(PHOTOS + "sequence/{token}", sequence_window),
            Route(PHOTOS + "sequence/{token}/why/{id}", why_shown),
            Route(PHOTOS + "sequence/{token}/heat/{id}", heat_map),
            Route(PHOTOS + "map", map_points),
            Route(PHOTOS + "map/points", library_points),
            Route(PHOTOS + "map/regions", named_regions),
            Route(PHOTOS + "outlines", country_outlines),
            Route(PHOTOS + "places", photo_clusters),
            Route(PHOTOS + "completions", completions),
            Route(PHOTOS + "tree/{tree}", tree_level),
            *list_routes(),
            *script_routes(),
            *page_routes(),
        ],
        "middleware": [Middleware(OriginGuard, access=_access), Middleware(RequestLocale)],
        "lifespan": lifespan,
    }


@functools.lru_cache(maxsize=1)
def _token_of(folder: Path) -> Access:
    return access(folder)


def _access() -> Access:
    """The token of this server's library. Raises LibraryError."""
    return _token_of(library_dir())


def open_app(
    folder: Path,
    folders: Sequence[str],
    *,
    encoder: str | None,
    offline: bool,
    port: int | None,
    browser: bool,
) -> int:
    """Serve the app on a library until it is stopped.

    folders: absolute paths to add to the library. Raises LibraryLocked if the app is already open
    on that library, and ExplorerError if the port is taken.
    """
    os.environ["EXPLORER_LIBRARY"] = str(folder)
    if encoder:
        os.environ["EXPLORER_ENCODER"] = encoder
    if offline:
        os.environ["EXPLORER_OFFLINE"] = "1"
    library = resources.library()
    running.open(folder)
    try:
        chosen = port or ports.free_port()
        if not ports.is_free(chosen):
            raise ExplorerError(f"Port {chosen} is in use. Omit --port to have a free one chosen.")
        for each in folders:
            send_command(library.catalog, "add", each)
        running.browser = browser
        # Lets Streamlit find .streamlit/config.toml, which is not beside the script.
        os.chdir(APP_FILES)
        app = st.App(PACKAGE / "ui" / "app.py", **app_options())
        # Streamlit would print and open an address without the token.
        app.run(config={"server.port": chosen, "server.headless": True})
    finally:
        running.close()
    return 0
