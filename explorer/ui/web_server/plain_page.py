"""Make a short page without Streamlit, for messages that are shown instead of the app."""

from __future__ import annotations

from starlette.responses import HTMLResponse

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Photo Explorer</title>
<style>
:root {{ color-scheme: light dark; font: 1.05rem/1.5 system-ui, sans-serif; }}
body {{ max-width: 34rem; margin: 15vh auto; padding: 0 1.2rem; overflow-wrap: anywhere; }}
html {{ background: light-dark(#fff, #16181c); color: light-dark(#1c1e22, #f2f3f5); }}
h1 {{ font-size: 1.4rem; }}
a {{ color: light-dark(#1257c0, #8ab8ff); }}
</style></head>
<body><main><h1>{title}</h1>{text}</main></body></html>
"""


def plain_page(status: int, title: str, *paragraphs: str) -> HTMLResponse:
    """The response with a short page, which browsers do not cache. title, paragraphs: HTML."""
    text = "".join(f"<p>{each}</p>" for each in paragraphs)
    page = _PAGE.format(title=title, text=text)
    return HTMLResponse(page, status, {"Cache-Control": "no-store"})
