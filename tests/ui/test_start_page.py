"""The page that a browser loads first."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from explorer.config import APP_FILES
from explorer.ui.start_page import page_routes, start_page

PAGES = [file.stem for file in (APP_FILES / "pages").glob("*.py")]


def test_the_server_is_known_before_the_client_starts() -> None:
    page = start_page()
    told = page.index("window.__streamlit = { BACKEND_BASE_URL: location.origin }")
    assert told < page.index('<script type="module"')
    assert page.count("<title>") == 1 and "<title>Photo Explorer</title>" in page


@pytest.mark.parametrize("path", ["/", *(f"/{name}" for name in PAGES)])
def test_every_page_has_the_start_page(path: str) -> None:
    answer = TestClient(Starlette(routes=page_routes())).get(path)
    assert answer.status_code == 200 and answer.text == start_page()
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"].startswith("text/html")


def test_an_unknown_page_says_so_and_leads_back() -> None:
    client = TestClient(Starlette(routes=page_routes()))
    answer = client.get("/nowhere")
    assert answer.status_code == 404 and "There is no such page" in answer.text
    assert '<a href="/">' in answer.text
    # Files are Streamlit's to serve.
    assert "no such page" not in client.get("/favicon.png").text
