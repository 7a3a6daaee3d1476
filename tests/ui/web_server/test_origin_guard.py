from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from explorer.ui.web_server.access_token import Access
from explorer.ui.web_server.origin_guard import OriginGuard

ACCESS = Access("0123456789abcdef" * 3, "photo-explorer-1")
COOKIE = ("cookie", f"{ACCESS.cookie}={ACCESS.token}")
HOST = ("host", "localhost:8501")
OURS = [HOST, ("origin", "http://localhost:8501")]
LINK = [
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
]


class Answer(NamedTuple):
    """passed: the request reached the app. headers: by name, in lower case."""

    status: int
    headers: dict[str, str]
    body: str
    passed: bool


async def fine(scope: Any, receive: Any, send: Any) -> None:
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"x-frame-options", b"OURS")]}
    )
    await send({"type": "http.response.body", "body": b"fine"})


def known() -> Access:
    return ACCESS


def ask(
    headers: list[tuple[str, str]], *, kind: str = "http", path: str = "/", method: str = "GET"
) -> int:
    """The status of the answer to somebody who has the cookie; 200 where the request reaches the
    app."""
    return answer([*headers, COOKIE], kind=kind, path=path, method=method).status


def answer(
    headers: list[tuple[str, str]],
    *,
    kind: str = "http",
    path: str = "/",
    query: str = "",
    method: str = "GET",
    app: Any = fine,
    access: Callable[[], Access] = known,
    raises: type[Exception] | None = None,
) -> Answer:
    """What is answered to exactly these header fields."""
    sent: list[dict[str, Any]] = []
    reached = []

    async def through(scope: Any, receive: Any, send: Any) -> None:
        reached.append(True)
        await app(scope, receive, send)

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": f"{kind}.connect"}

    fields = [(n.encode(), v.encode("latin-1")) for n, v in headers]
    scope: dict[str, Any] = {
        "type": kind,
        "path": path,
        "query_string": query.encode("latin-1"),
        "headers": fields,
    }
    if kind == "http":
        scope["method"] = method
    else:
        scope["extensions"] = {"websocket.http.response": {}}
    with contextlib.nullcontext() if raises is None else pytest.raises(raises):
        asyncio.run(OriginGuard(through, access)(scope, receive, send))
    answered = {n.decode().lower(): v.decode() for n, v in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:]).decode()
    return Answer(int(sent[0]["status"]), answered, body, bool(reached))


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8501", "127.0.0.1:8501", "LOCALHOST:8501"]
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_requests_to_our_own_address_are_answered(host: str, kind: str) -> None:
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
        [
            HOST,
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "no-cors"),
            ("sec-fetch-dest", "image"),
        ],
        [
            HOST,
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-mode", "cors"),
            ("sec-fetch-dest", "empty"),
        ],
        [
            HOST,
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "iframe"),
        ],
        [HOST, ("sec-fetch-site", "cross-site")],
    ],
)
def test_cross_origin_requests_are_rejected(
    headers: list[tuple[str, str]], kind: str, path: str
) -> None:
    assert ask(headers, kind=kind, path=path) == 403


def test_a_cross_site_link_opens_pages_but_no_photos() -> None:
    assert ask([HOST, *LINK]) == 200
    assert ask([HOST, *LINK], path="/library") == 200
    assert ask([HOST, *LINK], path="/photo/1/original") == 403
    assert ask([HOST, *LINK], path="/photo/1/preview") == 403
    assert ask([HOST, *LINK], method="POST") == 403
    assert ask([HOST, ("origin", "http://evil.example"), *LINK]) == 403


def test_our_pages_load_photos() -> None:
    loads = [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "no-cors"),
        ("sec-fetch-dest", "image"),
    ]
    assert ask([HOST, *loads], path="/photo/1/preview") == 200
    assert ask([HOST, ("sec-fetch-site", "none"), *LINK[1:]], path="/photo/1/original") == 200


