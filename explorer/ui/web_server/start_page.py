"""Serve the page that a browser loads first: Streamlit's own page with the server's address, our
style sheet, and the parts of Streamlit that every page needs."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import streamlit
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from explorer.config import APP_FILES
from explorer.ui.static_files import STATIC
from explorer.ui.web_server.plain_page import plain_page

# Streamlit's client first looks for its server below the page's own URL. On every page but the
# first, that causes two failing requests, and two errors in the browser's console.
_SERVER_URL = "<script>window.__streamlit = { BACKEND_BASE_URL: location.origin }</script>"
_TITLE = "<title>Photo Explorer</title>"
_CLIENT = Path(streamlit.__file__).parent / "static"
# Streamlit's client loads the script of each kind of element when one is first drawn. Until then,
# and for at least 0.3 s, it shows a placeholder of another size, so pages would move while they
# open, and clicks would be lost. Loading the scripts of these kinds at the start shortens that
# time.
_ELEMENTS = ("BidiComponent", "Button", "ButtonGroup", "Checkbox", "PageLink", "TextInput")
_STATIC_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["']\./([\w.-]+\.js)["']""")


def _element_scripts(page: str) -> list[str]:
    """The file names of the scripts of the elements above, and of the scripts that these import,
    except those that the client's own page already loads. Kinds that this version of Streamlit
    does not have under that name are skipped: the client loads what it needs itself."""
    folder = _CLIENT / "static" / "js"
    waiting = [file.name for kind in _ELEMENTS for file in folder.glob(f"{kind}.*.js")]
    found = dict[str, None]()
    while waiting:
        name = waiting.pop(0)
        if name in found or name in page:
            continue
        found[name] = None
        script = (folder / name).read_text(encoding="utf-8")
        waiting += _STATIC_IMPORT.findall(script)
    return list(found)


@functools.cache
def start_page() -> str:
    """The HTML of the page, with our style sheet. It runs only two inline scripts and Streamlit's
    client."""
    page = (_CLIENT / "index.html").read_text(encoding="utf-8")
    page = page.replace("<title>Streamlit</title>", _TITLE, 1)
    page = page.replace("<head>", f"<head>{_SERVER_URL}", 1)
    scripts = "".join(
        f'<script type="module" crossorigin src="./static/js/{name}"></script>'
        for name in _element_scripts(page)
    )
    page = page.replace("</head>", f"{scripts}</head>", 1)
    # The style sheet goes to the end of the body: of two equally specific rules the later one wins,
    # and Streamlit writes its own into the head.
    style = (STATIC / "app.css").read_text(encoding="utf-8")
    return page.replace("</body>", f"<style>{style}</style></body>", 1)


async def _serve(_: Request) -> HTMLResponse:
    return HTMLResponse(start_page(), headers={"Cache-Control": "no-cache"})


class _PageName(StringConvertor):
    """The last part of a URL that could be a page's: unlike Streamlit's own files, it has no
    dot."""

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
    """Routes that serve the start page at the URL of each page of the app, and a message at any
    other URL that could be a page's."""
    names = sorted(file.stem for file in (APP_FILES / "pages").glob("*.py"))
    pages = [Route(path, _serve) for path in ("/", *(f"/{name}" for name in names))]
    return [*pages, Route("/{name:page_name}", _no_such_page)]
