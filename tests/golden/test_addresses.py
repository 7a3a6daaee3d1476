"""Bookmarks go on leading where they led: the pages' addresses, and those of photos."""

from __future__ import annotations

import re

from tests.golden_adapter import PROJECT, photo_routes


def test_pages() -> None:
    # A page's address is its file's name; Search is at the root, too.
    assert {path.stem for path in (PROJECT / "pages").glob("*.py")} >= {
        "search",
        "duplicates",
        "anomalies",
        "library",
        "map",
    }


def test_routes_of_photos() -> None:
    paths = {re.sub(r":\w+\}", "}", path) for path in photo_routes()}
    assert {"/photo/{id}/preview", "/photo/{id}/original", "/photo/map"} <= paths
