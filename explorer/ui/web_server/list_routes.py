"""The routes from which the gallery reads a list of photos, by its key: its layout, windows of its
tiles, its ids, the photos around a given one, and which of some photos are in it.

All answer with JSON. Status 410 means that the list is no longer known, and that the page has to
run again (`photo_lists.py`); 503 means that the library cannot be read now.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.routing import Route

from explorer.search.results.photo_list import PhotoList
from explorer.text_format import whole_number
from explorer.ui import photo_lists
from explorer.ui.components.gallery_tiles import layout_data, list_tiles
from explorer.ui.web_server.origin_guard import PHOTOS
from explorer.ui.web_server.route_answers import RequestHandler, answers

MAX_TILES = 500
"""The most photos in one window."""
_Answer = Callable[[PhotoList, Request], Any]


def list_routes() -> list[Route]:
    """The routes, below `/photo/list/KEY/`."""
    by_name: dict[str, _Answer] = {
        "layout": _layout,
        "tiles": _tiles,
        "ids": _ids,
        "around": _around,
        "known": _known,
    }
    return [
        Route(f"{PHOTOS}list/{{key}}/{name}", _route(answer)) for name, answer in by_name.items()
    ]


def _route(answer: _Answer) -> RequestHandler:
    @answers("This list is no longer known.", status=410)
    def respond(request: Request) -> Any:
        found = photo_lists.find(request.path_params["key"])
        return None if found is None else answer(found, request)

    return respond


def _layout(photos: PhotoList, request: Request) -> Any:
    """The shapes and sections of the whole list."""
    return layout_data(photos, photos.layout())


def _tiles(photos: PhotoList, request: Request) -> Any:
    """The tiles of `count` photos from position `from`, or of those at the positions `at=1,5,9`."""
    layout = photos.layout()
    if "at" in request.query_params:
        parts = request.query_params["at"].split(",")[:MAX_TILES]
        numbers = (whole_number(part) for part in parts)
        at = np.array([n for n in numbers if n is not None and n < len(layout.ids)], np.int64)
    else:
        start, count = _range(request, MAX_TILES)
        at = np.arange(start, min(start + count, len(layout.ids)))
    return list_tiles(photos, layout.ids[at], layout.inside[at].tolist())


def _ids(photos: PhotoList, request: Request) -> Any:
    """The ids of `count` photos from position `from`; by default, of all."""
    start, count = _range(request, photos.total)
    return photos.ids[start : start + count].tolist()


def _around(photos: PhotoList, request: Request) -> Any:
    """The position of a photo (`photo`), the number of photos, and up to `count` ids before and
    after it."""
    photo = whole_number(request.query_params.get("photo", ""))
    index = photos.index(photo) if photo is not None else None
    _, count = _range(request, MAX_TILES)
    if index is None:
        return {"index": None, "total": photos.total, "from": 0, "ids": []}
    start = max(0, index - count)
    ids = photos.ids[start : index + count + 1].tolist()
    return {"index": index, "total": photos.total, "from": start, "ids": ids}


def _known(photos: PhotoList, request: Request) -> Any:
    """The ids in `photo=1,5,9` that are in the list."""
    parts = request.query_params.get("photo", "").split(",")[:MAX_TILES]
    numbers = (whole_number(part) for part in parts)
    asked = np.array([n for n in numbers if n is not None], np.int64)
    return asked[np.isin(asked, photos.ids)].tolist()


def _range(request: Request, most: int) -> tuple[int, int]:
    """The parameters `from` (default 0) and `count` (default and maximum `most`)."""
    start = whole_number(request.query_params.get("from", ""))
    count = whole_number(request.query_params.get("count", ""))
    return start or 0, most if count is None else min(count, most)
