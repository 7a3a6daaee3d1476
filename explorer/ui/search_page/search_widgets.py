"""The widgets of the Search page that hold parts of the search: the search box and the filters.

`fill_widgets` fills them from the URL, and `widget_changed` puts their values into it, with one
step in the browser's history per search.
"""

from __future__ import annotations

import streamlit as st

from explorer.ui.components.day_input import day_of
from explorer.ui.search_page import search_state
from explorer.ui.search_page.search_state import FOLDER, PHRASE, SINCE, UNTIL

_WIDGETS, _DAYS = (PHRASE, SINCE, UNTIL, FOLDER), (SINCE, UNTIL)
# Session state: the values of the widgets that are in the URL.
_IN_URL = "_widgets-in-url"


def fill_widgets() -> None:
    """Fill the page's widgets from the URL if it has changed: when the page is opened, after back
    or forward, or through a button.

    A page calls this before it draws the widgets, because they cannot be filled afterward.
    """
    state, now = st.session_state, search_state.url_parameters()
    search_state.remember()
    if state.get("_url") == now and PHRASE in state:
        return
    state["_url"] = now
    for key in _WIDGETS:
        # Leave a widget with the same value alone, because the user may be typing in it.
        if key not in state or (state[key] or None) != now.get(key):
            state[key] = now.get(key)
    state[_IN_URL] = {key: state[key] for key in _WIDGETS}


def widget_changed() -> None:
    """Put the values of the widgets that have changed into the URL.

    The URL may be newer than the others: a button may have changed it since they were filled.
    """
    state = st.session_state
    known: dict[str, str | None] = state.get(_IN_URL, {})
    changed = {
        key: str(state[key] or "").strip()
        for key in _WIDGETS
        if key in state and (state[key] or None) != (known.get(key) or None)
    }
    if not changed:
        return
    state[_IN_URL] = known | {key: state[key] for key in changed}
    days = {key: day_of(changed[key], last=key == UNTIL) for key in changed if key in _DAYS}
    search_state.set_url(**(search_state.url_parameters() | changed | days))


def clear_filters() -> None:
    """Search without the filters that the page was drawn with.

    Streamlit may hand over the click together with what was chosen right after it, in either order:
    a filter that differs from the address as it was counts as newer, and stays. If the page was
    drawn without any, the click can only mean what was chosen before it, and all are cleared.
    """
    state, drawn = st.session_state, st.session_state.get("_url", {})
    nothing_drawn = not any(drawn.get(key) for key in (*_DAYS, FOLDER))
    for key in (*_DAYS, FOLDER):
        if nothing_drawn or (state.get(key) or None) == drawn.get(key):
            state[key] = None
    chosen = {key: day_of(state.get(key), last=key == UNTIL) for key in (SINCE, UNTIL)}
    search_state.set_url(
        **(search_state.url_parameters() | chosen | {FOLDER: state.get(FOLDER) or ""})
    )
