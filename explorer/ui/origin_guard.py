"""Who may ask the server anything: pages of this very address, opened by somebody who knows the
library's token, and nobody else.

The server listens on the loopback address only, but any page in the person's browser can send
requests there, and so can any other user of the machine. Turned away are

- requests for another host (a foreign name made to point here: DNS rebinding), requests and
  websockets whose `Origin` is another one,
  and, by what browsers say of where a request comes from (Fetch Metadata, W3C), anything that
  another site loads, sends or embeds. A link from elsewhere that a person clicks on leads to a
  page, as always; a photo is shown to our own pages alone;
- requests and websockets without the token (`access.py`), whatever they ask for. A page that is
  opened with the token in its address is
  shown under its plain address, and the browser remembers the token in a cookie.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, urlencode

from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explorer.errors import ExplorerError
from explorer.ui.access_token import PARAMETER, Access
from explorer.ui.security_headers import secured

HOSTS = frozenset({"localhost", "127.0.0.1"})
PHOTOS = "/photo/"
# What is no page: an address below these is answered as it is, without a redirect.
_NO_PAGES = (PHOTOS, "/_stcore/", "/media/", "/component/", "/static/", "/auth/", "/oauth2callback")

_FOREIGN = {"cross-site", "same-site"}
_ELSEWHERE = "Photo Explorer answers its own pages only."
_NO_TOKEN = (
    "Photo Explorer shows photos only to those who have its full address, with the token in it."  # noqa: S105
)
_HOW = (
    "The full address was printed in the terminal where Photo Explorer was started. If that window is gone, run `python run.py open` there"
    " again: it prints the address."
)
_FAILED = "Photo Explorer met an error it did not expect. The terminal it runs in says more."


class Guard:
    """ASGI middleware: answers 403 (for a websocket: refuses it) where a request comes from
    elsewhere or without the token, and puts the security headers on every response, errors among
    them. access: tells the token; raises ExplorerError where there is no library."""

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
        except Exception:
            # The server's own answer to an error would go out without the headers. It is logged
            # there all the same.
            if scope["type"] == "http" and not started:
                await PlainTextResponse(_FAILED, 500)(scope, receive, send_secured)
            raise

    def _refusal(self, scope: Scope) -> Response | None:
        """What a request is answered instead of what it asks for; None where it may pass."""
        if not allowed(scope):
            return PlainTextResponse(_ELSEWHERE, 403)
        try:
            access = self._access()
        except ExplorerError as error:
            return PlainTextResponse(str(error), 500)
        # In this encoding every byte is a character: what is not the token goes on as it came.
        query = parse_qsl(
            scope.get("query_string", b"").decode("latin-1"),
            keep_blank_values=True,
            encoding="latin-1",
        )
        tokens = [value for key, value in query if key == PARAMETER]
        given = any(map(access.knows, tokens))
        remembered = access.admits(_cookies(scope))
        if not given and not remembered:
            return _unknown(scope)
        if not tokens or not _is_page(scope):
            return None
        rest = urlencode(
            [(key, value) for key, value in query if key != PARAMETER], encoding="latin-1"
        )
        answer = RedirectResponse(
            _place(scope) + (f"?{rest}" if rest else ""), 303, {"Cache-Control": "no-store"}
        )
        if given:
            answer.headers["Set-Cookie"] = access.set_cookie()
        return answer


def _unknown(scope: Scope) -> Response:
    """The answer to who does not know the token: words for a person who opened a page, one line for
    anything else."""
    if not _is_page(scope):
        return PlainTextResponse(f"{_NO_TOKEN} {_HOW}", 403, {"Cache-Control": "no-store"})
    how = html.escape(_HOW).replace("`python run.py open`", "<code>python run.py open</code>")
    page = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Photo Explorer</title>
<style>
:root {{ color-scheme: light dark; font: 1.05rem/1.5 system-ui, sans-serif; }}
body {{ max-width: 34rem; margin: 15vh auto; padding: 0 1.2rem; }}
h1 {{ font-size: 1.4rem; }}
</style></head>
<body><h1>This address is not complete</h1><p>{html.escape(_NO_TOKEN)}</p><p>{how}</p></body></html>
"""
    return HTMLResponse(page, 403, {"Cache-Control": "no-store"})


def _is_page(scope: Scope) -> bool:
    """Whether a request is for a page rather than for something that a page is made of."""
    return (
        scope["type"] == "http"
        and scope["method"] in ("GET", "HEAD")
        and not scope["path"].startswith(_NO_PAGES)
    )


def _place(scope: Scope) -> str:
    """The path of a request, for a redirect: one slash in front, as two would lead to another host."""
    return "/" + quote(scope["path"].lstrip("/\\"))


def _cookies(scope: Scope) -> str:
    # HTTP/2 splits the header; joined it reads as one.
    return "; ".join(
        value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"cookie"
    )


def allowed(scope: Scope) -> bool:
    """Whether a request comes from one of our own pages, from no page at all, or is a link that was
    clicked on."""
    fields: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        fields.setdefault(name.lower(), []).append(value.strip().lower())
    hosts, origins = fields.get(b"host", []), fields.get(b"origin", [])
    if len(hosts) != 1 or _name(hosts[0].decode("latin-1")) not in HOSTS or len(origins) > 1:
        return False
    if origins and origins[0] not in (b"http://" + hosts[0], b"https://" + hosts[0]):
        return False
    if fields.get(b"sec-fetch-site", [b"none"])[0].decode("latin-1") not in _FOREIGN:
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
