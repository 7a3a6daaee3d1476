"""Saved and recent searches: the chips below the empty search box, and the popover beside it."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from explorer.errors import ExplorerError, LibraryError
from explorer.library.paths import printable
from explorer.library.stores import saved_search_store as store
from explorer.library.stores.saved_search_store import SavedSearch
from explorer.search.example_searches import ExampleSearch, example_searches
from explorer.text_format import MAX_NAME_LENGTH, whole_number
from explorer.ui import resources
from explorer.ui.localized import count
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.search_page import filter_texts, library_values, new_matches, search_state

# The number of chips below the search box; the popover has all searches.
_SAVED_CHIPS, _RECENT_CHIPS = 12, 4
_EXAMPLE_ICONS = {"subject": "lightbulb", "year": "calendar_month", "folder": "folder"}
# The maximum length of a chip in characters.
_MAX_LABEL = 40
# Session state: the search that was recorded last, and the newest photo that it could find.
_RECORDED = "_recorded-search"
_MESSAGE = "_saved-search-message"


def current_query() -> str:
    """The search in the URL as one text; '' for all photos."""
    return _text(search_state.url_parameters())


def _text(parameters: dict[str, str]) -> str:
    return urlencode(parameters)


def parameters_of(query: str) -> dict[str, str]:
    """The URL parameters in a saved search; unknown ones are omitted."""
    return {key: value for key, value in parse_qsl(query) if key in search_state.PARAMETERS}


def describe(query: str) -> str:
    """A search in a few words, such as `dogs · taken from May 4, 2016`."""
    parameters = parameters_of(query)
    parts = list[str]()
    if phrase := parameters.get(search_state.PHRASE):
        parts.append(phrase)
    if like := parameters.get(search_state.LIKE):
        parts.append(_like(like.split(",")))
    if parameters.get(search_state.UPLOAD):
        parts.append("like an uploaded photo")
    if regions := search_state.region_parts(parameters)[0]:
        parts.append("like part of a photo" if len(regions) == 1 else "like parts of photos")
    parts += filter_texts.filtered(search_state.filters_of(parameters))
    text = " · ".join(parts) or "all photos"
    return text if len(text) <= _MAX_LABEL else text[: _MAX_LABEL - 1] + "…"


def _like(ids: list[str]) -> str:
    number = whole_number(ids[0])
    photo = resources.library().catalog.photo(number) if number is not None else None
    if len(ids) > 1 or photo is None:
        return f"like {count(len(ids), 'photo')}"
    return f"like {printable(photo['name'])}"


# --- chips


def chips() -> None:
    """Draw chips for the saved and recent searches, and for examples, below an empty search box."""
    catalog = resources.library().catalog
    saved = store.saved_searches(catalog)[:_SAVED_CHIPS]
    known = {search.query for search in saved}
    recent = [query for query in store.recent_searches(catalog) if query not in known]
    examples = _example_searches() if len(saved) + len(recent[:_RECENT_CHIPS]) < 6 else []
    if not (saved or recent or examples):
        return
    with st.container(horizontal=True, gap="small", key="search-chips"):
        for search in saved:
            _chip(f"saved-{search.id}", _label(search), "bookmark", search.query)
        for number, query in enumerate(recent[:_RECENT_CHIPS]):
            _chip(f"recent-{number}", describe(query), "history", query)
        shown = {*known, *recent[:_RECENT_CHIPS]}
        for number, example in enumerate(examples):
            if (query := _text(example.parameters)) not in shown:
                _chip(f"example-{number}", example.label, _EXAMPLE_ICONS[example.kind], query)


def _label(search: SavedSearch) -> str:
    new = new_matches.new_matches(search) if search.watched else 0
    return f"{search.name} · {count(new)} new" if new else search.name


def _chip(key: str, label: str, icon: str, query: str) -> None:
    st.button(
        escape_markdown(label),
        icon=f":material/{icon}:",
        key=f"chip-{key}",
        on_click=_open,
        args=[query],
    )


def _open(query: str) -> None:
    search_state.set_url(**parameters_of(query))


def _example_searches() -> list[ExampleSearch]:
    return example_searches(
        library_values.frequent(), library_values.photo_count(), library_values.subjects()
    )


# --- the popover


def searches_popover() -> None:
    """Draw the button for saved and recent searches."""
    with st.popover(
        "Saved", icon=":material/bookmark:", help="Saved and recent searches", key="searches"
    ):
        _save()
        _saved()
        _recent()


def _save() -> None:
    """Draw the controls that save the search in the URL."""
    query = current_query()
    if message := st.session_state.pop(_MESSAGE, ""):
        st.error(escape_markdown(message), icon=":material/error:")
    if not query:
        st.caption("Search for something to save it here.")
        return
    key = f"save-{query}"
    st.text_input("Name", _free_name(query), key=key, max_chars=MAX_NAME_LENGTH)
    st.button(
        "Save this search",
        icon=":material/bookmark_add:",
        type="primary",
        on_click=_try,
        args=[lambda: store.save_search(resources.library().catalog, st.session_state[key], query)],
    )


def _free_name(query: str) -> str:
    """A name for a search that no other search has."""
    saved = store.saved_searches(resources.library().catalog)
    taken = {search.name for search in saved if search.query != query}
    name = describe(query)
    names = itertools.chain([name], (f"{name} ({number})" for number in itertools.count(2)))
    return next(each for each in names if each not in taken)


def _saved() -> None:
    catalog = resources.library().catalog
    saved = store.saved_searches(catalog)
    if saved:
        st.markdown("**Saved**")
    for search in saved:
        with st.container(horizontal=True, vertical_alignment="center", key=f"saved-{search.id}"):
            st.button(
                escape_markdown(_label(search)),
                icon=":material/search:",
                key=f"open-saved-{search.id}",
                on_click=_open,
                args=[search.query],
                help=escape_markdown(describe(search.query)),
            )
            _watch_button(search)
            with st.popover(
                "Edit",
                icon=":material/edit:",
                help="Rename or delete this search",
                key=f"edit-saved-{search.id}",
            ):
                _edit(search)


def _watch_button(search: SavedSearch) -> None:
    catalog = resources.library().catalog
    st.button(
        "Watching" if search.watched else "Watch",
        icon=":material/notifications_active:" if search.watched else ":material/notifications:",
        key=f"watch-{search.id}-{search.watched}",
        type="primary" if search.watched else "secondary",
        help="Stop counting new matches" if search.watched else "Count new matches",
        on_click=_try,
        args=[lambda: store.watch_search(catalog, search.id, watched=not search.watched)],
    )


def _edit(search: SavedSearch) -> None:
    catalog, key = resources.library().catalog, f"rename-{search.id}-{search.name}"
    st.text_input(
        "Name",
        search.name,
        key=key,
        max_chars=MAX_NAME_LENGTH,
        on_change=lambda: _try(
            lambda: store.rename_search(catalog, search.id, st.session_state[key])
        ),
    )
    st.button(
        "Delete this search",
        icon=":material/delete:",
        key=f"delete-saved-{search.id}",
        on_click=_try,
        args=[lambda: store.delete_search(catalog, search.id)],
    )


def _recent() -> None:
    catalog = resources.library().catalog
    kept, recent = store.keeps_recent(catalog), store.recent_searches(catalog)
    if recent:
        st.markdown("**Recent**")
    for number, query in enumerate(recent):
        st.button(
            escape_markdown(describe(query)),
            icon=":material/history:",
            key=f"open-recent-{number}",
            type="tertiary",
            on_click=_open,
            args=[query],
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        key = f"keep-recent-{kept}"
        st.toggle(
            "Keep recent searches",
            kept,
            key=key,
            on_change=lambda: _try(lambda: store.keep_recent(catalog, kept=st.session_state[key])),
        )
        if recent:
            st.button(
                "Clear recent searches",
                icon=":material/delete_sweep:",
                on_click=_try,
                args=[lambda: store.clear_recent(catalog)],
            )


def _try(change: Callable[[], object]) -> None:
    """Make a change, or make the popover show why that is impossible."""
    try:
        change()
    except ExplorerError as error:
        st.session_state[_MESSAGE] = str(error)


# --- recording


def record() -> None:
    """Record the search in the URL as a recent one, and its results as seen. A page calls this
    after drawing them, once per search."""
    query, catalog = current_query(), resources.library().catalog
    newest = search_state.newest_searched()
    if not query or st.session_state.get(_RECORDED) == (query, newest):
        return
    was_shown = st.session_state.get(_RECORDED, ("", 0))[0] == query
    st.session_state[_RECORDED] = (query, newest)
    # A library that cannot be written to can still be searched.
    with contextlib.suppress(LibraryError):
        if not was_shown:
            store.add_recent(catalog, query)
        if any(
            search.query == query and search.watched for search in store.saved_searches(catalog)
        ):
            store.mark_seen(catalog, query, newest)
