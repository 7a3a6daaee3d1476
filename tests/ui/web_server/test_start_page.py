"""The page that a browser loads first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.testclient import TestClient

from explorer.config import APP_FILES
from explorer.ui.static_files import STATIC
from explorer.ui.web_server.start_page import page_routes, start_page

PAGES = [file.stem for file in (APP_FILES / "pages").glob("*.py")]


def test_the_server_is_known_before_the_client_starts() -> None:
    page = start_page()
    told = page.index("window.__streamlit = { BACKEND_BASE_URL: location.origin }")
    assert told < page.index('<script type="module"')
    assert page.count("<title>") == 1 and "<title>Photo Explorer</title>" in page


def test_the_style_sheet_is_there_before_anything_is_drawn_and_wins_over_the_clients() -> None:
    page = start_page()
    style = (STATIC / "app.css").read_text(encoding="utf-8")
    assert page.count(style) == 1
    assert page.index('<div id="root">') < page.index(style) < page.index("</body>")


def test_scripts_of_common_elements_are_loaded_at_the_start_each_once() -> None:
    page = start_page()
    loaded = re.findall(r'(?:src|href)="\./static/js/([^"]+)"', page)
    assert len(set(loaded)) == len(loaded)
    kinds = {name.partition(".")[0] for name in loaded}
    assert {"BidiComponent", "Button", "ButtonGroup", "TextInput"} <= kinds
    folder = Path(streamlit.__file__).parent / "static" / "static" / "js"
    for name in loaded:
        # What a script imports is loaded beside it, not after it.
        imported = re.findall(r'\bfrom"\./([^"]+\.js)"', (folder / name).read_text("utf-8"))
        assert set(imported) <= set(loaded), name


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
