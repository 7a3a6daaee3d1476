"""What routes answer if something is found, if nothing is, and if the library cannot be read."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from explorer.errors import LibraryError
from explorer.ui.web_server.route_answers import answers


def fail() -> Any:
    raise LibraryError("The library is locked.")


@pytest.mark.parametrize(
    ("find", "status", "body"),
    [
        (lambda: {"photos": 2}, 200, b'{"photos":2}'),
        (lambda: [], 200, b"[]"),
        (lambda: b"", 200, b""),
        (lambda: Response(b"made", 206), 206, b"made"),
        (lambda: None, 410, b"This list is gone."),
        (fail, 503, b"The library is locked."),
    ],
)
def test_a_route_says_what_it_found_or_why_it_found_nothing(
    find: Any, status: int, body: bytes
) -> None:
    route = answers("This list is gone.", status=410)(lambda _: find())
    with TestClient(Starlette(routes=[Route("/", route)])) as client:
        answer = client.get("/")
    assert (answer.status_code, answer.content) == (status, body)
    if status >= 400:
        assert answer.headers["cache-control"] == "no-store"