PATHS = [
    "/",
    "/library",
    "/duplicates",
    "/photo/1/preview",
    "/photo/1/original",
    "/photo/map",
    "/_stcore/health",
    "/_stcore/host-config",
]
PATHS += [
    "/_stcore/upload_file/1/2",
    "/media/1.jpg",
    "/component/x/index.html",
    "/static/js/index.js",
    "/favicon.png",
    "/nothing",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "cookie",
    [
        [],
        [("cookie", f"{ACCESS.cookie}=wrong")],
        [("cookie", f"photo-explorer-2={ACCESS.token}")],
        [("cookie", ACCESS.token)],
    ],
)
def test_without_the_token_nothing_is_answered(path: str, cookie: list[tuple[str, str]]) -> None:
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
        got = answer([HOST, *cookie], path=path, method=method)
        assert (got.status, got.passed) == (403, False)
        assert got.headers["cache-control"] == "no-store" and "set-cookie" not in got.headers
        assert "python run.py open" in got.body or method == "HEAD"
        assert ACCESS.token not in got.body
    got = answer([HOST, *cookie], path=path, query="token=" + ACCESS.token[:-1])
    assert (got.status, got.passed) == (403, False)


def test_a_page_without_the_token_says_what_to_do() -> None:
    got = answer([HOST], path="/library")
    assert got.headers["content-type"].startswith("text/html")
    assert "<h1>This address is incomplete</h1><p>Photo Explorer opens only" in got.body
    assert "printed in the terminal" in got.body and "<code>python run.py open</code>" in got.body
    assert answer([HOST], path="/photo/1/preview").headers["content-type"].startswith("text/plain")


def test_websockets_without_the_token_are_refused() -> None:
    assert answer([HOST], kind="websocket", path="/_stcore/stream").status == 403
    assert answer([*OURS], kind="websocket", path="/_stcore/stream").status == 403
    assert answer([*OURS, COOKIE], kind="websocket", path="/_stcore/stream").passed


def test_several_cookie_fields_are_read_as_one() -> None:
    assert answer([HOST, ("cookie", "a=b"), COOKIE]).passed
    assert answer([HOST, ("Cookie", COOKIE[1])]).passed


@pytest.mark.parametrize(
    ("path", "query", "place"),
    [
        ("/", "token={}", "/"),
        ("/library", "token={}", "/library"),
        ("/", "q=a+b&token={}&page=2", "/?q=a+b&page=2"),
        ("/", "token={}&q=%C3%A9%26%3D&empty=", "/?q=%C3%A9%26%3D&empty="),
        ("/a b/é", "token={}", "/a%20b/%C3%A9"),
        ("//evil.example", "token={}", "/evil.example"),
        ("/\\evil.example", "token={}", "/evil.example"),
        ("/", "token=wrong&token={}", "/"),
    ],
)
def test_the_token_in_a_page_url_becomes_a_cookie(path: str, query: str, place: str) -> None:
    for method in ("GET", "HEAD"):
        got = answer([HOST], path=path, query=query.format(ACCESS.token), method=method)
        assert (got.status, got.headers["location"], got.passed) == (303, place, False)
        assert got.headers["set-cookie"] == ACCESS.set_cookie()
        assert got.headers["cache-control"] == "no-store"


def test_other_routes_are_answered_without_a_redirect() -> None:
    for path in PATHS[3:-2]:
        assert answer([HOST], path=path, query=f"token={ACCESS.token}").passed
    assert answer([HOST], path="/", query=f"token={ACCESS.token}", method="POST").passed
    assert answer(
        [HOST], path="/_stcore/stream", query=f"token={ACCESS.token}", kind="websocket"
    ).passed


def test_the_token_does_not_admit_cross_origin_requests() -> None:
    got = answer([HOST, ("origin", "http://evil.example"), COOKIE], query=f"token={ACCESS.token}")
    assert (got.status, got.passed) == (403, False)
    assert "only answers requests from its own pages" in got.body


def test_an_old_token_in_the_url_of_an_admitted_browser_is_dropped() -> None:
    got = answer([HOST, COOKIE], path="/library", query="token=old&q=1")
    assert (got.status, got.headers["location"]) == (303, "/library?q=1")
    assert "set-cookie" not in got.headers
