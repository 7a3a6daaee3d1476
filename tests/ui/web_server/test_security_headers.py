"""Every response carries the security headers, and pages load nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib

import pytest

from explorer.ui.web_server import security_headers
from tests.ui.web_server.test_origin_guard import COOKIE, HOST, LINK, answer

EVERY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.mark.parametrize(
    "given",
    [
        [HOST],
        [("host", "evil.example")],
        [HOST, COOKIE, ("origin", "null")],
        [HOST, COOKIE, *LINK[:1]],
        [],
    ],
)
def test_every_answer_carries_the_security_headers(given: list[tuple[str, str]]) -> None:
    got = answer(given)
    assert {name: got.headers[name] for name in EVERY} == EVERY
    assert "frame-ancestors 'none'" in got.headers["content-security-policy"]


def test_headers_set_by_the_app_are_kept() -> None:
    got = answer([HOST, COOKIE])
    assert got.passed and got.headers["x-frame-options"] == "OURS"
    assert {name: got.headers[name] for name in EVERY if name != "x-frame-options"} == {
        n: v for n, v in EVERY.items() if n != "x-frame-options"
    }


def test_pages_may_load_only_allowed_sources() -> None:
    rules = dict(part.strip().split(" ", 1) for part in security_headers._policy().split(";"))
    assert rules["default-src"] == "'none'" and rules["frame-ancestors"] == "'none'"
    for kind in (
        "script-src",
        "connect-src",
        "img-src",
        "style-src",
        "font-src",
        "worker-src",
        "media-src",
    ):
        assert set(rules[kind].split()) <= {"'self'", "data:", "blob:", "'unsafe-inline'"} | {
            p for p in rules[kind].split() if "sha256" in p
        }
    assert "unsafe" not in rules["script-src"] and "data:" not in rules["script-src"]


def test_only_scripts_of_the_start_page_are_allowed_by_hash() -> None:
    page = (
        b'<script src="a.js">not this</script><script>\none()\n</script><script'
        b' type="module">two()</script>'
    )
    found = security_headers._INLINE.findall(page)
    assert found == [b"\none()\n", b"two()"]
    digest = base64.b64encode(
        hashlib.sha256(b"\n      window.prerenderReady = false\n    ").digest()
    ).decode()
    assert f"'sha256-{digest}'" in security_headers._policy()
