"""How the routes answer: with what is found in another thread, or with a sentence that says why
nothing is."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from explorer.errors import ExplorerError

PHOTO_HEADERS = {
    # Whatever a photo contains, it must not run as a page, and other sites must not embed it.
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
NO_STORE = {"Cache-Control": "no-store"}
"""For answers that may be others a moment later."""
BRIEFLY = {"Cache-Control": "private, max-age=600"}
"""For answers whose URL changes with the catalog."""

Find = Callable[[Request], Any]
RequestHandler = Callable[[Request], Coroutine[Any, Any, Response]]


def answers(
    missing: str,
    *,
    status: int = 404,
    headers: Mapping[str, str] = NO_STORE,
    limiter: CapacityLimiter | None = None,
) -> Callable[[Find], RequestHandler]:
    """Make a route of a function that finds something and returns bytes, a response, or a value
    that JSON can hold.

    It is called in another thread. If it returns None, the answer is the sentence `missing` with
    that status; for an ExplorerError, its message with status 503. headers: of other answers.
    limiter: of the calls that are made at once.
    """

    def decorate(find: Find) -> RequestHandler:
        @functools.wraps(find)
        async def route(request: Request) -> Response:
            try:
                found = await to_thread.run_sync(find, request, limiter=limiter)
            except ExplorerError as error:
                return no_answer(str(error), 503)
            if found is None:
                return no_answer(missing, status)
            if isinstance(found, Response):
                return found
            known = {**PHOTO_HEADERS, **headers}
            if isinstance(found, bytes):
                return Response(found, media_type="application/octet-stream", headers=known)
            return JSONResponse(found, headers=known)

        return route

    return decorate


def no_answer(text: str, status: int) -> Response:
    """The response that says why there is nothing else."""
    return PlainTextResponse(text, status, {**PHOTO_HEADERS, **NO_STORE})
