"""Access control: only pages of this app, opened by somebody who knows the library's token, may
send requests.

The server listens on the loopback address only, but any web page in the user's browser can send
requests there, and so can any other user of the computer. Two kinds of requests are refused:

- Requests for another host, such as a foreign name that resolves to this computer (DNS rebinding);
  requests and websockets with another `Origin`; and anything that, according to Fetch Metadata
  (W3C), another site loads, sends or embeds. Clicking a link on another site does open a page, but
  photos are served only to the app's own pages.
- All requests and websockets without the token (`access_token.py`). A page that is opened with the
  token in its URL redirects to the URL without it, and the browser remembers the token in a cookie.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, urlencode

from starlette import websockets
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explorer.config import PROGRAM
from explorer.errors import ExplorerError
from explorer.ui.web_server.access_token import PARAMETER, Access
from explorer.ui.web_server.plain_page import plain_page
from explorer.ui.web_server.security_headers import secured

# Earlier versions of Starlette raise its base class.
_DISCONNECTED: type[Exception] = getattr(websockets, "WebSocketDisconnected", RuntimeError)
HOSTS = frozenset({"localhost", "127.0.0.1"})
PHOTOS = "/photo/"
SCRIPTS = "/script/"
# Not pages: requests below these paths are answered without a redirect.
_NOT_PAGES = (
    PHOTOS,
    SCRIPTS,
    "/_stcore/",
    "/media/",
    "/component/",
    "/static/",
    "/auth/",
    "/oauth2callback",
)

_FOREIGN_SITES = {"cross-site", "same-site"}
_FOREIGN_REQUEST = "Photo Explorer only answers requests from its own pages."
_NO_TOKEN = "Photo Explorer opens only from its full address, which includes a token."  # noqa: S105
_HOW = (
    "The full address was printed in the terminal where Photo Explorer was started. If that window"
    f" is gone, run `{PROGRAM} open` again to print it."
)
_FAILED = (
    "Photo Explorer ran into an unexpected error. The terminal that it runs in shows the details."
)


class OriginGuard:
    """ASGI middleware that refuses foreign requests and requests without the token, with status
    403, and adds the security headers to every response, errors included.

    access: returns the token; raises ExplorerError if there is no library.
    """

    def __init__(self, app: ASGIApp, access: Callable[[], Access]) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        started = False

        async def send_secured(message: Message) -> None:
            nonlocal started
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                started = True
                message = {**message, "headers": secured(message.get("headers", ()))}
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send_secured)
            return
        try:
            await self._app(scope, receive, send_secured)
        except Exception as error:
            if scope["type"] == "websocket" and isinstance(error, _DISCONNECTED):
                # A page was closed while it was connecting, and Streamlit closes the socket again.
                # That is not worth an error in the terminal.
                return
            # The server's own error response would lack the headers. It still logs the error.
            if scope["type"] == "http" and not started:
                await PlainTextResponse(_FAILED, 500)(scope, receive, send_secured)
            raise

    def _refusal(self, scope: Scope) -> Response | None:
        """The response that refuses or redirects a request; None if it may pass."""
        if not allowed(scope):
            return PlainTextResponse(_FOREIGN_REQUEST, 403)
        try:
            access = self._access()
        except ExplorerError as error:
            if _is_page(scope):
                return plain_page(500, "The library cannot be opened", html.escape(str(error)))
            return PlainTextResponse(str(error), 500)
        # Latin-1 maps every byte to a character, so that other parameters pass unchanged.
        query = parse_qsl(
            scope.get("query_string", b"").decode("latin-1"),
            keep_blank_values=True,
            encoding="latin-1",
        )
        tokens = [value for key, value in query if key == PARAMETER]
        given = any(map(access.knows, tokens))
        remembered = access.admits(_cookies(scope))
        if not given and not remembered:
            return _token_required(scope)
        if not tokens or not _is_page(scope):
            return None
        rest = urlencode(
            [(key, value) for key, value in query if key != PARAMETER], encoding="latin-1"
        )
        response = RedirectResponse(
            _redirect_path(scope) + (f"?{rest}" if rest else ""), 303, {"Cache-Control": "no-store"}
        )
        if given:
            response.headers["Set-Cookie"] = access.set_cookie()
        return response


def _token_required(scope: Scope) -> Response:
    """The response to a request without the token: a page for the user, one line for anything
    else."""
    if not _is_page(scope):
        return PlainTextResponse(f"{_NO_TOKEN} {_HOW}", 403, {"Cache-Control": "no-store"})
    how = html.escape(_HOW).replace(f"`{PROGRAM} open`", f"<code>{PROGRAM} open</code>")
    return plain_page(403, "This address is incomplete", html.escape(_NO_TOKEN), how)


def _is_page(scope: Scope) -> bool:
    """Whether a request is for a page rather than for a part of one."""
    return (
        scope["type"] == "http"
        and scope["method"] in ("GET", "HEAD")
        and not scope["path"].startswith(_NOT_PAGES)
    )


def _redirect_path(scope: Scope) -> str:
    """The path to redirect to. It starts with a single slash: two would lead to another host."""
    return "/" + quote(scope["path"].lstrip("/\\"))


def _cookies(scope: Scope) -> str:
    # HTTP/2 may split the header into several.
    return "; ".join(
        value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"cookie"
    )


def allowed(scope: Scope) -> bool:
    """Whether a request comes from one of the app's own pages, from no page at all, or from a link
    that was clicked."""
    fields: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        fields.setdefault(name.lower(), []).append(value.strip().lower())
    hosts, origins = fields.get(b"host", []), fields.get(b"origin", [])
    if len(hosts) != 1 or _name(hosts[0].decode("latin-1")) not in HOSTS or len(origins) > 1:
        return False
    if origins and origins[0] not in (b"http://" + hosts[0], b"https://" + hosts[0]):
        return False
    if fields.get(b"sec-fetch-site", [b"none"])[0].decode("latin-1") not in _FOREIGN_SITES:
        return True
    clicked = fields.get(b"sec-fetch-mode") == [b"navigate"] and fields.get(b"sec-fetch-dest") == [
        b"document"
    ]
    return (
        scope["type"] == "http"
        and scope["method"] == "GET"
        and clicked
        and not scope["path"].startswith(PHOTOS)
    )


def _name(host: str) -> str:
    return host.rpartition(":")[0] if ":" in host else host
