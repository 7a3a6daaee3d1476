"""Who may ask the server anything: pages of this very address, and nobody else.

The server listens on the loopback address only, but any page in the person's browser can send requests there, too. Turned away are
requests for another host (a foreign name made to point here: DNS rebinding), requests and websockets whose `Origin` is another one,
and, by what browsers say of where a request comes from (Fetch Metadata, W3C), anything that another site loads, sends or embeds.
A link from elsewhere that a person clicks on leads to a page, as always; a photo is shown to our own pages alone.
"""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

HOSTS = frozenset({"localhost", "127.0.0.1"})
PHOTOS = "/photo/"

_FOREIGN = {"cross-site", "same-site"}
_MESSAGE = "Photo Explorer answers its own pages only."


class Guard:
    """ASGI middleware that answers 403 (for a websocket: refuses it) where a request comes from elsewhere."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not allowed(scope):
            await PlainTextResponse(_MESSAGE, 403, {"X-Content-Type-Options": "nosniff"})(scope, receive, send)
            return
        await self._app(scope, receive, send)


def allowed(scope: Scope) -> bool:
    """Whether a request comes from one of our own pages, from no page at all, or is a link that was clicked on."""
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
    clicked = fields.get(b"sec-fetch-mode") == [b"navigate"] and fields.get(b"sec-fetch-dest") == [b"document"]
    return scope["type"] == "http" and scope["method"] == "GET" and clicked and not scope["path"].startswith(PHOTOS)


def _name(host: str) -> str:
    return host.rpartition(":")[0] if ":" in host else host
