from __future__ import annotations

import asyncio
from typing import Any

import pytest

from explorer.ui.guard import Guard

HOST = ("host", "localhost:8501")
OURS = [HOST, ("origin", "http://localhost:8501")]
LINK = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")]


def ask(headers: list[tuple[str, str]], *, kind: str = "http", path: str = "/", method: str = "GET") -> int:
    """The status of the answer; 200 where the request reaches the app."""
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": f"{kind}.connect"}

    scope: dict[str, Any] = {"type": kind, "path": path, "headers": [(n.encode(), v.encode("latin-1")) for n, v in headers]}
    if kind == "http":
        scope["method"] = method
    else:
        scope["extensions"] = {"websocket.http.response": {}}
    asyncio.run(Guard(app)(scope, receive, send))
    return int(sent[0]["status"])


@pytest.mark.parametrize("host", ["localhost", "localhost:8501", "127.0.0.1:8501", "LOCALHOST:8501"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_our_own_address_is_answered(host: str, kind: str) -> None:
    assert ask([("host", host)], kind=kind) == 200
    assert ask([("host", host), ("origin", f"http://{host}")], kind=kind) == 200


@pytest.mark.parametrize("path", ["/", "/photo/1/original", "/_stcore/stream"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("host", "evil.example")],
        [("host", "evil.example:8501")],
        [("host", "localhost.evil.example")],
        [("host", "192.168.1.5:8501")],
        [("host", "")],
        [HOST, HOST],
        [HOST, ("host", "evil.example")],
        [HOST, ("origin", "http://evil.example")],
        [HOST, ("origin", "null")],
        [HOST, ("origin", "http://localhost:9999")],
        [HOST, ("origin", "http://localhost")],
        [HOST, ("origin", "http://127.0.0.1:8501")],
        [HOST, ("origin", "file://")],
        [*OURS, ("origin", "http://evil.example")],
        [HOST, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
        [HOST, ("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")],
        [HOST, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")],
        [HOST, ("sec-fetch-site", "cross-site")],
    ],
)
def test_what_comes_from_elsewhere_is_refused(headers: list[tuple[str, str]], kind: str, path: str) -> None:
    assert ask(headers, kind=kind, path=path) == 403


def test_a_link_from_elsewhere_leads_to_a_page_but_to_no_photo() -> None:
    assert ask([HOST, *LINK]) == 200
    assert ask([HOST, *LINK], path="/library") == 200
    assert ask([HOST, *LINK], path="/photo/1/original") == 403
    assert ask([HOST, *LINK], path="/photo/1/preview") == 403
    assert ask([HOST, *LINK], method="POST") == 403
    assert ask([HOST, ("origin", "http://evil.example"), *LINK]) == 403


def test_our_pages_load_photos() -> None:
    loads = [("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")]
    assert ask([HOST, *loads], path="/photo/1/preview") == 200
    assert ask([HOST, ("sec-fetch-site", "none"), *LINK[1:]], path="/photo/1/original") == 200
