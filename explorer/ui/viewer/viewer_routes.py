"""The routes of the viewer: the photos it steps through, what is known about a photo, and photos
rendered for the screen."""

from __future__ import annotations

from typing import Any

import numpy as np
from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from explorer.errors import PhotoError
from explorer.library.rows import PhotoRow
from explorer.library.stores.neighbor_store import neighbors_of
from explorer.text_format import whole_number
from explorer.ui import resources
from explorer.ui.components.photo_details import photo_details
from explorer.ui.components.photo_urls import photo_entry
from explorer.ui.search_page.photo_stacks import photo_stacks
from explorer.ui.viewer import photo_sequences
from explorer.ui.viewer.marked_faces import marked_faces
from explorer.ui.viewer.photo_sequences import PhotoSequence
from explorer.ui.viewer.screen_images import SIDES, screen_image
from explorer.ui.web_server.photo_routes import NO_PHOTO, photo_of
from explorer.ui.web_server.route_answers import PHOTO_HEADERS, answers, no_answer

# The most photos in one response.
_MAX_WINDOW = 400
_SIMILAR = 12
# The most renditions that are made at once, so that other threads of the server stay free for
# previews.
_RENDERING = CapacityLimiter(4)
# A heat map uses all cores for a while; more than two at once would delay everything else.
_EXPLAINING = CapacityLimiter(2)
_NO_LIST = "This list is no longer known."

Answer = dict[str, Any]


@answers(_NO_LIST)
def sequence_window(request: Request) -> Answer | None:
    """A part of a page's list of photos: `around` a photo, or from `start`; at most `count`.

    The response has `total`, `start` and `photos` (entries of `photo_entry`; for a photo that is
    gone, only its id); with `around`, also `at` (its index, or None) and `photo` (its entry, or
    None).
    """
    sequence = _sequence(request)
    if sequence is None:
        return None
    ids, number = sequence.ids(), whole_number(request.query_params.get("count", ""))
    number = min(_MAX_WINDOW, number or _MAX_WINDOW)
    answer: Answer = {"total": len(ids)}
    around = whole_number(request.query_params.get("around", ""))
    start = whole_number(request.query_params.get("start", "")) or 0
    if around is not None:
        answer["at"] = at = sequence.position(around)
        start = max(0, (at or 0) - number // 2)
        photo = resources.library().catalog.photo(around)
        answer["photo"] = photo_entry(photo) if photo else None
    wanted = [int(i) for i in ids[start : start + number]]
    rows = resources.library().catalog.photos(wanted)
    photos = [photo_entry(rows[i]) if i in rows else {"id": i, "gone": True} for i in wanted]
    return answer | {"start": start, "photos": photos}


@answers(NO_PHOTO)
def photo_info(request: Request) -> Answer | None:
    """What is known about a photo (`photo_details`)."""
    photo = photo_of(request)
    return photo_details(photo) if photo else None


@answers(NO_PHOTO, limiter=_RENDERING)
def photo_faces(request: Request) -> Answer | None:
    """The `faces` that other programs have marked in a photo, left to right: `name` and `box`, in
    fractions of the upright photo's sides."""
    photo = photo_of(request)
    if photo is None:
        return None
    return {"faces": [face._asdict() for face in marked_faces(photo)]}


@answers(NO_PHOTO)
def similar_photos(request: Request) -> Answer | None:
    """The photos nearest to a photo according to the encoder in use. `photos`: one of each stack
    other than its own, as entries with a `score`. `known`: whether the nearest photos have been
    computed. `copies`: the others in its own stack, nearest first, with a `score` of None if
    unknown."""
    photo = photo_of(request)
    if photo is None:
        return None
    catalog, encoder = resources.library().catalog, resources.engine().encoder
    encoder_id = catalog.encoder_id(encoder.name, encoder.version)
    near = [] if encoder_id is None else neighbors_of(catalog, encoder_id, photo["id"])
    stacks, scores = photo_stacks(), dict(near)
    own = set(stacks.members(photo["id"]).tolist())
    # Neighbors and stacks may still contain photos that are gone, which must not represent others.
    rows = catalog.photos(own.union(scores))
    others = np.array([i for i in scores if i in rows and i not in own], np.int64)
    different = stacks.collapse(others).tolist()
    copies = sorted(own.intersection(rows) - {photo["id"]}, key=lambda i: (-scores.get(i, 0.0), i))

    def entries(ids: list[int]) -> list[Answer]:
        return [photo_entry(rows[i]) | {"score": scores.get(i)} for i in ids[:_SIMILAR]]

    return {"known": bool(near), "photos": entries(different), "copies": entries(copies)}


@answers(NO_PHOTO)
def why_shown(request: Request) -> Answer | None:
    """Why a photo is in a page's list, as `html`; empty if there is no explanation."""
    sequence, photo = _sequence(request), photo_of(request)
    if sequence is None or photo is None:
        return None
    return {"html": sequence.why(photo["id"]) if sequence.why else ""}


@answers(NO_PHOTO, limiter=_EXPLAINING)
def heat_map(request: Request) -> Answer | None:
    """Where a photo matches the search of a page: the `url` of an overlay, and a description in
    `words`; or a `message` that says why that cannot be shown."""
    sequence, photo = _sequence(request), photo_of(request)
    if sequence is None or photo is None:
        return None
    found = _overlay(sequence, photo)
    if found is None:
        return {"message": "What matched cannot be shown for this photo: it has no preview."}
    return found


def _overlay(sequence: PhotoSequence, photo: PhotoRow) -> Answer | None:
    found = sequence.heat_map(photo) if sequence.heat_map else None
    return None if found is None else {"url": found.url, "words": found.words}


@answers(NO_PHOTO, limiter=_RENDERING)
def screen(request: Request) -> Response | None:
    """A photo rendered for a screen, as a JPEG, by id and `size` (one of SIDES). A URL with the
    content's hash (`v`) can be cached forever. Status 404 with a sentence for the user if it cannot
    be rendered."""
    size = request.query_params.get("size", "")
    photo = photo_of(request) if size in SIDES else None
    if photo is None:
        return None
    try:
        found = screen_image(photo, size)
    except PhotoError as error:
        return no_answer(str(error), 404)
    caching = "private, max-age=31536000, immutable" if "v" in request.query_params else "no-cache"
    headers = PHOTO_HEADERS | {"Cache-Control": caching}
    if isinstance(found, bytes):
        return Response(found, media_type="image/jpeg", headers=headers)
    return FileResponse(found, media_type="image/jpeg", headers=headers)


def _sequence(request: Request) -> PhotoSequence | None:
    return photo_sequences.find(request.path_params["token"])
