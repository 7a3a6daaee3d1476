"""The security headers of every response."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Iterable

from explorer.ui.web_server.start_page import start_page

Header = tuple[bytes, bytes]

_INLINE = re.compile(rb"<script(?![^>]*\bsrc\b)[^>]*>(.*?)</script>", re.DOTALL)


@functools.cache
def _policy() -> str:
    """The Content-Security-Policy of pages: nothing from other servers, no framing, and no scripts
    except Streamlit's and our own.

    Streamlit writes styles into the page ('unsafe-inline') and loads the scripts of components from
    blobs. The start page has inline scripts, which are allowed by their hashes.
    """
    hashes = [
        base64.b64encode(hashlib.sha256(script).digest()).decode()
        for script in _INLINE.findall(start_page().encode())
    ]
    scripts = "".join(f" 'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src 'self' blob:{scripts}; style-src 'self' 'unsafe-inline';"
        " img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self';"
        " media-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; base-uri 'self';"
        " form-action 'self'; frame-ancestors 'none'"
    )


def secured(headers: Iterable[Header]) -> list[Header]:
    """The headers of a response with the security headers added: no content sniffing, no framing,
    no referrer. Headers that the response already has, such as a photo's own policy, are kept.
    """
    found = list(headers)
    names = {name.lower() for name, _ in found}
    ours = {
        "content-security-policy": _policy(),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
    }
    return found + [
        (name.encode(), value.encode())
        for name, value in ours.items()
        if name.encode() not in names
    ]
