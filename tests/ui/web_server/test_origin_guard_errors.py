"""Errors and other messages pass the guard in our words."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.websockets import WebSocketDisconnected

from explorer.errors import LibraryError
from explorer.ui.web_server.access_token import Access
from explorer.ui.web_server.origin_guard import OriginGuard
from tests.ui.web_server.test_origin_guard import COOKIE, HOST, answer, fine, known


def test_a_library_that_cannot_be_opened_is_reported() -> None:
    def broken() -> Access:
        raise LibraryError("The library cannot be read.")

    page, part = (answer([HOST, COOKIE], access=broken, path=path) for path in ("/", "/photo/1"))
    assert (part.status, part.body, part.passed) == (500, "The library cannot be read.", False)
    assert (page.status, page.passed) == (500, False)
    assert "<p>The library cannot be read.</p>" in page.body


def test_an_error_is_answered_with_our_message_and_logged() -> None:
    async def fails(scope: Any, receive: Any, send: Any) -> None:
        raise ZeroDivisionError

    got = answer([HOST, COOKIE], app=fails, raises=ZeroDivisionError)
    assert (
        got.status == 500
        and "terminal" in got.body
        and got.headers["x-content-type-options"] == "nosniff"
    )


def test_an_error_during_a_response_does_not_start_another() -> None:
    async def fails(scope: Any, receive: Any, send: Any) -> None:
        await fine(scope, receive, send)
        raise ZeroDivisionError

    got = answer([HOST, COOKIE], app=fails, raises=ZeroDivisionError)
    assert (got.status, got.body) == (200, "fine")


def test_other_kinds_of_messages_pass() -> None:
    passed = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        passed.append(scope["type"])

    async def nothing(*_: Any) -> Any:
        raise AssertionError

    asyncio.run(OriginGuard(app, known)({"type": "lifespan"}, nothing, nothing))
    assert passed == ["lifespan"]


def test_a_page_that_is_closed_while_it_connects_is_no_error() -> None:
    async def closed(scope: Any, receive: Any, send: Any) -> None:
        raise WebSocketDisconnected("closed")

    async def nothing(*_: Any) -> Any:
        raise AssertionError

    headers = [(name.encode(), value.encode()) for name, value in (HOST, COOKIE)]
    scope = {
        "type": "websocket",
        "path": "/_stcore/stream",
        "query_string": b"",
        "headers": headers,
    }
    asyncio.run(OriginGuard(closed, known)(scope, nothing, nothing))
    answer([HOST, COOKIE], app=closed, raises=WebSocketDisconnected)
