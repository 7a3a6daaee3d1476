"""The locale of the reader: that of the browser that receives a page or a response."""

from __future__ import annotations

import functools
import re
from contextvars import ContextVar

import streamlit as st
from babel import Locale, UnknownLocaleError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime.scriptrunner import get_script_run_ctx

FALLBACK = "en-US"
"""The locale for a browser that names none, or one that Babel does not know."""
# A language tag, such as `de-DE` or `zh-Hant-TW`.
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
# The locale of the request that is being answered, from its header `Accept-Language`.
_requested: ContextVar[str] = ContextVar("requested_locale", default=FALLBACK)


class RequestLocale:
    """ASGI middleware that records the locale of each request, for the texts in its response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            # Browsers name the language of their windows first.
            first = Headers(scope=scope).get("accept-language", "").split(",")[0]
            _requested.set(first.split(";")[0].strip() or FALLBACK)
        await self._app(scope, receive, send)


def reader_locale() -> Locale:
    """The locale of the page that is being drawn, or of the request that is being answered."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return _locale(_requested.get())
    return _locale(st.context.locale or FALLBACK)


@functools.lru_cache(maxsize=64)
def _locale(tag: str) -> Locale:
    """The locale of a language tag; that of the language alone if the region is unknown, else the
    fallback."""
    if not _TAG.fullmatch(tag):
        tag = FALLBACK
    for each in (tag, tag.partition("-")[0], FALLBACK):
        try:
            return Locale.parse(each, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    raise AssertionError(FALLBACK)
