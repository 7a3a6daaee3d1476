"""The page that a browser loads first: Streamlit's own, told where the server is."""

from __future__ import annotations

import functools
from pathlib import Path

import streamlit
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from explorer.config import APP_FILES
from explorer.ui.plain_page import plain_page

# Streamlit's client looks for its server below the page's own URL first. On every page but the
# first, that costs two requests that fail, and two errors in the browser's console.
_SERVER_URL = "<script>window.__streamlit = { BACKEND_BASE_URL: location.origin }</script>"
_TITLE = "<title>Photo Explorer</title>"


@functools.cache
def start_page() -> str:
    """The HTML of the page. It runs nothing but two inline scripts and Streamlit's client."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    page = page.replace("<title>Streamlit</title>", _TITLE, 1)
    return page.replace("<head>", f"<head>{_SERVER_URL}", 1)


async def _serve(_: Request) -> HTMLResponse:
    return HTMLResponse(start_page(), headers={"Cache-Control": "no-cache"})


class _PageName(StringConvertor):
    """The last part of a URL that could be a page: Streamlit's own files have a dot in their
    names."""

    regex = "[^/.]+"


register_url_convertor("page_name", _PageName())


async def _no_such_page(_: Request) -> HTMLResponse:
    return plain_page(
        404,
        "There is no such page",
        "Nothing is wrong with your photos. The address may have been mistyped, or comes from"
        " another version of Photo Explorer.",
        '<a href="/">Go to the search</a>',
    )


def page_routes() -> list[Route]:
    """Routes that serve the start page at the URL of each page of the app, and say so where there
    is none."""
    names = sorted(file.stem for file in (APP_FILES / "pages").glob("*.py"))
    pages = [Route(path, _serve) for path in ("/", *(f"/{name}" for name in names))]
    return [*pages, Route("/{name:page_name}", _no_such_page)]
